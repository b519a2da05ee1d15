"""A calibration as a file: a policy, its certificate, and the judges, labels and tiers that both are bound to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any, Literal, Protocol, Self

from pydantic import AliasChoices, Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

from judgekit import trust
from judgekit.calibration import suspects
from judgekit.calibration.ood import REASON, OodGuard
from judgekit.calibration.origin import Origin
from judgekit.calibration.people import PeopleSummary
from judgekit.calibration.reference import Reference
from judgekit.calibration.tries import Try
from judgekit.display import brief
from judgekit.documents import read_json
from judgekit.errors import ConfigError, InputError, mendable
from judgekit.records import EvidenceRow, Record, Verdict, parse
from judgekit.runs.atomic import replacing
from judgekit.runs.folder import RunFolder
from judgekit.trust.selective.certificate import Certificate

UNPROMISED = (
    "diagnosis",
    "outlook",
    "people_summary",
    "doubts",
    "drawn_before",
    "annotators",
    "origin",
    "made",
    "version",
)
"""What a calibration file says beside what is promised."""

REFUSED = (REASON, suspects.REASON, suspects.UNKNOWN)
"""How reasons begin by which :meth:`Calibration.refuses` gives an item no verdict."""


class Looks(Protocol):
    """What is known of an item's texts."""

    @property
    def text_features(self) -> tuple[float, ...]:
        """See :mod:`judgekit.calibration.text_features`."""

    @property
    def suspect(self) -> str | None:
        """See :mod:`judgekit.calibration.suspects`."""


