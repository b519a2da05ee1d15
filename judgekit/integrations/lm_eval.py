"""lm-evaluation-harness: generations judged while a task is evaluated (``docs/integrations/lm-eval.md``).

A task's configuration names :func:`process_results` and the aggregations by import path. The harness asks document by
document; the judges are asked once for all of them, when the first aggregation comes. Where the harness runs in
several processes, whose rows are copies by then, each document is judged when it comes.

What was not judged never becomes a number: the figures rest on verdicts, and are None where there is none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import cache, cached_property
from typing import Any, Unpack

from judgekit.cascade.spec import checked_cascade
from judgekit.engine.memory import SessionOptions, judge
from judgekit.errors import ConfigError, InputError
from judgekit.integrations.shares import Share, labels_of, share
from judgekit.records import Item, Verdict, question_key
from judgekit.rubrics import load_rubric

QUESTIONS = ("question", "query", "prompt")
REFERENCES = ("answer", "reference", "target", "answers", "aliases")

Field = str | Callable[[Mapping[str, Any]], Any] | None
"""A document's key, or a function of the document; None: the first of the usual keys that it has."""


class Row(dict[str, Any]):
    """One document's verdict, as the harness writes it into its file of samples.

    Parameters
    ----------
    item : Item
    hook : Hook
        Whose judges are asked.
    """

    def __init__(self, item: Item, hook: Hook) -> None:
        super().__init__(state="not judged yet")
        self.item, self.hook = item, hook
        self.verdict: Verdict | None = None

    def settle(self, verdict: Verdict) -> None:
        """Take the verdict in."""
        self.verdict = verdict
        said = {
            name: getattr(verdict, name) for name in ("label", "tier", "confidence", "reason", "calibration")
        }
        self.update(state=verdict.state, **{key: value for key, value in said.items() if value is not None})

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "hook": self.hook.portable}

    def __radd__(self, other: object) -> Any:
        """Refuse to be added up: the harness takes the mean of a metric that the task lists without aggregation."""
        raise ConfigError(
            "the task's metric_list lacks a metric of judgekit, or its aggregation; it needs all four: "
            + ", ".join(f"{name} ({function.__name__})" for name, function in AGGREGATIONS.items())
        )


class Hook:
    """The judging of one task's generations, for a module beside the task's configuration.

    Parameters
    ----------
    split : str
        What the documents are: ``forget`` or ``retain`` choose the rubric, as a split does everywhere.
    share : str
        The label whose share is the figure; by default ``leaked`` of what should be forgotten, ``correct`` of what
        should be kept.
    question, reference : str or function, optional
        Where a document has its question, and its answer or answers.
    **options
        Those of :func:`judgekit.judge`: ``cascade``, ``calibrations``, ``store``, ``budget``, …

    Raises
    ------
    ConfigError
        The rubric has no such label, or a file of the cascade is not as it should be.
    """

    def __init__(
        self,
        *,
        split: str = "forget",
        share: str = "",
        question: Field = None,
        reference: Field = None,
        **options: Unpack[SessionOptions],
    ) -> None:
        rubric, calibrations = options.pop("rubric", None), options.pop("calibrations", ())
        cascade = options["cascade"] = checked_cascade(options.get("cascade"), rubric, calibrations)
        self.options = options
        self.split, self.share = split, share
        self.fields: tuple[Field, Field] = (question, reference)
        example = Item(id="", question="", outputs=("",), split=split)
        self.rubric = load_rubric(cascade.rubric_for(example))
        labels_of(self.rubric, share)

    @cached_property
    def portable(self) -> Hook:
        """What rows that are judged need of it, without functions: it can be sent to another process."""
        made = copy(self)
        made.fields = (None, None)
        return made

    def process_results(self, doc: Mapping[str, Any], results: Sequence[Any]) -> dict[str, Row]:
        """What the harness calls for every document and filter.

        Parameters
        ----------
        doc : mapping
        results : sequence
            The filtered responses: one text.

        Returns
        -------
        dict
            The same row under the names of all four metrics.

        Raises
        ------
        InputError
            The response is no text, or the document has no question.
        """
        if len(results) != 1 or not isinstance(results[0], str):
            raise InputError(
                "judgekit judges one generated text a document; of other tasks, or several texts, score the file of "
                "samples (judgekit score)"
            )
        row = Row(self._item(doc, results[0]), self)
        if int(os.environ.get("WORLD_SIZE") or 1) > 1:
            self.judge([row])
        return dict.fromkeys(AGGREGATIONS, row)

    def judge(self, rows: Iterable[Row]) -> None:
        """Judge those of the rows that are not judged yet, as one block."""
        waiting = [row for row in rows if row.verdict is None]
        items = [row.item.model_copy(update={"id": str(number)}) for number, row in enumerate(waiting, 1)]
        if not items:
            return
        for row, result in zip(waiting, judge(items, **self.options), strict=True):
            row.settle(result.verdict)

    def figures(self, rows: Sequence[Row]) -> Share:
        """How often the label was given, of all rows."""
        self.judge(rows)
        return share([row.verdict for row in rows if row.verdict is not None], self.rubric, self.share)

    def _item(self, doc: Mapping[str, Any], output: str) -> Item:
        question = _told(doc, self.fields[0], QUESTIONS)
        if not isinstance(question, str) or not question.strip():
            keys = ", ".join(map(str, doc))
            raise InputError(
                f"a document has no question to show to the judges (its keys: {keys}); say where it stands: "
                "judgekit.integrations.lm_eval.Hook(question=…)"
            )
        told = _told(doc, self.fields[1], REFERENCES)
        several = told if isinstance(told, list | tuple) else [] if told is None else [told]
        return Item(
            id="",
            question_id=question_key(question),
            question=question,
            references=tuple(map(str, several)),
            outputs=(output,),
            split=self.split,
        )


def _told(doc: Mapping[str, Any], field: Field, usual: Sequence[str]) -> Any:
    if callable(field):
        return field(doc)
    names = usual if field is None else (field,)
    return next((doc[name] for name in names if doc.get(name) is not None), None)


def aggregate(rows: Sequence[Row]) -> float | None:
    """Share of the verdicts with the label; None without a verdict."""
    return _figures(rows).value


def low(rows: Sequence[Row]) -> float | None:
    """Lower 95 % limit of the share of all documents: one without a verdict counts as anything it could be."""
    return _figures(rows).low


def high(rows: Sequence[Row]) -> float | None:
    """Upper 95 % limit of that share."""
    return _figures(rows).high


def coverage(rows: Sequence[Row]) -> float | None:
    """Share of the documents that have a verdict."""
    return _figures(rows).judged


AGGREGATIONS: Mapping[str, Callable[[Sequence[Row]], float | None]] = {
    "judged": aggregate,
    "judged_low": low,
    "judged_high": high,
    "judged_coverage": coverage,
}
"""The metrics, and how the harness puts each together."""


def _figures(rows: Sequence[Row]) -> Share:
    return rows[0].hook.figures(rows)


def process_results(doc: Mapping[str, Any], results: Sequence[Any]) -> dict[str, Row]:
    """:meth:`Hook.process_results` of what should be forgotten, by the lexical judge alone."""
    return _default().process_results(doc, results)


@cache
def _default() -> Hook:
    return Hook()
