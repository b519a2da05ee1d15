"""A judge's answer is read for what it says: a corpus with known truth, and a server with many faults at once."""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections import Counter
from typing import Any

import pytest
from aiohttp import web

from judgekit.judges.reading.letters import named
from judgekit.judges.reading.marks import bare
from judgekit.judges.reading.verdicts import READING, read_logprobs
from tests.judges.asking import answers, some_items
from tests.judges.openai.test_chat import asks_of
from tests.judges.reading.answers import OPTIONS, choice, corpus, leading, options, read
from tests.judges.server import ChatServer, opinion

pytestmark = pytest.mark.slow


def test_no_answer_of_the_corpus_is_misread() -> None:
    rows = corpus()
    assert len(rows) >= 2500
    wrong = [
        (row, way, letter) for row in rows for way, letter in read(row) if letter not in (None, row["truth"])
    ]
    assert wrong == []


def test_whoever_reads_an_answer_in_another_way_raises_the_version_of_reading() -> None:
    """Judges' fingerprints hang on ``READING``: a calibration is of verdicts that were read in one way."""
    said = [[letter for _, letter in read(row)] for row in corpus()]
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
    assert (READING, digest) == (3, "34d2055c2d2c5a62"), "raise READING, unless answers were only added"


def test_an_answer_that_is_not_read_says_why() -> None:
    for row in corpus():
        answer = read_logprobs(choice(row), options(row), row.get("thinking_end"))
        assert (answer.error is None) == bool(answer.logprobs)
        assert answer.error is None or len(answer.error) > 10


@pytest.mark.parametrize(
    "kind",
    [
        "letter alone",
        "letter and label",
        "lead",
        "other language",
        "letter first, explained",
        "letter last",
        "cut off",
    ],
)
def test_what_names_a_letter_plainly_is_read(kind: str) -> None:
    rows = [row for row in corpus() if row["kind"] == kind and "top" not in row]
    assert rows
    assert [row["text"] for row in rows for _, letter in read(row) if letter != row["truth"]] == []


@pytest.mark.parametrize(
    "text", ["**B**.", "Réponse : B", "A careful reading shows it.\n\nAnswer: **B**", "B. The end"]
)
def test_the_place_of_the_letter_is_told(text: str) -> None:
    found = named(text, OPTIONS)
    assert found is not None
    assert text[found.at] == found.letter == "B"


def test_marks_around_a_letter_come_off_but_a_strike_does_not() -> None:
    assert bare(" **(B)**.\n") is not None
    assert bare("~~B~~") is None


def broken(truth: str, chance: random.Random) -> dict[str, Any]:
    """An answer that means ``truth`` (or nothing), sent in a way that invites a misreading."""
    other = chance.choice([letter for letter in "ABCDE" if letter != truth])
    sure = math.log(0.985)

    def said(*words: str, finish: str = "stop", **token: Any) -> dict[str, Any]:
        content = []
        for word in words:
            top = [
                {"token": word, "logprob": sure},
                {"token": chance.choice("ABCDE"), "logprob": math.log(0.005)},
            ]
            content.append({"token": word, "logprob": sure, "top_logprobs": top})
        content[0].update(token)
        message = {"role": "assistant", "content": "".join(words)}
        return {"index": 0, "finish_reason": finish, "message": message, "logprobs": {"content": content}}

    return chance.choice(
        [
            lambda: said(other, " is", " tempting", ",", " but", f" {truth}"),
            lambda: said(other, " careful", " reading", ".", "\n\n", "Answer", ":", f" {truth}"),
            lambda: said("❌", f" {other}"),
            lambda: said(f"{other}", "?"),
            lambda: said("C", "'", "est", f" {truth}"),
            lambda: said(other, " careful", " reader", finish="length"),
            lambda: said(truth, logprob=None, top_logprobs=[{"token": other, "logprob": -0.1}]),
            lambda: said(truth, logprob=-1e400, top_logprobs=[{"token": other, "logprob": -0.1}]),
            lambda: said(truth, top_logprobs=[{"token": letter, "logprob": 3.0} for letter in "ABCDE"]),
            lambda: said(truth, top_logprobs=[{"token": other, "logprob": -0.4}] * 3),
            lambda: said(truth, logprob=math.nan, top_logprobs=[{"token": other, "logprob": -0.1}]),
        ]
    )()


def test_a_mix_of_faults_misreads_no_answer() -> None:
    """2,000 items, three answers in ten broken: what is read is what the server means, the rest is unscored."""
    chance, met = random.Random(0), Counter[bool]()

    def fault(_: web.Request, body: dict[str, Any]) -> web.Response | None:
        if chance.random() >= 0.3:
            return None
        met[True] += 1
        probs = opinion(body["messages"])
        truth = max("ABCDE", key=lambda letter: probs[letter])
        answer = {**ChatServer().completion(body), "choices": [broken(truth, chance)]}
        return web.Response(text=json.dumps(answer), content_type="application/json")

    asks = asks_of(some_items(2000))
    with ChatServer(fault, keep=False) as server:
        found = answers(server.url, asks)
    assert len(asks) * 0.25 < met[True] < len(asks) * 0.35
    outcome = Counter[str]()
    for ask in asks:
        probs, letter = opinion(ask.prompt.messages), leading(found[ask.key])
        truth = max("ABCDE", key=lambda name, said=probs: said[name])
        outcome["unscored" if letter is None else "right" if letter == truth else "misread"] += 1
    assert outcome["misread"] == 0
    assert outcome["right"] >= 0.7 * len(asks)
