"""A calibration file as one page: the sentence first, then how it was reached and what it does not say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from judgekit.calibration.attacked import AttackedPolicy, attacks_beside, attacks_told
from judgekit.calibration.record import Calibration
from judgekit.errors import MissingExtra
from judgekit.report.certificate import path, words
from judgekit.report.certificate.tables import part_name, tables
from judgekit.report.render.charts import Drawn
from judgekit.report.render.templates import page
from judgekit.runs.atomic import replacing
from judgekit.trust.risk import percent

ENDING = ".html"

PICTURES = 6
"""Paths that are drawn; of more, the tables of tests tell."""


def to_html(calibration: Calibration, attacked: Sequence[AttackedPolicy] = ()) -> str:
    """The page; without the picture of the path, which its tables tell too, where matplotlib is not installed.

    ``attacked``: what is on record of attacks, on this policy and others.
    """
    try:
        charts, lacking = pictures(calibration), ""
    except MissingExtra as error:
        charts, lacking = [], str(error)
    return page(
        "certificate.html.j2",
        styles=("style.css", "charts.css", "certificate.css"),
        made=calibration,
        certificate=calibration.certificate,
        charts=charts,
        lacking=lacking,
        tables=tables(calibration),
        promises=list(words.promises(calibration)),
        limits=list(words.limits(calibration)),
        nearest=[
            (part_name(calibration, part), words.nearest(part))
            for part in calibration.certificate.parts
            if not part.certified
        ],
        helps=list(words.helps(calibration)),
        guard=words.guard(calibration),
        attacks=attacks_told(attacked, calibration.fingerprint),
        covered=words.covered(calibration),
        how=path.HOW,
        legend=path.LEGEND,
        percent=percent,
    )


def pictures(calibration: Calibration) -> list[Drawn]:
    """The path of every part of the promise.

    Raises
    ------
    MissingExtra
        Matplotlib is not installed.
    """
    if calibration.diagnosis is None:
        return []
    found = list(zip(calibration.diagnosis.trails, calibration.certificate.parts, strict=False))[:PICTURES]
    drawn = (
        path.picture(
            trail,
            part,
            f"path-{number}",
            part_name(calibration, part) or "Agreement against coverage",
            len(found) == 1,
        )
        for number, (trail, part) in enumerate(found)
    )
    return [one for one in drawn if one is not None]


def beside(file: Path) -> Path:
    """Where the page of a calibration file stands."""
    return file.with_suffix(ENDING) if file.suffix != ENDING else file.with_name(file.name + ENDING)


def write(calibration: Calibration, beside_file: Path) -> Path:
    """Write the page beside a calibration file; where it stands is given back."""
    written = beside(beside_file)
    text = (
        to_html(calibration, attacks_beside([beside_file])).encode("utf-8", "replace").decode("utf-8")
    )  # a lone surrogate has no bytes
    with replacing(written) as file:
        file.write(text)
    return written
