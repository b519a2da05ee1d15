"""Records refuse what does not fit, in one line."""

from __future__ import annotations

import pytest

from judgekit.errors import InputError
from judgekit.records import Item, parse


def test_unknown_key_names_line_and_key() -> None:
    with pytest.raises(InputError, match=r"^f\.jsonl:7: unknown key 'ouptut'; known keys: .*outputs"):
        parse(Item, {"id": "1", "question": "q", "output": "o", "ouptut": "o"}, path="f.jsonl", line=7)


def test_records_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Item(id="1", question="q", outputs=("o",)).id = "2"  # type: ignore[misc]
