"""Records as pandas data frames, for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from judgekit.errors import MissingExtra
from judgekit.records import EvidenceRow, ItemRow, Verdict

if TYPE_CHECKING:
    import pandas

R = TypeVar("R", bound=ItemRow)


class Stream(Iterator[R], Generic[R]):
    """Verdicts or evidence, each read when it is asked for, and once: a loop, ``list(...)`` or :meth:`to_pandas`."""

    def __init__(self, records: Iterator[R]) -> None:
        self._records = records

    def __next__(self) -> R:
        return next(self._records)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: loop over it, or call .to_pandas()>"

    def to_pandas(self) -> pandas.DataFrame:
        """What is left of it: a row for each verdict, or for each item and tier of evidence.

        A judge's probabilities stand under ``p_LABEL``, people's labels as a list under ``human``.

        Raises
        ------
        MissingExtra : pandas is not installed.
        """
        return to_frame(row for record in self for row in _flat(record))


def to_frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> pandas.DataFrame:
    """A data frame of a row each.

    Raises
    ------
    MissingExtra : pandas is not installed.
    """
    try:
        import pandas
    except ImportError:
        raise MissingExtra("a data frame", "pandas") from None
    return pandas.DataFrame.from_records(list(rows), columns=None if columns is None else list(columns))


_OF_VERDICT = ("state", "label", "tier", "confidence", "reason", "cost", "calibration")
_OF_EVIDENCE = (
    "label",
    "reason",
    "mass",
    "order_inconsistency",
    "asks",
    "cost",
    "seconds",
    "model",
    "fingerprint",
)


def _flat(record: ItemRow) -> Iterator[dict[str, Any]]:
    named: dict[str, Any] = dict(record.named)
    if isinstance(record, Verdict):
        said = {name: getattr(record, name) for name in _OF_VERDICT}
        yield {**named, **said, "human": [given.label for given in record.human]}
    elif isinstance(record, EvidenceRow):
        for tier, found in record.tiers.items():
            said = {{"model": "judge"}.get(name, name): getattr(found, name) for name in _OF_EVIDENCE}
            probs = {f"p_{label}": value for label, value in found.probs.items()}
            yield {**named, "tier": tier, **said, **probs, "human": [given.label for given in record.human]}
