"""The files that a verb is given: folders opened, each file once, what its run is called; and scored, for a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from judgekit import api
from judgekit.cli.output import echo, quiet
from judgekit.engine.progress import states_line
from judgekit.errors import ConfigError, InputError
from judgekit.readers.formats import hf
from judgekit.readers.log import ReaderOptions
from judgekit.readers.logs import holds_logs, logs, name_below, names_of, unique_names
from judgekit.readers.naming import NamesFile
from judgekit.runs.folder import is_finished, is_unfinished, runs_inside
from judgekit.runs.occupied import Occupied


def inputs(files: Iterable[str | Path], reader: ReaderOptions) -> dict[str, str]:
    """Source -> name of its run, for files, data sets, and every log under a folder.

    Parameters
    ----------
    files : Iterable[str | Path]
        As given on the command line.
    reader : ReaderOptions
        Options of :func:`judgekit.api.read`.

    Raises
    ------
    InputError
        A folder has no logs, or the file of names speaks of none of the files.
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
        echo(f"{given}: {files} of outputs{passed}", err=True)
        below += [(str(path), name_below(root, path)) for path in found.files]
    names_alone = names_of(alone)
    sources = unique_names(_once([*((source, names_alone[source]) for source in alone), *below]))
    if (names := reader.get("names")) is not None:
        NamesFile(names).check_used(sources)
    return sources


def run_folders(groups: Sequence[Sequence[Path]], scored: Path, reader: ReaderOptions) -> list[list[Path]]:
    """The folders of groups of runs; files of outputs are scored first, by the lexical judge.

    Parameters
    ----------
    groups : Sequence[Sequence[Path]]
        Run folders, files of outputs and folders of such files, as given on the command line. What
        several groups hold is scored once.
    scored : Path
        Where files are scored, each in a folder of its own.
    reader : ReaderOptions
        How files are read.

    Raises
    ------
    ConfigError
        There is an option for files, and no file.
    InputError
        A file cannot be read, a folder holds neither a run nor files of outputs, or something else is
        at the place of a run.
    """
    every = dict.fromkeys(run for group in groups for run in group)
    files = [str(run) for run in every if not _is_run(run)]
    if not files and (said := [name for name, value in reader.items() if value is not None]):
        raise ConfigError(f"--{said[0]} says how a file of outputs is read; run folders have it in them")
    made = {
        Path(source).resolve(): _scored(source, scored / name, reader)
        for source, name in inputs(files, reader).items()
    }
    return [[folder for run in group for folder in _folders(run, made)] for group in groups]


def _is_run(path: Path) -> bool:
    """Whether a path is taken for a run folder, if one that is not finished, or for a folder of some."""
    if not path.is_dir() or hf.is_saved(path):
        return False
    return not holds_logs(path) or is_unfinished(path) or bool(runs_inside(path))


def _folders(run: Path, made: Mapping[Path, Path]) -> list[Path]:
    """A run folder, or those made of a file or of the files under a folder."""
    if _is_run(run):
        return [run]
    return [folder for source, folder in made.items() if source.is_relative_to(run.resolve())]


def _scored(source: str, folder: Path, reader: ReaderOptions) -> Path:
    check_place(source, folder, "--scored")
    try:
        done = api.score(source, folder, progress=not quiet(), **reader)
    except Occupied:
        raise InputError(
            f"a finished run of something else is there: report that run ({folder}), or score {source} "
            "elsewhere (--scored)",
            path=folder,
        ) from None
    echo(f"{done.folder}  {states_line(done.progress)}", err=True)
    return done.folder


def check_place(source: str, folder: Path, option: str) -> None:
    """Refuse to put the run of a file among files of outputs: they would be no folder of logs any more.

    Parameters
    ----------
    source : str
        The file of outputs.
    folder : Path
        Where its run is to go.
    option : str
        By which another place is named.

    Raises
    ------
    InputError
        A file is in the way, or the folder holds files of outputs.
    """
    if folder.exists() and not folder.is_dir():
        what = f"the run of {source} needs a folder of this name, and a file is there"
    elif folder.is_dir() and not (is_finished(folder) or is_unfinished(folder)) and logs(folder).files:
        what = f"the run of {source} would stand among the files of outputs in this folder"
    else:
        return
    raise InputError(f"{what}; name another place ({option})", path=folder)


def _once(sources: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each file once, however it was given; one given again is named."""
    seen: set[Path | str] = set()
    kept = []
    for source, name in sources:
        key: Path | str = Path(source).resolve() if Path(source).exists() else source
        if key in seen:
            echo(f"{source} is given twice; it is taken once", err=True)
        else:
            seen.add(key)
            kept.append((source, name))
    return kept
