"""A matplotlib drawing as inline SVG: the page's colors and typeface, links, and nothing that its policy forbids."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from judgekit.report.render.drawing.canvas import (
    GRID as GRID,  # charts of other packages take their colors from here
)
from judgekit.report.render.drawing.canvas import INK as INK
from judgekit.report.render.drawing.canvas import MUTED as MUTED
from judgekit.report.render.drawing.canvas import NAMES, Paint, painted, to_svg
from judgekit.report.render.drawing.canvas import PAPER as PAPER
from judgekit.report.render.drawing.canvas import SERIES as SERIES
from judgekit.report.render.drawing.canvas import UNDECIDED as UNDECIDED

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
ElementTree.register_namespace("", _SVG[1:-1])

_STAND_INS = {name: f"#01{number:02x}fe" for number, name in enumerate(NAMES)}
"""Colors that are never seen: each becomes the CSS variable of its name."""

_VARIABLES = {color: f"var(--{name})" for name, color in _STAND_INS.items()}

PIXELS = 4 / 3
"""Of CSS in a point, in which charts are drawn."""


class Inline(NamedTuple):
    """A chart that can stand in a page: its ``<svg>`` element, and what only the drawing can tell, if anything."""

    svg: str
    note: str


def draw(name: str, title: str, text: str, size: tuple[float, float], paint: Paint) -> Inline:
    """A chart as an ``<svg>`` element that can stand in a page under a policy without inline style or scripts.

    Parameters
    ----------
    name : str
        Unique in the page; ids begin with it.
    title, text : str
        What a screen reader says.
    size : (float, float)
        Width and height in inches.
    paint : callable
        Draws on the empty figure and axes, in colors of `judgekit.report.render.drawing.canvas`.

    Raises
    ------
    MissingExtra
        matplotlib is not installed.
    """
    style = {"svg.fonttype": "none", "svg.hashsalt": name}  # text stays text; the same ids every time
    with painted(size, paint, _STAND_INS, style) as (figure, note):
        root = ElementTree.fromstring(to_svg(figure))
    _clean(root)
    _own_ids(root, name)
    _lead(root)
    _describe(root, name, title, text)
    return Inline(ElementTree.tostring(root, encoding="unicode"), note)


def _clean(root: Element) -> None:
    """No style, in elements or attributes: presentation attributes instead, in the page's colors."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_SVG}metadata", f"{_SVG}style") or (
                child.tag == f"{_SVG}defs" and all(part.tag == f"{_SVG}style" for part in child)
            ):
                parent.remove(child)
    for element in root.iter():
        for key, value in _declarations(element.attrib.pop("style", "")).items():
            element.set(key, value)
        for key, value in element.attrib.items():
            element.set(key, _VARIABLES.get(value, value))
        if link := element.attrib.pop(f"{_XLINK}href", None):
            element.set("href", link)
            element.attrib.pop(
                "target", None
            )  # matplotlib's "_blank": a link to a part of the page stays in it
        for key in ("d", "x", "y", "points", "transform"):
            if key in element.attrib:
                element.set(key, _shortened(element.attrib[key]))


def _declarations(style: str) -> Mapping[str, str]:
    """``"font: bold 9px 'DejaVu Sans'; fill: #010101"`` as attributes; the typeface is the page's."""
    found = {
        key.strip(): value.strip() for key, _, value in (part.partition(":") for part in style.split(";"))
    }
    found.pop("", None)
    found.pop("font-family", None)
    if font := found.pop("font", ""):
        if size := re.search(r"([\d.]+)px", font):
            found["font-size"] = size[1]
        if re.search(r"\b(bold|[6-9]00)\b", font):
            found["font-weight"] = "bold"
    if "font-size" in found:
        found["font-size"] = found["font-size"].removesuffix("px")
    return found


def _shortened(numbers: str) -> str:
    """Hundredths of a point are enough."""
    return re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), numbers)


def _own_ids(root: Element, name: str) -> None:
    """Ids that something refers to begin with the chart's name; the others, those of links apart, go."""
    refers = re.compile(r"#([^)]+)\)?$")
    used = {
        found[1]
        for element in root.iter()
        for key, value in element.attrib.items()
        if (value.startswith("url(#") or (key == "href" and element.tag == f"{_SVG}use"))
        and (found := refers.search(value))
    }
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key == "id" and value in used:
                element.set(key, f"{name}-{value}")
            elif key == "id" and not value.startswith("{"):
                del element.attrib[key]
            elif value.startswith("url(#") or (key == "href" and element.tag == f"{_SVG}use"):
                element.set(key, value.replace("#", f"#{name}-", 1))


def _lead(root: Element) -> None:
    """Links say what they lead to, and how many items (see `judgekit.report.render.drawing.canvas.lead`)."""
    for group in root.iter(f"{_SVG}g"):
        if not group.get("id", "").startswith("{"):
            continue
        told: dict[str, Any] = json.loads(group.attrib.pop("id"))
        for link in group.iter(f"{_SVG}a"):
            link.set("pointer-events", "auto")
            link.set("aria-label", told["title"])
            if told["count"] is not None:
                link.set("data-count", str(told["count"]))
            title = Element(f"{_SVG}title")
            title.text = told["title"]
            link.insert(0, title)


def _describe(root: Element, name: str, title: str, text: str) -> None:
    """Its words, its size, and its part: a picture, or a group where parts of it lead somewhere."""
    leads = root.find(f".//{_SVG}a") is not None
    box = root.attrib["viewBox"]
    width = float(box.split()[2])
    root.attrib.clear()
    root.attrib.update(
        {
            "role": "group" if leads else "img",
            "aria-labelledby": f"{name}-title {name}-text",
            "class": "chart",
            "viewBox": box,
            "width": f"{PIXELS * width:.0f}",
            "stroke-linejoin": "round",
            "stroke-linecap": "butt",
        }
    )
    if leads:
        root.set(
            "pointer-events", "none"
        )  # but for links: no number or whisker upon one may catch the pointer
    for tag, words in (("desc", text), ("title", title)):
        element = Element(f"{_SVG}{tag}", {"id": f"{name}-{tag if tag == 'title' else 'text'}"})
        element.text = words
        root.insert(0, element)
