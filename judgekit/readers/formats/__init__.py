"""One module a file format: how the format is told from others, and how its rows become items.

Here: everything that knows a format's key names. Not here: parsing JSON or CSV (:mod:`judgekit.readers.files`).
"""

from __future__ import annotations

from dataclasses import replace

from judgekit.errors import known
from judgekit.extensions import Extension, extensions
from judgekit.readers.base import Format
from judgekit.readers.formats import (
    alpaca,
    hf,
    inspect_ai,
    judgekit_jsonl,
    lm_eval,
    muse,
    open_unlearning,
    rulebreakers,
    rwku,
    samples,
    table,
    tofu,
)

SHIPPED: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (
        judgekit_jsonl,
        open_unlearning,
        tofu,
        muse,
        rwku,
        lm_eval,
        inspect_ai,
        alpaca,
        rulebreakers,
        samples,
        table,
        hf,
    )
}
"""The formats that come with judgekit, in the order in which they are tried on a file."""


def added() -> dict[str, Extension]:
    """The formats of other packages, tried on a file that none of those shipped fits."""
    return {name: one for name, one in extensions("judgekit.readers").items() if name not in SHIPPED}


def format_named(name: str) -> Format:
    """A format by its name.

    Raises
    ------
    ConfigError
        There is none, or the package that adds it is broken.
    """
    others = added()
    known("format", name, (*SHIPPED, *others))
    return SHIPPED[name] if name in SHIPPED else replace(others[name].load(Format), name=name)
