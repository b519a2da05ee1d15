"""Finds the data that ships with the package (rubrics, fitted weights) in a checkout, a wheel or a zip."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def data(folder: str) -> Traversable:
    """The shipped folder ``prompts`` or ``calibration``.

    A wheel carries them in ``judgekit/shipped``; in a checkout (editable install) they stand at the top
    level, where people edit them. Read through the returned ``Traversable`` only: in a zip there is no path.
    """
    inside = files("judgekit") / "shipped" / folder
    return inside if inside.is_dir() else Path(__file__).resolve().parent.parent / folder
