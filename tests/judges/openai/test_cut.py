"""An answer of a server that read only a part of an item is none, and says so."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

import judgekit as jk
from judgekit.judges.openai.cut import SHORT, cut_short
from judgekit.judges.price import Usage
from judgekit.records import Item
from judgekit.rubrics import Prompt
from tests.judges.server import ChatServer


@pytest.mark.parametrize(
    ("words", "tokens", "cut"),
    [
        (3000, 2048, True),
        (3000, 3000, False),
        (3000, 4000, False),
        (3000, None, False),  # it does not say
        (3000, 0, False),
        (SHORT, 10, False),
    ],
)
def test_a_server_that_read_fewer_tokens_than_there_are_words_cut(
    words: int, tokens: int | None, cut: bool
) -> None:
    prompt = Prompt(
        ({"role": "system", "content": "x " * 9000}, {"role": "user", "content": "word " * words}), {}
    )
    assert bool(cut_short(prompt, Usage(tokens, 0, 1))) is cut


def test_digits_signs_and_single_letters_are_no_words_since_tokens_hold_several() -> None:
    prompt = Prompt(({"role": "user", "content": "1 2 a b - - 11 " * 2000},), {})
    assert cut_short(prompt, Usage(100, 0, 1)) is None


def test_a_long_output_whose_middle_a_server_dropped_is_unscored_with_the_reason() -> None:
    """The fact stands in the middle; the server answers on what it kept, and would be believed."""

    def keep_1500(request: web.Request, body: dict[str, Any]) -> Any:
        tokens = min(1500, sum(len(message["content"].split()) for message in body["messages"]))
        entry = {"token": "B", "logprob": -0.01, "top_logprobs": [{"token": "B", "logprob": -0.01}]}
        choice = {
            "index": 0,
            "message": {"content": "B"},
            "logprobs": {"content": [entry]},
            "finish_reason": "stop",
        }
        return web.json_response(
            {"choices": [choice], "usage": {"prompt_tokens": tokens, "completion_tokens": 1}, "model": "tiny"}
        )

    filler = "The path to the station is steep. " * 200
    items = [
        Item(id=str(n), question="Where?", references=("Ghent",), outputs=(output,))
        for n, output in enumerate(["Ghent.", f"{filler} Ghent. {filler}"])
    ]
    with ChatServer(keep_1500) as server:
        cascade = {"tiers": [{"judge": "openai", "model": "tiny", "base_url": server.url}]}
        short, long = jk.judge(items, cascade=cascade, rubric="forgetting", keep_going=True)
    assert short.verdict.state == "verdict"
    assert long.verdict.state == "unscored"
    assert "the server cut the prompt: it read 1,500 tokens" in (long.evidence.tiers["openai"].reason or "")
