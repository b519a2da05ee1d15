"""What a calibration was made from, by digests: evidence, labels, rubric, the draw of its sample, options and code.

Nothing here is trusted by whoever verifies a calibration: each digest is one that the same files give again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import Field

from judgekit.calibration.options import CalibrationOptions
from judgekit.calibration.people_table import Said, said_in
from judgekit.calibration.pool import Kind, Pool
from judgekit.readers.join import Labels
from judgekit.records import Evidence, EvidenceRow, Record, several
from judgekit.rubrics import installed_rubrics, load_rubric, shipped_rubrics
from judgekit.runs.folder import EVIDENCE, RunFolder


class Source(Record):
    """A file that a calibration was made from.

    Attributes
    ----------
    name : str
        The last part of its path; of the evidence in a run folder, the folder's.
    sha256 : str
        Of its bytes, in hex digits, as ``sha256sum`` prints them.
    """

    name: str
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Source:
        """What is noted of a file or run folder."""
        return cls(name=path.absolute().name, sha256=sha256(evidence_file(path)))


class Draw(Record):
    """A pool that labels were asked from.

    Attributes
    ----------
    pool : str
        Its fingerprint, which covers the items, their order and the promise.
    kind, seed
        As the pool has them.
    items, labeled : int
        Items in it, and those with a label here.
    """

    pool: str
    kind: Kind
    seed: int = 0
    items: int
    labeled: int


class Origin(Record):
    """What a calibration was made from.

    Attributes
    ----------
    options : CalibrationOptions
        Those it was made with.
    exclude : tuple of str
        Questions that were left out by hand; examples in prompts stand in the runs.
    evidence, labels : tuple of Source
        The files; none where rows were given in memory, and where the evidence carries its labels.
    evidence_digest : str
        SHA-256 of what counts in the evidence (:func:`evidence_digest`): the same whatever the files are called and
        however they are written.
    labels_digest : str
        The same of the labels (:func:`labels_digest`).
    repeats : tuple of (id, model, method)
        Outputs left out because they repeat another's texts (:mod:`judgekit.calibration.repeats`): only texts show it.
    rubrics : tuple of str
        Fingerprints of the rubric (labels, meanings, prompt templates) that the runs were judged by; empty where it is
        known by name only, and no such rubric is installed.
    draws : tuple of Draw
        How the labeled items were drawn.
    undrawn : int
        Labeled items whose labels name no pool: that they are a fair sample is the word of whoever chose them.
    code : str
        SHA-256 of the judgekit that made it (:func:`code_digest`).
    """

    options: CalibrationOptions = Field(default_factory=lambda: CalibrationOptions())
    exclude: tuple[str, ...] = ()
    evidence: tuple[Source, ...] = ()
    labels: tuple[Source, ...] = ()
    evidence_digest: str
    labels_digest: str
    repeats: tuple[tuple[str, str, str], ...] = ()
    rubrics: tuple[str, ...] = ()
    draws: tuple[Draw, ...] = ()
    undrawn: int = 0
    code: str

    @classmethod
    def of(
        cls,
        rows: Sequence[EvidenceRow],
        given: Labels | None,
        *,
        evidence: Sequence[Path],
        labels: Sequence[Path],
        pools: Sequence[Pool],
        options: Mapping[str, Any],
        exclude: Iterable[str],
        repeats: Iterable[tuple[str, str, str]] = (),
    ) -> Origin:
        """The origin of a calibration.

        Parameters
        ----------
        rows : sequence of EvidenceRow
            Of one rubric, labels joined.
        given : Labels or None
            The labels of files.
        evidence, labels : sequence of Path
            Run folders and evidence files; label files.
        pools : sequence of Pool
            Those known; the ones that labels name are noted.
        options, exclude
            As the calibration was made with.
        repeats : iterable of (id, model, method)
        """
        said = said_in(rows, given)
        known = {name: value for name, value in options.items() if name in CalibrationOptions.model_fields}
        if known.get("tiers") is not None:
            known["tiers"] = several(known["tiers"])
        named = Counter(
            pool for _, pool in {(one.item, one.label.pool) for one in said if not one.label.again}
        )
        return cls(
            options=CalibrationOptions.model_validate(
                {name: value for name, value in known.items() if value is not None}
            ),
            exclude=tuple(sorted(exclude)),
            evidence=tuple(Source.of(path) for path in evidence),
            labels=tuple(Source.of(path) for path in labels),
            evidence_digest=evidence_digest(rows),
            labels_digest=labels_digest(said),
            repeats=tuple(sorted(repeats)),
            rubrics=tuple(sorted(rubric_fingerprints(evidence, rows[0].rubric if rows else ""))),
            draws=tuple(
                Draw(pool=one.fingerprint, kind=one.kind, seed=one.seed, items=len(one.items), labeled=count)
                for one in sorted(pools, key=lambda one: one.fingerprint)
                if (count := named.get(one.fingerprint, 0))
            ),
            undrawn=named.get("", 0),
            code=code_digest(),
        )


def evidence_file(path: Path) -> Path:
    """The file of evidence of a run folder, or the file itself."""
    return path / EVIDENCE if path.is_dir() else path


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def evidence_digest(rows: Iterable[EvidenceRow]) -> str:
    """SHA-256 of what counts in evidence, in any order of its rows.

    Of each row: whose output it is, how its texts look, whether it is suspect, and of every tier the probabilities,
    whether it was asked, order inconsistency, prompts, cost and fingerprint. Not: labels, reasons, raw answers, tokens
    and times.
    """
    return _digest(
        {
            **row.named,
            "looks": [row.text_features, row.suspect],
            "tiers": [[t, _said(e)] for t, e in row.tiers.items()],
        }
        for row in rows
    )


def labels_digest(said: Sequence[Said]) -> str:
    """SHA-256 of what people said, in any order: of which output, which label, when, asked from which pool.

    Annotators stand by their place among all names, so that pseudonyms in the same order change nothing. Times taken
    and notes play no part.
    """
    names = sorted({one.label.annotator for one in said} - {""})
    place = {name: number for number, name in enumerate(names, 1)} | {"": 0}
    return _digest([one.item, one.question, place[one.label.annotator], *_label(one)] for one in said)


def rubric_fingerprints(evidence: Iterable[Path], rubric: str) -> set[str]:
    """Fingerprints of the rubric of this name: as runs have it, else as it is installed."""
    runs = [RunFolder(path if path.is_dir() else path.parent).about for path in evidence]
    told = {run.cascades[rubric].rubric_fingerprint for run in runs if rubric in run.cascades} - {""}
    if not told and rubric in (*shipped_rubrics(), *installed_rubrics()):
        return {load_rubric(rubric).fingerprint}
    return told


@cache
def code_digest() -> str:
    """SHA-256 of the modules of judgekit, which tells two states of one version apart."""
    whole = hashlib.sha256()
    for name, module in sorted(_modules(files("judgekit"), "")):
        whole.update(f"{name} {hashlib.sha256(module.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def _modules(folder: Traversable, inside: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.name.endswith(".py"):
            yield inside + entry.name, entry
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _modules(entry, f"{inside}{entry.name}/")


def _said(evidence: Evidence) -> list[Any]:
    probs = sorted(evidence.probs.items())
    return [
        probs,
        evidence.asked,
        evidence.order_inconsistency,
        evidence.asks,
        evidence.cost,
        evidence.fingerprint,
    ]


def _label(one: Said) -> tuple[Any, ...]:
    label = one.label
    return label.label, label.rubric, label.at, label.pool, label.again


def _digest(rows: Iterable[Any]) -> str:
    lines = sorted(json.dumps(row, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
