"""What Hydra recorded of how a model was trained, near a file of its outputs.

Hydra writes ``.hydra/overrides.yaml`` and ``.hydra/config.yaml`` into the folder of every run. open-unlearning puts an
evaluation into ``evals`` or ``checkpoint-N/evals`` below the folder of the training; where it is put elsewhere, the
evaluation's own overrides say which folder the model came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from judgekit.documents import read_yaml
from judgekit.errors import InputError

PRETRAINED = "model.model_args.pretrained_model_name_or_path"
"""The override that says which model was trained further, or evaluated."""

ABOVE = 3
"""Folders above a file's own in which is looked."""

_ROOTS = 6
"""Folders above a file from which a path to the model may start."""
_OF_ARGS = ("learning_rate", "num_train_epochs")
"""The trainer's arguments that are read where nobody overrode them; of the others there are a hundred."""
_PLAIN_TRAINER = "FinetuneTrainer"
"""open-unlearning's trainer without an unlearning method."""


def overrides(path: Path) -> dict[str, str]:
    """``key=value`` of Hydra's overrides near a file, and of its configuration where nothing was overridden.

    Parameters
    ----------
    path : Path
        A file of outputs.

    Returns
    -------
    dict
        Those of the nearest folder go before; what was overridden goes before what is configured.
    """
    near = list(path.absolute().parents)[: 1 + ABOVE]
    found = _overridden(near)
    of_model = _folders_of(found.get(PRETRAINED, ""), path)
    if of_model:
        del found[PRETRAINED]  # the model that was trained there comes instead
    for key, value in (*_overridden(of_model).items(), *_configured([*near, *of_model])):
        found.setdefault(key, value)
    return found


def pairs(folder: str) -> list[str]:
    """The overrides that name a folder of a Hydra multirun; none where it is called otherwise."""
    parts = folder.split(",")
    return parts if all(re.fullmatch(r"[+\w.@/]+=[^=]*", part) for part in parts) else []


def _overridden(folders: Sequence[Path]) -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in folders:
        listed = _loaded(folder / ".hydra" / "overrides.yaml")
        for text in (*(listed if isinstance(listed, list) else []), *pairs(folder.name)):
            key, _, value = str(text).lstrip("+").partition("=")
            if value:
                found.setdefault(key, value)
    return found


def _folders_of(model: str, path: Path) -> list[Path]:
    """The folder that a model was read from and those above it, where it is one here; the nearest first."""
    if not model or "$" in model:
        return []
    for root in list(path.absolute().parents)[:_ROOTS]:
        folder = root / model
        if any((above / ".hydra").is_dir() for above in (folder, folder.parent)):
            return [folder, folder.parent]
    return []


def _configured(folders: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Of the nearest configuration of a training: trainer, what its method was set to, and what was to be forgotten."""
    for folder in folders:
        config = _loaded(folder / ".hydra" / "config.yaml")
        trainer = _mapping(config, "trainer")
        if not trainer:
            continue
        if trainer.get("handler") != _PLAIN_TRAINER:
            yield from _plain("trainer", trainer.get("handler"))
            yield from _plain("trainer.method_args", trainer.get("method_args"))
        arguments = _mapping(trainer, "args")
        for name in _OF_ARGS:
            yield from _plain(f"trainer.args.{name}", arguments.get(name))
        yield from _plain("forget_split", config.get("forget_split"))
        yield from _plain(
            PRETRAINED, _mapping(_mapping(config, "model"), "model_args").get(PRETRAINED.split(".")[-1])
        )
        return


def _plain(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """The numbers and texts of a value, by key; nothing of what Hydra would still have to look up."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _plain(f"{key}.{name}", inner)
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and "$" not in str(value):
        yield key, str(value)


def _mapping(value: Any, key: str) -> Mapping[str, Any]:
    inner = value.get(key) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def _loaded(path: Path) -> Any:
    """What a YAML file holds; None where there is none, or none that can be read."""
    try:
        return read_yaml(path)
    except InputError:
        return None
