"""The files that a verb is given: folders opened, each file once, what its run is called; and scored, for a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from judgekit import api
from judgekit.cli.common import progress_bar, states_line
from judgekit.errors import ConfigError, InputError
from judgekit.readers.log import ReaderOptions
from judgekit.readers.logs import holds_logs, logs, name_below, names_of, unique_names
from judgekit.readers.naming import NamesFile


def inputs(files: Iterable[str | Path], reader: ReaderOptions) -> dict[str, str]:
    """Source -> name of its run, for files, data sets, and every log under a folder.

    Parameters
    ----------
    files : as given on the command line.
    reader : options of :func:`judgekit.api.read`.

    Raises
    ------
    InputError : a folder has no logs, or the file of names speaks of none of the files.
    """
    form, columns = reader.get("format"), reader.get("columns")
    below: list[tuple[str, str]] = []
    alone: list[str] = []
    for given in map(str, files):
        root = Path(given)
        if form == "hf" or not holds_logs(root):
            alone.append(given)
            continue
        found = logs(root, form, columns)
        if not found.files:
            what = f"no log of the format '{form}'" if form else "no file of outputs that is recognized"
            raise InputError(f"{what} in the folder (a data set in a folder: --format hf)", path=given)
        others = "1 other file holds none" if found.others == 1 else f"{found.others:,} other files hold none"
        passed = f" ({others})" if found.others else ""
        files = "1 file" if len(found.files) == 1 else f"{len(found.files):,} files"
        click.echo(f"{given}: {files} of outputs{passed}", err=True)
        below += [(str(path), name_below(root, path)) for path in found.files]
    sources = unique_names(_once([*names_of(dict.fromkeys(alone)).items(), *below]))
    if (names := reader.get("names")) is not None:
        NamesFile(names).check_used(sources)
    return sources


def run_folders(runs: Sequence[Path], scored: Path, reader: ReaderOptions) -> list[Path]:
    """The folders of runs; files of outputs are scored first, by the lexical judge.

    Parameters
    ----------
    runs : run folders and files of outputs, as given on the command line.
    scored : where files are scored, each in a folder of its own.
    reader : how files are read.

    Raises
    ------
    ConfigError : there is an option for files, and no file.
    InputError : a file cannot be read, or something else is scored at its place.
    """
    files = [str(run) for run in runs if not run.is_dir()]
    if not files and (said := [name for name, value in reader.items() if value is not None]):
        raise ConfigError(f"--{said[0]} says how a file of outputs is read; run folders have it in them")
    folders = {run: run for run in runs if run.is_dir()}
    for source, name in inputs(files, reader).items():
        folders[Path(source)] = _scored(source, scored / name, reader)
    return [folders[run] for run in runs if run in folders]


def _scored(source: str, folder: Path, reader: ReaderOptions) -> Path:
    with progress_bar(folder.name, None) as tell:
        try:
            done = api.score(source, folder, report=tell, **reader)
        except InputError as error:
            if error.path != folder:
                raise
            raise InputError(
                f"a finished run of something else is there: report that run ({folder}), or score {source} "
                "elsewhere (--scored)",
                path=folder,
            ) from None
    click.echo(f"{done.folder}  {states_line(done.progress)}", err=True)
    return done.folder


def _once(sources: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each file once, however it was given."""
    seen: set[Path | str] = set()
    kept = []
    for source, name in sources:
        key: Path | str = Path(source).resolve() if Path(source).exists() else source
        if key not in seen:
            seen.add(key)
            kept.append((source, name))
    return kept
