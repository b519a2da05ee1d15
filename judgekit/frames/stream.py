"""Records, each read when it is asked for, that become a table of the kind one likes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from judgekit.display import FEW, html_table
from judgekit.errors import MissingExtra
from judgekit.records import Record

if TYPE_CHECKING:
    import datasets
    import pandas
    import polars
    import pyarrow

R = TypeVar("R", bound=Record)

_USES = "loop over it, or call .to_pandas(), .to_polars(), .to_dataset() or .to_arrow()"
_HIDDEN = ("question_id", "calibration", "fingerprint", "recorded")
"""Columns that say little to a person who looks at a few rows."""


class Stream(Iterator[R], Generic[R]):
    """Verdicts, evidence or items, each read when it is asked for, and once: a loop, ``list(...)`` or a table.

    A table holds what is left of the stream: a row for each verdict or item, or for each item and tier of evidence. A
    judge's probabilities stand under ``p_LABEL``, people's labels as a list under ``human``. The types of columns hang
    on the kind of record alone, whatever its rows hold.

    Parameters
    ----------
    kind : type
        The class of the records: ``Verdict``, ``EvidenceRow`` or ``Item``.
    records : iterable
    """

    def __init__(self, kind: type[R], records: Iterable[R]) -> None:
        self._kind = kind
        self._records: Iterator[R] = iter(records)

    def __next__(self) -> R:
        return next(self._records)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {_USES}>"

    def _repr_html_(self) -> str:
        """The next few, which are still to come."""
        from judgekit.frames.schemas import to_rows

        few = list(islice(self._records, FEW))
        self._records = chain(few, self._records)
        rows = (
            {name: value for name, value in row.items() if name not in _HIDDEN}
            for row in to_rows(self._kind, few)
        )
        return html_table(rows, f"The next {len(few)} of a stream: {_USES}" if few else "Nothing is left.")

    def to_arrow(self) -> pyarrow.Table:
        """What is left of it as an Arrow table."""
        from judgekit.frames.schemas import to_table

        return to_table(self._kind, self)

    def to_pandas(self) -> pandas.DataFrame:
        """What is left of it as a pandas data frame.

        Raises
        ------
        MissingExtra
            Pandas is not installed.
        """
        pandas = _pandas()
        import pyarrow

        table = self.to_arrow()
        frame = table.to_pandas(types_mapper={pyarrow.bool_(): pandas.BooleanDtype()}.get)
        for field in table.schema:
            if pyarrow.types.is_list(field.type):  # lists, where pyarrow makes arrays
                frame[field.name] = pandas.Series(table[field.name].to_pylist(), dtype=object)
        return frame

    def to_polars(self) -> polars.DataFrame:
        """What is left of it as a polars data frame.

        Raises
        ------
        MissingExtra
            Polars is not installed.
        """
        try:
            import polars
        except ImportError:
            raise MissingExtra("a polars data frame", "polars") from None
        frame: polars.DataFrame = polars.from_arrow(self.to_arrow())
        return frame

    def to_dataset(self) -> datasets.Dataset:
        """What is left of it as a data set of Hugging Face's ``datasets``, in memory."""
        import datasets

        return datasets.Dataset(self.to_arrow())


def to_frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> pandas.DataFrame:
    """A data frame of a row each.

    Raises
    ------
    MissingExtra
        Pandas is not installed.
    """
    return _pandas().DataFrame.from_records(list(rows), columns=None if columns is None else list(columns))


def _pandas() -> Any:
    try:
        import pandas
    except ImportError:
        raise MissingExtra("a data frame", "pandas") from None
    return pandas
