"""A file that says which model and method runs are of, where folder names do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any

from judgekit.documents import read_json, read_yaml
from judgekit.errors import InputError
from judgekit.readers.files.tables import table

FIELDS = ("model", "method")


class NamesFile:
    """Model and method by run.

    Parameters
    ----------
    path : str | Path
        CSV with the columns ``run``, ``model``, ``method``, or JSON or YAML: run -> {model, method}. A
        run is the path of its file or of a folder above it, or the last parts of that path, such as the
        folder's name. A cell left out or empty says nothing.

    Raises
    ------
    InputError
        The file cannot be read, says something else, or names a run twice.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._runs: dict[tuple[str, ...], dict[str, str]] = {}
        for row, run, said in _entries(self._path):
            if not isinstance(said, Mapping) or not all(isinstance(value, str) for value in said.values()):
                raise InputError(f"run '{run}': expected model and method as texts", path=self._path, row=row)
            if unknown := said.keys() - {*FIELDS}:
                raise InputError(
                    f"run '{run}': unknown key '{min(unknown)}'; known: {', '.join(FIELDS)}",
                    path=self._path,
                    row=row,
                )
            key = _parts(run)
            if key in self._runs:
                raise InputError(f"run '{run}' stands twice", path=self._path, row=row)
            self._runs[key] = {name: value for name, value in said.items() if value}
        if not self._runs:
            raise InputError("no runs; expected run, model and method", path=self._path)

    def of(self, file: Path) -> Mapping[str, str]:
        """Model and method of a file, as far as they are said: by the run that is nearest to it, the longest first."""
        parts = file.absolute().parts
        for end in range(len(parts), 0, -1):
            fits = [
                run
                for run in self._runs
                if _ends(parts[:end], run) or _ends((*parts[: end - 1], file.stem), run)
            ]
            if fits:
                return self._runs[max(fits, key=len)]
        return {}

    def check_used(self, files: Iterable[str | Path]) -> None:
        """Raise an ``InputError`` where a run is none of these files."""
        given = [Path(file).absolute().parts for file in files]
        every = [parts[:end] for parts in given for end in range(1, len(parts) + 1)]
        every += [(*parts[:-1], PurePath(parts[-1]).stem) for parts in given if parts]
        for run in self._runs:
            if not any(_ends(parts, run) for parts in every):
                raise InputError(f"run '{'/'.join(run)}' is none of the files given", path=self._path)


def _ends(parts: tuple[str, ...], run: tuple[str, ...]) -> bool:
    return parts[-len(run) :] == run


def _parts(run: str) -> tuple[str, ...]:
    return tuple(part for part in PurePath(run).parts if part != ".")


def _entries(path: Path) -> Iterable[tuple[int | None, str, Any]]:
    """Row, run and what is said of it."""
    if path.suffix.lower() == ".csv":
        for row, cells in table(path):
            said = {key.strip(): cell.strip() for key, cell in cells.items()}
            if "run" not in said:
                raise InputError(f"no column 'run'; columns: {', '.join(said)}", path=path, row=1)
            yield row, said.pop("run"), said
        return
    runs = (
        read_json(path, "a names file") if path.suffix.lower() == ".json" else read_yaml(path, "a names file")
    )
    if not isinstance(runs, dict):
        raise InputError("expected run -> {model, method}", path=path)
    for run, said in runs.items():
        yield None, str(run), said
