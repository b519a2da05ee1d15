"""The short name a reader sees of a run: its method, and of its settings and its model what tells the runs apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from judgekit.readers.settings import DATA, VARIANT, Value, shown
from judgekit.report.run import Run

_OF_TRAINING = ("lr", "epochs", "steps", "checkpoint", "seed", DATA)
"""Settings that mean the same under every method, so that they tell runs of different methods apart too."""


def titles(runs: Sequence[Run]) -> dict[str, str]:
    """Run name -> title, unique in the report.

    A setting is named where runs of one method differ in it, or where it is one of the training's and any two runs
    differ in it; the model where models differ. Runs that this cannot tell apart keep their names.
    """
    telling = _telling(runs)
    models = {base_model(run.model) for run in runs}
    found = {run.name: _title(run, telling[run.name], len(models) > 1) for run in runs}
    while shared := [title for title, count in Counter(found.values()).items() if count > 1]:
        found = {name: name if title in shared else title for name, title in found.items()}
    return found


def base_model(model: str) -> str:
    """The base model, without an owner in front and however it is written; runs that name none share the empty name."""
    return model.rsplit("/", 1)[-1].casefold()


def setting(name: str, value: Value) -> str:
    """A setting as a title writes it: 'lr 1e-4'; what has no key of its own is its value."""
    return shown(value) if name in (DATA, VARIANT) else f"{name} {shown(value)}"


def differing(settings: Iterable[Mapping[str, Value]]) -> list[str]:
    """The names of settings that are not the same in all, in order of appearance; one that only some name differs."""
    every = list(settings)
    names = dict.fromkeys(name for one in every for name in one)
    return [name for name in names if len({one.get(name) for one in every}) > 1]


def _telling(runs: Sequence[Run]) -> dict[str, list[str]]:
    """Run name -> the settings that its title holds."""
    named: dict[str, set[Value]] = {}
    methods: dict[str, list[Mapping[str, Value]]] = {}
    for run in runs:
        methods.setdefault(run.trained.method.casefold(), []).append(run.trained.settings)
        for name, value in run.trained.settings.items():
            named.setdefault(name, set()).add(value)
    common = [name for name in _OF_TRAINING if len(named.get(name, ())) > 1]
    own = {method: differing(settings) for method, settings in methods.items()}
    return {
        run.name: [
            name
            for name in run.trained.settings
            if name in common or name in own[run.trained.method.casefold()]
        ]
        for run in runs
    }


def _title(run: Run, telling: Sequence[str], with_model: bool) -> str:
    made = run.trained
    what = " ".join([made.method, *(setting(name, made.settings[name]) for name in telling)]).strip()
    model = run.model.rsplit("/", 1)[-1] if with_model else ""
    return " · ".join(filter(None, (what, model))) or run.name
