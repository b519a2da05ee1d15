"""Drawing: which items people are asked about, settled in a pool file before anybody answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from judgekit.calibration.draw import Size
from judgekit.calibration.files import draw as draw_path
from judgekit.calibration.pool import SUFFIX, Kind, Pool, PoolItem, pool_file, pools_beside
from judgekit.errors import ConfigError, InputError
from judgekit.labeling.outlook import pool_size
from judgekit.labeling.queue import Of, every, queue
from judgekit.labeling.sheet import Task
from judgekit.readers.labels import read_labels
from judgekit.runs.folder import Paths, paths

_FROM: dict[Kind, Of] = {"items": "items", "open": "open", "verdicts": "verdicts"}

_FOR: dict[Kind, str] = {
    "path": "for a promise (--agreement)",
    "items": "for rates (--rates)",
    "rest": "for rates (--rates)",
    "open": "for open items (--open)",
    "verdicts": "spot checks (--audit)",
}
"""What a kind of pool is asked for, as the command line calls it."""

_UNSAID: dict[str, tuple[Any, ...]] = {"rubric": (None,), "tiers": ((), None), "costs": ({}, None)}
"""Values that leave an option to the evidence."""

WANTED = 500
"""Labels along a path, where nobody says how many: an hour's work."""


@dataclass(frozen=True)
class Drawn:
    """A pool with what people are shown of its items, in the pool's order."""

    pool: Pool
    tasks: tuple[Task, ...]


def draw(
    files: Paths,
    labels: Path,
    kind: Kind | None,
    *,
    rubric: str | None = None,
    size: int | None = None,
    wanted: int = WANTED,
    given: Paths = (),
    calibrations: Paths = (),
    seed: int = 0,
    **promise: Any,
) -> Drawn:
    """The pool that people are asked from: the one that stands beside the label file, else one drawn and written now.

    Parameters
    ----------
    files : Paths
        Run folders.
    labels : Path
        The file that labels will go to.
    kind : Kind | None
        What to draw (:class:`judgekit.calibration.pool.Pool`); None only goes on with what stands
        there.
    rubric : str | None
        Under which people label; needed where the runs have several.
    size : int | None
        How many items; by default all there are, and for a promise so many that ``wanted`` labels are
        asked for.
    wanted : int
        Labels that people are to give, about.
    given : Paths
        Label files; what they hold is labeled already.
    calibrations : Paths
        By which verdicts are decided anew before spot checks or open items are drawn.
    seed : int
        Of the draw.
    promise : Any
        What labels along a path are asked for, as options of a calibration.

    Raises
    ------
    ConfigError
        Nothing says what to draw.
    InputError
        The pool beside the labels is another one; there is nothing to draw from; or the label file
        holds labels that were asked from no pool.
    """
    where = pool_file(labels)
    if where.is_file():
        pool = Pool.load(where)
        _check_same(pool, where, kind, rubric=rubric, size=size, **promise)
        return Drawn(pool, _found(files, pool, where))
    if kind is None:
        raise ConfigError(
            "say what the labels are for: a promise (--agreement 0.9), --open, --audit, or --rates N"
        )
    if labels.is_file() and labels.stat().st_size:
        raise InputError(
            f"holds labels, and no pool stands beside it ({where.name}): give another file (-o), and this one as "
            "--labels",
            path=labels,
        )
    if kind == "path":
        by_others = None if size else _size(wanted, promise)
        pool = draw_path(
            paths(files),
            size or wanted,
            to=labels,
            rubric=rubric,
            labels=given,
            seed=seed,
            size=by_others,
            **promise,
        )
        return Drawn(pool, _found(files, pool, where))
    tasks = (
        _rest(files, labels, rubric, given)
        if kind == "rest"
        else _tasks(files, labels, kind, rubric, given, calibrations, seed)
    )[:size]
    pool = Pool(
        rubric=tasks[0].rubric,
        labels=tasks[0].choices,
        kind=kind,
        seed=seed,
        items=tuple(
            PoolItem(id=one.id, model=one.model, method=one.method, question_id=one.question_id)
            for one in (task.item for task in tasks)
        ),
    )
    pool.save(where)
    return Drawn(pool, tuple(tasks))


def _size(wanted: int, promise: Mapping[str, Any]) -> Size | None:
    """How large a pool is for a promise, by evidence on others; None where a limit is all it has: as many as labels."""
    if promise.get("agreement") is None:
        return None
    known = {name: promise[name] for name in ("delta", "costs") if promise.get(name) is not None}
    return partial(pool_size, wanted=wanted, agreement=promise["agreement"], **known)


