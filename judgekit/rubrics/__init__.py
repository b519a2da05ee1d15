"""Rubrics as data: what is asked, the labels, and what a report takes their verdicts to speak of.

Here: the folder of a rubric, its rendering into a prompt, finding it by name. Not here: who answers it
(:mod:`judgekit.judges`).
"""

from judgekit.rubrics.fencing import fence, visible
from judgekit.rubrics.find import (
    default_by_split,
    default_of,
    described,
    guidance_of,
    installed_rubrics,
    is_ordinal,
    label_meant,
    labels_of,
    load_rubric,
    meanings_of,
    role_of,
    shipped_rubrics,
)
from judgekit.rubrics.role import ANY, Role, Side
from judgekit.rubrics.rubric import LETTERS, ORDERS, Label, Prompt, Rubric, RubricFile

__all__ = [
    "ANY",
    "LETTERS",
    "ORDERS",
    "Label",
    "Prompt",
    "Role",
    "Rubric",
    "RubricFile",
    "Side",
    "default_by_split",
    "default_of",
    "described",
    "fence",
    "guidance_of",
    "installed_rubrics",
    "is_ordinal",
    "label_meant",
    "labels_of",
    "load_rubric",
    "meanings_of",
    "role_of",
    "shipped_rubrics",
    "visible",
]
