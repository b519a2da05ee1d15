"""Model and method from the name of the folder or file that a run was written to.

Folders that only name a stage (``evals``, ``eval_results``, ``ds_size300``, ...) are passed over. The name of the
first other folder, or of the file where the file's own name is not the format's, is split at underscores and freed of
a leading benchmark name. The part with a size (``8B``) or a known family (``Llama``) is the model; the rest is the
method. Without such a part all is the method, and the model is the nearest of the three folders above whose name has
one with a size. What Hydra recorded near the file (:mod:`judgekit.readers.hydra`), or in the folder's own name in a
multirun (``model=…,trainer=…,seed=1``), goes before names: it is what was run.

lm-evaluation-harness calls a folder by its model, with ``__`` for ``/``. Of a path the last folder is read in the same
way; a model of a hub is kept whole, unless its name tells a method.

A word may be either: FALCON is a method, Falcon a model. Then the other parts decide: a model stands elsewhere, a
method does, or the forget split has it on its left (model) or right (method). Where they do not, nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from judgekit.readers.hydra import ABOVE, PRETRAINED, overrides, pairs

_FIXED = re.compile(
    r"[A-Za-z]+_(EVAL|SUMMARY)|eval_(log|real)\w*|history|forget|neighbor|samples_.+|\d{4}-\d\d-\d\dT[\d:+-]+_.+|out|model_outputs|annotations"
)
_STAGE = re.compile(
    r"(evals?|logs|results|eval_results|saves|outputs?|data|ds_size\d+|checkpoint)([-_]\w+)*|\d+|\.|"
)
_OF_HARNESS = re.compile(r"samples_.+")
_CHECKPOINT = re.compile(r"checkpoint-\d+")
_SAMPLED = re.compile(r"generations_n\d+(_evaluated)?")
_PART = re.compile(r"(forget|retain|holdout)|(temperature|top_p)=\S+")
"""Files of leak@k, and the folders of theirs that say which part of a run they hold; elsewhere it is a run's name."""
_BENCHMARKS = ("tofu", "muse", "books", "news", "duet", "wmdp", "rwku")
_SIZE = re.compile(r"(^|[-.x])\d+(\.\d+)?[bm]($|[-.])", re.IGNORECASE)
_FAMILY = re.compile(
    r"((llama|mi[sx]tral|qwen|gemma|phi|zephyr|olmo|gpt|vicuna|pythia|deepseek|tulu|llada)($|[-.\d])"
    r"|(falcon|opt|yi)[-.]?(\d|instruct|chat|base|mamba))",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"(grad[-.]?(ascent|diff)|ga|gd|gdr|klr?|(sim|inst|alt)?npo|[di]?po|altpo|idk([-.]?(dpo|nll|ap))?|rmu|undial|ceu|satimp"
    r"|wga|pdu|baldro|task[-.]?vectors?|tv|whp|eul|scrub|lunar|t3|gru|sibl|jensun|loku|unierase|eco|flat"
    r"|original|full|finetuned?|target|retrain(ed)?|retain\d*)([-+.]\S*)?",
    re.IGNORECASE,
)
_EITHER = re.compile(r"falcon([-+.]|$)", re.IGNORECASE)
_SPLIT = re.compile(r"(forget|retain|holdout)\d+")


class RunNames(NamedTuple):
    """Model and method, each empty where the names say nothing; ``doubt``: what may mean two things."""

    model: str
    method: str
    doubt: str = ""


def is_method(part: str) -> bool:
    """Whether a part of a name is a method of the field."""
    return bool(_METHOD.fullmatch(part))


def is_stage(folder: str) -> bool:
    """Whether a folder's name only says at what stage its files were made."""
    return bool(_STAGE.fullmatch(folder))