def _check_same(pool: Pool, where: Path, kind: Kind | None, **wanted: Any) -> None:
    """Refuse to go on with a pool that was drawn for something else.

    Raises
    ------
    InputError
        Naming what differs.
    """
    was: dict[str, Any] = {"kind": pool.kind, "rubric": pool.rubric, **pool.options}
    said = {name: value for name, value in {"kind": kind, **wanted}.items() if name in was}
    for name, value in said.items():
        if value in _UNSAID.get(name, ()) or (kind is None and name != "rubric"):
            continue
        if (value or None) != (was[name] or None):
            if name == "kind":
                raise InputError(
                    f"the labels beside this pool are {_FOR[pool.kind]}, not {_FOR[value]}: give these "
                    "another file (-o)",
                    path=where,
                )
            raise InputError(
                f"the pool was drawn with {name} {was[name]}, not {value}: the command it was drawn with goes on with "
                "it; for anything else give another file (-o)",
                path=where,
            )
    size = wanted["size"]
    if size is not None and size < len(pool.items):  # fewer than asked for is all there were
        raise InputError(
            f"the pool has {len(pool.items):,} items, not {size:,}; for another give another file (-o)",
            path=where,
        )


def _found(files: Paths, pool: Pool, where: Path) -> tuple[Task, ...]:
    """What people are shown of a pool's items.

    Raises
    ------
    InputError
        Some are in none of the runs.
    """
    tasks = {task.item.key: task for task in every(files, pool.rubric)}
    if lost := [item for item in pool.items if item.key not in tasks]:
        raise InputError(
            f"{len(lost):,} of its {len(pool.items):,} items are in none of the runs given, '{lost[0].id}' among them: "
            "give the runs that it was drawn from",
            path=where,
        )
    return tuple(tasks[item.key] for item in pool.items)


def _tasks(
    files: Paths,
    labels: Path,
    kind: Kind,
    rubric: str | None,
    given: Paths,
    calibrations: Paths,
    seed: int,
) -> Sequence[Task]:
    """Tasks of one rubric in random order; of no question that an earlier pool holds."""
    tasks = queue(
        files, None, of=_FROM[kind], rubric=rubric, labels=given, calibrations=calibrations, seed=seed
    )
    if len(rubrics := sorted({task.rubric for task in tasks})) > 1:
        raise InputError(
            f"the runs are judged by several rubrics ({', '.join(rubrics)}); name one (--rubric)"
        )
    if kind != "open":
        pools = (pool for pool in pools_beside([labels]) if pool.rubric in rubrics)
        asked = {question for pool in pools for question in pool.questions}
        tasks = [task for task in tasks if task.item.question_id not in asked]
    if not tasks:
        raise InputError(
            "nothing is left to label: every question of the runs is labeled or in a pool"
            if kind != "open"
            else "nothing is left to label: every output has a verdict",
            path=paths(files)[0],
        )
    return tasks


def path_pool(labels: Path, rubric: str | None, given: Paths = ()) -> Path | None:
    """The file of the path pool that a sample of the rest belongs to, among those beside label files.

    Raises
    ------
    InputError
        There are several.
    """
    folders = dict.fromkeys(path.parent for path in (labels, *paths(given)))
    files = [path for folder in folders for path in sorted(folder.glob("*" + SUFFIX))]
    found = [
        path for path in files if (pool := Pool.load(path)).kind == "path" and rubric in (None, pool.rubric)
    ]
    if len(found) > 1:
        raise InputError(
            f"{len(found)} pools for a promise stand in this folder ({', '.join(path.name for path in found)}); "
            "--rates asks the rest of one: keep that one and its labels in a folder of their own, and write there "
            "(-o FOLDER/rates.jsonl)",
            path=found[0].parent,
        )
    return found[0] if found else None


def labels_beside(pool: Path) -> Path:
    """The label file that a pool file stands beside."""
    return pool.with_name(pool.name.removesuffix(SUFFIX) + ".jsonl")


def _rest(files: Paths, labels: Path, rubric: str | None, given: Paths) -> Sequence[Task]:
    """What the path of a pool did not ask, in the random order in which the pool was drawn."""
    where = path_pool(labels, rubric, given)
    if where is None:
        raise InputError(
            "no pool of a promise stands beside the labels, so there is no rest of one", path=labels
        )
    pool = Pool.load(where)
    answered = {
        (row.id, row.model, row.method)
        for path in dict.fromkeys([labels_beside(where), *paths(given)])
        if path.is_file()
        for row in read_labels(path)
    }
    tasks = [task for task in _found(files, pool, where) if task.item.key not in answered]
    if not tasks:
        raise InputError("every item of the pool is labeled, so there is no rest", path=where)
    return tasks
