"""Writing a run's verdicts as a file of another tool."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from judgekit.errors import ConfigError, InputError, known
from judgekit.runs.folder import RunFolder

FORMATS = {
    "inspect": "scores for inspect-ai's precomputed_scores (.jsonl)",
    "parquet": "one table: texts, verdict, and what every judge said (.parquet)",
    "xlsx": "the same table as an Excel workbook (.xlsx)",
    "dataset": "a folder that datasets.load_dataset opens, with a card (a name without an ending)",
}
"""Name -> what it is; each is written by the ``write`` of a module here."""

_SUFFIXES = {".jsonl": "inspect", ".parquet": "parquet", ".xlsx": "xlsx", "": "dataset"}
_MODULES = {"inspect": "inspect_scores"}


def export(run: str | Path, out: str | Path, *, format: str | None = None) -> Path:
    """Write the verdicts of a run as a file, or folder, that other tools read.

    Memory does not grow with the run. What was at ``out`` is replaced once everything is written.

    Parameters
    ----------
    run : str or Path
        A run folder.
    out : str or Path
        The file or folder; the folder that it goes to is there.
    format : str, optional
        One of :data:`FORMATS`; by default told from the ending of ``out``.

    Returns
    -------
    Path
        ``out``.

    Raises
    ------
    ConfigError
        The format is unknown, or the ending tells none.
    InputError
        There is no finished run.
    InputError
        Something else is at the place of a data set.
    MissingExtra
        The format needs a package that is not installed.
    """
    source, target = RunFolder.open(run), Path(out)
    if format is None:
        format = _SUFFIXES.get(target.suffix.lower())
    if format is None:
        endings = ", ".join(f"{ending} ({name})" for ending, name in _SUFFIXES.items() if ending)
        raise ConfigError(
            f"{out}: the ending tells no format; say --format, or end it in {endings}, or in nothing (dataset)"
        )
    known("format", format, FORMATS)
    if not target.parent.is_dir():
        raise InputError("there is no such folder; make it first", path=target.parent)
    import_module(f"judgekit.export.{_MODULES.get(format, format)}").write(source, target)
    return target
