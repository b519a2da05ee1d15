"""A conversation as the question that its last answer answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LONGEST = 6000
"""Characters of the turns before the last that a question keeps: judges are paid by the token."""


class Turn(NamedTuple):
    """What one side of a conversation said; ``asks`` tells the user from the model."""

    asks: bool
    text: str


def as_question(turns: Sequence[Turn]) -> str:
    """The turns up to an answer, as one text.

    The only turn of a user is the question itself. Of a longer conversation the last turn is kept whole, and as many
    of those just before it as fit into `LONGEST` characters; how many are left out is said.
    """
    if len(turns) == 1:
        return turns[0].text
    told = [f"{'User' if turn.asks else 'Assistant'}: {turn.text}" for turn in turns]
    kept, room = [told[-1]], LONGEST
    for text in reversed(told[:-1]):
        room -= len(text)
        if room < 0:
            break
        kept.insert(0, text)
    left_out = len(told) - len(kept)
    return "\n".join([f"[{left_out} earlier turns left out]"] * bool(left_out) + kept)
