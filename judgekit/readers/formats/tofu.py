"""TOFU's ``eval_log_aggregated.json``: section -> metric -> dict or list of index -> value.

A row of ``generated_text`` is [input, generation, gold] or, from A Closer Look at Machine Unlearning, [input,
generation, gold, original output]. Files of one section (``eval_log_forget.json``) are read alike. Ids are
``<split>/<index>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from judgekit.documents.lines import opened
from judgekit.errors import InputError
from judgekit.readers.base import Format, Head, Source, numbers, whole
from judgekit.readers.files.columns import Column, Keys, outline
from judgekit.readers.prompts import bare_question
from judgekit.records import Item, Recorded

SPLITS = {
    "eval_log_forget": "forget",
    "eval_log": "retain",
    "eval_real_author_wo_options": "real_authors",
    "eval_real_world_wo_options": "world_facts",
}
_TEXTS = "generated_text"
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
# the file's name -> the name in Item.recorded
_NAMES = {
    "avg_gt_loss": "loss",
    "gt_loss": "loss_sum",
    "num_token_gt": "num_token",
    "normalized_gt_loss": "normalized_loss",
    "avg_paraphrased_loss": "paraphrased_loss",
    "paraphrased_loss": "paraphrased_loss_sum",
    "num_token_paraphrased": "num_token_paraphrased",
    "average_perturb_loss": "perturbed_losses",
    "perturb_loss": "perturbed_loss_sums",
    "num_token_perturb": "num_tokens_perturbed",
    "truth_ratio": "truth_ratio",
    "rouge1_recall": "rouge1_recall",
    "rougeL_recall": "rougeL_recall",
    "cosine_similarity": "cosine_similarity",
    "token_entropy": "token_entropy",
    "entailment_labels": "entailment_label",
}


def _matches(head: Head) -> bool:
    first = head.keys[:1]
    return head.kind == "object" and any(
        key.removesuffix(".json") in SPLITS or key in (_TEXTS, *_NAMES) for key in first
    )


def _read(source: Source) -> Iterator[Item]:
    path = source.path
    with opened(path) as file:
        present = outline(file, path)
        if not any(keys[1:] == (_TEXTS,) for keys in present):  # the file is one section
            present = outline(file, path, depth=1)
        for name in dict.fromkeys(keys[0] for keys in present if len(keys) < 2 or keys[1] != _TEXTS):
            if name.removesuffix(".json") in SPLITS and (name, _TEXTS) not in present:
                raise InputError(f"a section without '{_TEXTS}', the model's outputs", path=path, row=name)
        sections = [keys[:-1] for keys in present if keys[-1] == _TEXTS]
        if not sections:
            raise InputError(f"no section holds '{_TEXTS}', the model's outputs", path=path)
        for section in sections:
            columns = {
                keys[-1]: Column(file, path, keys, at) for keys, at in present.items() if keys[:-1] == section
            }
            yield from _section(source, section, columns)


def _section(source: Source, section: Keys, columns: dict[str, Column]) -> Iterator[Item]:
    path = source.path
    name = (section[0] if section else path.name).removesuffix(".json")
    split = SPLITS.get(name, name)
    outputs = columns.pop(_TEXTS)
    known = {name: columns[key] for key, name in _NAMES.items() if key in columns}
    index = None
    for index, row in outputs:
        place = outputs.place(index)
        question, output, reference = _texts(row, path, place)
        yield source.item(
            place,
            id=f"{split}/{index}",
            question=bare_question(question),
            references=(reference,),
            outputs=(output,),
            split=split,
            recorded=_recorded(known, index, path)
            | ({"original_output": whole(row[3])} if len(row) == 4 else {}),
        )
    if index is None:
        raise InputError("no items in this section", path=path, row=".".join(outputs.keys))


def _texts(row: Any, path: Path, place: str) -> tuple[str, str, str]:
    if not isinstance(row, list) or len(row) not in (3, 4) or not all(isinstance(one, str) for one in row):
        raise InputError(
            "expected 3 or 4 texts: input, generation, gold and maybe the original output",
            path=path,
            row=place,
        )
    return whole(row[0]), whole(row[1]), whole(row[2])


def _recorded(columns: dict[str, Column], index: str, path: Path) -> dict[str, Recorded]:
    found: dict[str, Recorded] = {}
    for name, column in columns.items():
        value = column.get(index)
        if value is None:
            continue
        is_label = name == "entailment_label" and isinstance(value, str)
        found[name] = value if is_label else numbers(value, column.keys[-1], path, column.place(index))
    return found


def _metrics(path: Path) -> dict[str, float | None]:
    """Run-level numbers of A Closer Look: ``name: number`` lines of ``unlearning_results.txt`` beside it."""
    totals = path.with_name("unlearning_results.txt")
    if not totals.exists():
        return {}
    pairs = (line.partition(": ") for line in totals.read_text("utf-8", "replace").splitlines())
    # settings stand in the same file, in small letters
    return {name: float(value) for name, _, value in pairs if name[:1].isupper() and _NUMBER.fullmatch(value)}


def _repeats(path: Path) -> bool:
    """A section, where the file of all sections stands beside it."""
    return path.stem in SPLITS and path.with_name("eval_log_aggregated.json").is_file()


FORMAT = Format(
    "tofu",
    "TOFU eval_log_aggregated.json and its sections, also as A Closer Look at Machine Unlearning writes them",
    _matches,
    _read,
    _metrics,
    _repeats,
)
