"""Model and method from the name of the folder or file that a run was written to.

The rule: folders that only name a stage (``evals``, ``eval_results``, ``ds_size300``, ...) are passed over.
The name of the first other folder, or of the file where the file's own name is not the format's, is split at
underscores and freed of a leading benchmark name. The first part with a size (``8B``) or a known family
(``Llama``) is the model; the rest is the method. Without such a part all is the method, and the model is the
nearest of the three folders above whose name has a size, if one has.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_FIXED = re.compile(
    r"[A-Za-z]+_(EVAL|SUMMARY)|eval_(log|real)\w*|history|forget|neighbor|samples_.+|out|model_outputs|annotations"
)
_STAGE = re.compile(
    r"(evals?|results|eval_results|saves|outputs?|data|ds_size\d+|checkpoint)([-_]\w+)*|\d+|\.|"
)
_BENCHMARKS = ("tofu", "muse", "books", "news", "duet", "wmdp", "rwku")
_SIZE = re.compile(r"(^|[-.x])\d+(\.\d+)?[bm]($|[-.])", re.IGNORECASE)
_FAMILY = re.compile(
    r"(llama|mi[sx]tral|qwen|gemma|phi|zephyr|olmo|falcon|gpt|vicuna|pythia|opt|deepseek|yi|tulu)($|[-.\d])",
    re.IGNORECASE,
)


def _is_model(part: str) -> bool:
    return bool(_SIZE.search(part) or _FAMILY.match(part))


@lru_cache(maxsize=256)
def run_names(path: Path) -> tuple[str, str]:
    """Model and method, each empty where the names say nothing."""
    if not _FIXED.fullmatch(path.stem) and not _STAGE.fullmatch(path.stem):
        return _parse(path.stem)
    folders = [folder.name for folder in path.absolute().parents if not _STAGE.fullmatch(folder.name)]
    if not folders:
        return "", ""
    model, method = _parse(folders[0])
    if not model:
        model = next((name for name in folders[1:4] if _SIZE.search(name)), "")
    return model, method


def _parse(name: str) -> tuple[str, str]:
    parts = name.split("_")
    while parts and parts[0].lower() in _BENCHMARKS:
        parts = parts[1:]
    at = next((i for i, part in enumerate(parts) if _is_model(part)), None)
    if at is None:
        return "", "_".join(parts)
    return parts[at], "_".join(parts[:at] + parts[at + 1 :])
