"""The colors of the report: one a label, the same in tables, charts and flows, on light and on dark paper.

They start from the colors of Okabe and Ito (2008), moved until any two labels stay apart for readers with normal sight,
protanopia, deuteranopia and tritanopia (simulated after Machado et al. 2009), each at a contrast of 3 : 1 with the
paper. In print every label has its own pattern, so that it can be read in black and white.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Theme = Literal["light", "dark"]

LABELS: Mapping[str, tuple[str, str]] = {
    "leaked": ("#c83f17", "#f0653a"),
    "partial": ("#c48606", "#f6c043"),
    "withheld": ("#234da6", "#4f89f7"),
    "wrong": ("#975ea4", "#c997da"),
    "degenerate": ("#3d2c52", "#7d62b8"),
    "correct": ("#0f825d", "#51c591"),
    "refused": ("#4097e1", "#9bd7fa"),
}
"""What a verdict's label counts as -> its color on light and on dark paper."""

UNDECIDED = ("#8e939a", "#8b9199")
"""Of what no label can claim."""

HATCHES: Mapping[str, str] = {
    "leaked": "",
    "partial": "////",
    "withheld": "----",
    "wrong": "\\\\\\\\",
    "degenerate": "xxxx",
    "correct": "",
    "refused": "++++",
}
"""Label -> its pattern in print, in matplotlib's language; *leaked* and *correct*, which begin a bar, are plain."""

OPEN_HATCH = "||||"
"""The pattern of what is undecided, on the screen too: no color may look like a label's."""

_PAPER = {
    "paper": ("#ffffff", "#14171b"),
    "ink": ("#1b1f24", "#e7eaee"),
    "muted": ("#626b76", "#9aa4b0"),
    "grid": ("#e3e6ea", "#2e343b"),
}
_SERIES = (
    ("#2457c5", "#86aefc"),
    ("#c2571a", "#f0a06c"),
    ("#1d7d4f", "#6cc692"),
    ("#a3338b", "#e08fd0"),
    ("#86680a", "#d9bd5c"),
    ("#12788c", "#64c6d8"),
    ("#b3304c", "#f2899f"),
    ("#5f6670", "#aab2bc"),
)
SERIES = len(_SERIES)
"""Colors for lines that are no labels: methods, rubrics."""


def colors(theme: Theme) -> dict[str, str]:
    """Every color by its name, which is its CSS variable's without the dashes.

    Parameters
    ----------
    theme : {"light", "dark"}

    Returns
    -------
    dict
        ``paper``, ``ink``, ``muted``, ``grid``, ``undecided``, ``series-0`` and on, ``label-leaked`` and the other
        labels, and for each label ``on-label-leaked``, the color of text upon it.
    """
    column = 1 if theme == "dark" else 0
    named = {
        **_PAPER,
        **{f"label-{label}": pair for label, pair in LABELS.items()},
        "undecided": UNDECIDED,
        **{f"series-{number}": pair for number, pair in enumerate(_SERIES)},
    }
    found = {name: pair[column] for name, pair in named.items()}
    extremes = (_PAPER["paper"][column], _PAPER["ink"][column])
    upon = {f"on-label-{label}": _readable(pair[column], extremes) for label, pair in LABELS.items()}
    return {**found, **upon}


def _readable(under: str, texts: tuple[str, ...]) -> str:
    return max(texts, key=lambda text: contrast(text, under))


def palette_css() -> str:
    """The colors as CSS variables, on the reader's light or dark paper; print is light and shows the patterns."""
    return (
        f":root {{ {_declared('light')} --hatch: transparent; }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_declared('dark')} }} }}\n"
        "@media print { :root { --hatch: var(--paper); } }\n"
    )


def _declared(theme: Theme) -> str:
    return " ".join(f"--{name}: {color};" for name, color in colors(theme).items())


def contrast(one: str, other: str) -> float:
    """The contrast of two colors, 1 to 21 (WCAG 2.2, relative luminance).

    Parameters
    ----------
    one, other : str
        As ``#rrggbb``.
    """
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    shares = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
