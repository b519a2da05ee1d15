"""A pool that people are asked about along the path to a promise, until nothing more can be certified."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path

from judgekit.calibration.files import asking, calibrate
from judgekit.calibration.pool import Pool
from judgekit.calibration.progress import Asking, Progress
from judgekit.labeling.samples import Given, Outcome, Standing
from judgekit.labeling.sheet import Task
from judgekit.readers.labels import read_labels
from judgekit.trust.risk import PERSON, percent

SUFFIX = ".calibration.json"


def calibration_file(labels: Path) -> Path:
    """Where the calibration of a label file goes: ``labels.calibration.json`` beside ``labels.jsonl``."""
    return labels.with_name(labels.stem + SUFFIX)


@dataclass(frozen=True)
class Along:
    """A pool of the kind ``path``, with the evidence of the runs that it was drawn from.

    Attributes
    ----------
    tasks : tuple of Task
    guidance : str
        What the rubric asks.
    pool : Pool
    runs : tuple of Path
    """

    tasks: tuple[Task, ...]
    guidance: str
    pool: Pool
    runs: tuple[Path, ...]
    _asking: Asking = field(repr=False)
    _start: Progress = field(repr=False)
    _place: dict[tuple[str, str, str], int] = field(repr=False)

    @classmethod
    def of(cls, tasks: tuple[Task, ...], guidance: str, pool: Pool, runs: tuple[Path, ...]) -> Along:
        """The sample; its path is laid out, so that evidence which does not do is refused before anybody is asked.

        Raises
        ------
        InputError
            A tier was not asked about some items, or the promise makes no sense for the rubric.
        """
        asks = asking(runs, pool)
        place = {item.key: number for number, item in enumerate(pool.items)}
        return cls(tasks, guidance, pool, runs, asks, asks.progress({}), place)

    @property
    def kind(self) -> str:
        """``path``."""
        return self.pool.kind

    @property
    def fingerprint(self) -> str:
        """Of the pool."""
        return self.pool.fingerprint

    @property
    def promise(self) -> str:
        """What is to be certified, in a sentence."""
        people = PERSON if self.pool.people == "random" else "the people's label"
        return self._start.certificate.promise.claim(people, source="the pool")

    @property
    def labels_at_most(self) -> int:
        """How many labels can be of use."""
        return self._start.asked_at_most

    def standing(self, given: Given) -> Standing:
        """What is certified so far, and the next block of the path."""
        items = self.pool.items
        now = self._asking.progress({items[number].key: labels for number, labels in given.items()})
        return Standing(
            block=tuple(self._place[item.key] for item in now.next),
            remaining=now.asked_at_most,
            certified=now.certified,
            next=now.ahead,
            stop=now.stop,
        )

    def finish(self, labels: Path) -> Outcome:
        """Calibrate, and write the calibration beside the labels."""
        where = calibration_file(labels)
        earlier = [where] if where.is_file() else []
        made = calibrate(
            self.runs, rubric=self.pool.rubric, labels=labels, earlier=earlier, **self.pool.options
        )
        made.save(where)
        claim, written = made.certificate.claim, (labels, where)
        if made.certified:
            claim = f"{claim} {percent(made.certificate.coverage)} of the items get a verdict."
            files = ("--calibration", where, "--labels", labels, "-o", "report.html")
            command = _command("report", *self.runs, *files)
        else:
            command = "" if self._is_finished(labels) else _command("label", *self.runs, "-o", labels)
        return Outcome(made.certified, claim, command, written, made)

    def _is_finished(self, labels: Path) -> bool:
        given: dict[tuple[str, str, str], list[str]] = {}
        for row in read_labels(labels):
            if not row.again:
                given.setdefault((row.id, row.model, row.method), []).append(row.label)
        return self._asking.progress(given).finished


def _command(*words: object) -> str:
    return shlex.join(map(str, ("judgekit", *words)))
