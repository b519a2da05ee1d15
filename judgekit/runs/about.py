"""What ``run.json`` says of a finished run: what was judged by what, and how it went.

Read leniently: files of other versions may lack keys, and hold others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field

from judgekit.records import Record


class Lenient(Record):
    """A record that passes over keys it does not know, and writes down those it was given, defaults included."""

    model_config = ConfigDict(extra="ignore")

    def to_row(self) -> dict[str, Any]:
        """The record as a JSON object."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Answers(Lenient):
    """How a tier did under one rubric.

    Attributes
    ----------
    asked, answered : int
        Items.
    failed : mapping
        Kind of reason -> items, the most frequent first.
    """

    asked: int = 0
    answered: int = 0
    failed: dict[str, int] = Field(default_factory=dict)


class CascadeAbout(Lenient):
    """The cascade of one rubric.

    Attributes
    ----------
    labels : tuple of str
        The rubric's, in its own order.
    role : mapping, optional
        Its :class:`judgekit.rubrics.Role` as a row; None in runs of earlier versions.
    rubric_fingerprint : str
    tiers : tuple of str
        In the order in which they are asked.
    fingerprints : mapping
        Tier -> what its judge is.
    calibration : mapping, optional
        The calibration file whose policy decided (:meth:`judgekit.calibration.record.Calibration.to_row`); None where
        a judge's bare opinion did.
    """

    labels: tuple[str, ...] = ()
    role: dict[str, Any] | None = None
    rubric_fingerprint: str = ""
    tiers: tuple[str, ...] = ()
    fingerprints: dict[str, str | None] = Field(default_factory=dict)
    calibration: dict[str, Any] | None = None


class Written(Lenient):
    """A file of a run as it was written.

    Attributes
    ----------
    rows : int
    sha256 : str
        Of its bytes, in hex digits.
    """

    rows: int = 0
    sha256: str = ""


class RunAbout(Lenient):
    """A run.

    Attributes
    ----------
    created : str
        When it was finished, as an ISO-8601 time.
    source, source_digest : str
        The file that the outputs were read from, and what tells it from others; absent where items were given.
    overrides : mapping
        Hydra's overrides that say how the model was trained (:func:`judgekit.readers.settings.of_training`).
    recorded : mapping
        Numbers of the whole run that the source held.
    items : int
    tiers : tuple of mapping
        The judges as the cascade file has them.
    examples : tuple of str
        Question ids of the examples that judges were shown.
    cascades : mapping
        By rubric.
    states : mapping
        Items by the state of their verdict.
    answers : mapping
        Rubric -> tier -> how it did.
    cost : float, optional
        US dollars; None where a price is unknown.
    files : mapping
        File of rows -> how it was written; empty in runs of earlier versions.
    """

    schema_: Literal["judgekit.run/1"] = Field("judgekit.run/1", alias="schema")
    created: str = ""
    source: str = ""
    source_digest: str | None = None
    overrides: dict[str, str] = Field(default_factory=dict)
    recorded: dict[str, float | None] = Field(default_factory=dict)
    items: int = 0
    tiers: tuple[dict[str, Any], ...] = ()
    examples: tuple[str, ...] = ()
    cascades: Mapping[str, CascadeAbout] = Field(default_factory=dict)
    states: dict[str, int] = Field(default_factory=dict)
    answers: Mapping[str, Mapping[str, Answers]] = Field(default_factory=dict)
    cost: float | None = None
    files: Mapping[str, Written] = Field(default_factory=dict)

    def to_row(self) -> dict[str, Any]:
        """The contents of ``run.json``."""
        return {"schema": self.schema_, **super().to_row()}