@lru_cache(maxsize=256)
def run_names(path: Path) -> RunNames:
    """What folder, file and Hydra's overrides say of a run."""
    ran = overrides(path)
    model, trainer = ran.get("model", ""), ran.get("trainer", "")
    is_sampled = bool(_SAMPLED.fullmatch(path.stem))
    folders = [
        folder.name
        for folder in path.absolute().parents
        if not _STAGE.fullmatch(folder.name) and not (is_sampled and _PART.fullmatch(folder.name))
    ]
    if not is_sampled and not _FIXED.fullmatch(path.stem) and not _STAGE.fullmatch(path.stem):
        names, above = path.stem, []
    else:
        names, above = (folders[0] if folders else ""), folders[1 : 1 + ABOVE]
    if named := pairs(names):
        names = ",".join(pair for pair in named if not pair.startswith("model="))
    if _OF_HARNESS.fullmatch(path.stem) and "__" in names:
        return _of_harness(names)
    elsewhere = (*above, Path(ran.get(PRETRAINED, "")).name)
    found = _parse(names, (model or next(filter(None, map(_sized, elsewhere)), ""), trainer))
    found = found._replace(model=model or found.model)
    if trainer.lower() in ("", "finetune") or trainer.lower() in found.method.lower():
        return found
    return found._replace(method="_".join(filter(None, (trainer, found.method))))


def _of_harness(folder: str) -> RunNames:
    """Model and method of a folder that lm-evaluation-harness named by a path or by a model of a hub."""
    parts = [part for part in folder.split("__") if part]
    checkpoint = next((part for part in parts[-1:] if _CHECKPOINT.fullmatch(part)), "")
    last = next((part for part in reversed(parts) if not is_stage(part)), folder)
    found = _parse(last, ("", ""))
    is_hub = folder.count("__") == 1 and len(parts) == 2
    if is_hub and not any(map(_is_of_method, last.split("_"))):
        return RunNames("/".join(parts), "")
    return found._replace(method="_".join(filter(None, (found.method, checkpoint))))


def _is_of_method(part: str) -> bool:
    return is_method(part) or bool(_SPLIT.fullmatch(part))


def _parse(name: str, elsewhere: tuple[str, str]) -> RunNames:
    """Model and method of a name; ``elsewhere`` are those that something else says of the run."""
    parts = name.split("_")
    if len(parts) > 1 and parts[0] == "unlearn" and parts[1].lower() in _BENCHMARKS:
        parts = parts[1:]
    while parts and parts[0].lower() in _BENCHMARKS:
        parts = parts[1:]
    models = [part for part in parts if _is_model(part)]
    known_model, known_method = elsewhere
    if either := [part for part in parts if part not in models and _may_be_either(part)]:
        if _is_model_here(either[0], parts, bool(models or known_model), known_method):
            models = either
        elif _is_method_here(either[0], parts, bool(models or known_model), known_method):
            either = []
        else:
            return RunNames("", "", f"'{either[0]}' may be the model or the unlearning method")
    method = "_".join(part for part in parts if part not in models)
    if len(set(models)) > 1 and not known_model:
        return RunNames("", method, f"the model may be {' or '.join(map(repr, dict.fromkeys(models)))}")
    return RunNames(models[0] if len(set(models)) == 1 else known_model, method)


def _is_model(part: str) -> bool:
    return bool(_SIZE.search(part) or _FAMILY.match(part))


def _may_be_either(part: str) -> bool:
    return bool(_EITHER.match(part)) and not part.startswith("FALCON")


def _is_model_here(part: str, parts: Sequence[str], has_model: bool, method: str) -> bool:
    """Whether the other parts leave a word of two meanings only the model's place."""
    others = [other for other in parts if other != part]
    if has_model or method.lower() == part.lower():
        return False
    return bool(method) or any(map(_METHOD.fullmatch, others)) or _side(part, parts) == "left"


def _is_method_here(part: str, parts: Sequence[str], has_model: bool, method: str) -> bool:
    """The same for the method's place."""
    return has_model or method.lower() == part.lower() or _side(part, parts) == "right"


def _side(part: str, parts: Sequence[str]) -> str:
    """On which side of the forget split a part stands, as in ``tofu_<model>_<forget split>_<method>``."""
    split = next((i for i, other in enumerate(parts) if _SPLIT.fullmatch(other)), None)
    if split is None:
        return ""
    return "left" if parts.index(part) < split else "right"


def _sized(name: str) -> str:
    """The part of a folder's name that is a model by its size."""
    return next((part for part in name.split("_") if _SIZE.search(part)), "")
