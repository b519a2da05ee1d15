"""Keys are told from those met before, however many there are."""

from __future__ import annotations

import random

import pytest

from judgekit.readers import seen
from judgekit.readers.seen import Seen


@pytest.mark.parametrize("recent", [1, 7, 1 << 16])
def test_a_key_is_new_once(recent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "RECENT", recent)
    draw, met, known = random.Random(0), Seen(), set[tuple[str, int]]()
    for _ in range(2000):
        key = (f"i{draw.randrange(900)}", draw.randrange(2))
        assert met.add(key) is (key not in known)
        known.add(key)
        assert len(met) == len(known)