class Calibration(Record):
    """A policy, its certificate, and what both are bound to (``docs/files.md``).

    Attributes
    ----------
    rubric : str
        Name of the rubric, empty if the evidence named none.
    labels : tuple[str, ...]
        Label names in the order of the policy's arrays.
    tiers : tuple[str, ...]
        Tier names in cascade order.
    fingerprints : dict[str, str | None]
        tier -> fingerprint of the judge behind the evidence; None where the evidence had none.
    policy, certificate
        What ``judgekit.trust`` made of the evidence, and what it proved of it.
    reference : Reference
        What is known of the labeled items, for the shift check of scored ones.
    examples : tuple[str, ...]
        Question ids that stood in prompts as examples and were therefore left out.
    group_by : {'split', 'model', 'method'} | None
        What the promise is made for each of, if not for all items together.
    people : {'majority', 'random'}
        Whose label verdicts agree with: the majority of an item's annotators, or a random one.
    ood : OodGuard | None
        What ordinary items look like; None where too few unlabeled items were at hand to tell.
    detector : int
        The version of the rule that leaves items to people because they may mislead a judge
        (:mod:`judgekit.calibration.suspects`); 0: none, as in files made before it, or from evidence that does not say.
    prices : dict[str, float]
        tier -> what asking it was taken to add; empty where nothing told, and no tier was spared for
        its price.
    split : int
        How many labeled items were left out because no label of theirs has a majority.
    per : {'question', 'item'}
        Whether the promise is for a question and one of its outputs, or for an item.
    tries : tuple[Try, ...]
        The calibrations made on these labels until now, this one last; later ones share the error
        level.
    diagnosis : trust.Diagnosis | None
        How the judges agree with the labeled items, and how far each target is where nothing was
        certified: for reading, no part of what is promised. None in files made before it was kept.
    outlook : trust.Outlook | None
        What as many fresh labels again, and twice as many, are likely to buy: for reading too. None
        where it was not kept, or cannot be told.
    people_summary : PeopleSummary | None
        For reading too: how far people agree with each other and themselves, none of them named; None
        where it was not kept, or where one person labeled each item once.
    doubts : tuple of str
        What speaks against the labels being people's own, or a fair draw, a sentence each.
    drawn_before : str
        What calibrations on other labels of the same runs do to this one; empty where there were none.
    annotators : int
        How many people the labels name; 0 where they name nobody, or it was not kept.
    origin : Origin | None
        What it was made from, by digests, for whoever verifies it (:mod:`judgekit.handover`). None where
        rows were calibrated on in memory, and in files made before it was kept.
    made : str
        The day it was made, as an ISO-8601 date; empty in files made before it was kept.
    version : str
        Of the judgekit that made it.
    """

    schema_: Literal["judgekit.calibration/1", "judgekit.calibration/2"] = Field(
        "judgekit.calibration/2", alias="schema"
    )
    rubric: str = ""
    labels: tuple[str, ...]
    tiers: tuple[str, ...]
    fingerprints: dict[str, str | None] = Field(default_factory=dict)
    policy: dict[str, Any]
    certificate: Certificate
    reference: Reference = Field(default_factory=lambda: Reference())
    examples: tuple[str, ...] = ()
    group_by: Literal["split", "model", "method"] | None = Field(
        None, validation_alias=AliasChoices("group_by", "by")
    )
    people: Literal["majority", "random"] = "majority"
    ood: OodGuard | None = Field(None, validation_alias=AliasChoices("ood", "guard"))
    detector: int = 0
    prices: dict[str, float] = Field(default_factory=dict)
    split: int = 0
    per: Literal["question", "item"] = "question"
    tries: tuple[Try, ...] = ()
    diagnosis: trust.Diagnosis | None = None
    outlook: trust.Outlook | None = None
    people_summary: PeopleSummary | None = None
    doubts: tuple[str, ...] = ()
    drawn_before: str = ""
    annotators: int = 0
    origin: Origin | None = None
    made: str = ""
    version: str = ""

    _written: dict[str, Any] | None = PrivateAttr(None)
    _stated: object = PrivateAttr(None)

    @model_validator(mode="wrap")
    @classmethod
    def _keep(cls, row: Any, read: ModelWrapValidatorHandler[Calibration]) -> Calibration:
        """What was read stays as it was written, in version 1 too: verdicts carry the fingerprint of exactly that.

        Written anew it would differ: by names that version 1 had not, and by the last digit of probabilities, which
        are made to sum to one whenever they are read.
        """
        if not isinstance(row, dict) or "schema" not in row:
            return read(row)
        written = dict(row)
        stated = written.pop("fingerprint", None)
        made = read(written)
        made._written, made._stated = written, stated
        return made

    def to_row(self) -> dict[str, Any]:
        """The record as a JSON object, with its fingerprint; one that was read as it stood there."""
        return {"schema": self.schema_, "fingerprint": self.fingerprint, **self._content()}

    def _content(self) -> dict[str, Any]:
        return super().to_row() if self._written is None else self._written

    def __eq__(self, other: object) -> bool:
        """Whether both are written alike."""
        return isinstance(other, Calibration) and self._content() == other._content()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy; one with other fields is no longer what was read."""
        made = super().model_copy(update=update, deep=deep)
        if update:
            made._written = made._stated = None
        return made

    def _repr_html_(self) -> str:
        about = f"{self.rubric or 'no rubric'}: {' > '.join(self.tiers)}"
        return f"<p><b>{escape(about)}</b></p>{self.certificate._repr_html_()}"

    @property
    def certified(self) -> bool:
        """Whether any verdict is promised at all."""
        return self.certificate.certified

    @property
    def against(self) -> tuple[str, ...]:
        """All that speaks against its labels, a sentence each."""
        return (*filter(None, (self.drawn_before,)), *self.doubts)

    @property
    def promise(self) -> trust.Promise:
        """What is promised; its labels are numbered as in ``labels``, and called as there."""
        return replace(self.certificate.promise, names=self.labels)

    @property
    def person(self) -> bool:
        """Whether the label of one of an item's people counts, drawn at random, instead of their majority's."""
        return self.people == "random"

    def group(self, verdict: Verdict | EvidenceRow) -> str:
        """The group that a verdict's promise is about; empty where there is one for all."""
        return str(getattr(verdict, self.group_by)) if self.group_by else ""

    def by_people(self, verdict: Verdict) -> bool:
        """Whether people settled what the policy left open: such a verdict is a label, not a judge's."""
        return verdict.state == "verdict" and verdict.tier not in self.tiers

    def errs(self, verdict: str, human: str) -> bool:
        """Whether a verdict's label is an error in the promise's eyes, where people give another or the same."""
        if verdict not in self.labels or human not in self.labels:
            return verdict != human
        return self.promise.errs(self.labels.index(verdict), self.labels.index(human))

    @property
    def fingerprint(self) -> str:
        """Identifies this calibration in verdicts (12 hex digits).

        What was made before it and what is promised by nobody (:data:`UNPROMISED`) play no part. It stands in the file
        too, so that a file which was changed by hand is refused where it is read. Whoever changes both is found by
        :mod:`judgekit.handover`, which makes the calibration again.
        """
        row = {name: value for name, value in self._content().items() if name not in UNPROMISED}
        if row.get("tries"):
            row["tries"] = row["tries"][-1]
        text = json.dumps(row, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def refuses(self, looks: Sequence[Looks]) -> list[str]:
        """Why each item gets no verdict whatever judges say: the detector names it, or the guard; empty where neither.

        None where there is no such guard, or detector.
        """
        minded = [suspects.routed(one.suspect) if self.detector else "" for one in looks]
        if self.ood is None:
            return minded
        strange = self.ood.refuses([one.text_features for one in looks]).tolist()
        return [why or (REASON if odd else "") for why, odd in zip(minded, strange, strict=True)]

    @property
    def stated(self) -> object:
        """The fingerprint that the file states which this was read from; None where it states none."""
        return self._stated

    def unchanged(self, path: object) -> Self:
        """Itself, unless what was read says that it is another calibration.

        Raises
        ------
        InputError
            It was changed after it was made.
        """
        if self.stated in (None, self.fingerprint):
            return self
        raise InputError(
            f"changed after it was made: it says that it is calibration {brief(self.stated)}, and what it holds is "
            f"{self.fingerprint}; take it as it was, or calibrate again",
            path=path,
        )

    def load_policy(self) -> trust.Policy:
        """The policy, ready to decide."""
        return mendable(trust.Policy.from_dict)(self.policy)

    def save(self, path: str | Path) -> None:
        """Write as indented JSON, in one step."""
        with replacing(Path(path)) as file:
            file.write(json.dumps(self.to_row(), indent=1, ensure_ascii=False) + "\n")

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Read a calibration file to decide by it; an ``InputError`` says what is wrong with it."""
        return cls.read(path).unchanged(path)

    @classmethod
    def read(cls, path: Path) -> Calibration:
        """Read a calibration file, also one that was changed by hand, to be looked at and not to be decided by."""
        made = parse(cls, read_json(path, "a calibration file"), path=path)
        try:
            trust.Policy.from_dict(made.policy)
        except ValueError as error:
            raise InputError(f"not a calibration file: {error}", path=path) from None
        return made


def one_a_rubric(given: Iterable[Calibration]) -> dict[str, Calibration]:
    """Calibrations to decide anew by, under the rubric each is for.

    Raises
    ------
    ConfigError
        Two that differ are for one rubric.
    """
    found: dict[str, Calibration] = {}
    for made in given:
        other = found.setdefault(made.rubric, made)
        if other.fingerprint != made.fingerprint:
            raise ConfigError(
                f"the calibrations {other.fingerprint} and {made.fingerprint} are both for rubric '{made.rubric}': "
                "give one, since verdicts can be under one promise only"
            )
    return found


def by_rubric(run: RunFolder) -> dict[str, Calibration]:
    """The calibrations that a run's verdicts were decided under, by rubric."""
    return {
        rubric: parse(Calibration, cascade.calibration, path=run.path).unchanged(run.path)
        for rubric, cascade in run.about.cascades.items()
        if cascade.calibration
    }


def calibrations(run: RunFolder) -> dict[str, Calibration]:
    """The same by fingerprint."""
    return {made.fingerprint: made for made in by_rubric(run).values()}
