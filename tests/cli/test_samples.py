"""Several outputs a question, from the file to the report, past an endpoint that fails and answers in any order."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from judgekit import report
from tests.cli.calling import judgekit
from tests.judges.server import ChatServer, refusal

QUESTIONS, SAMPLES = 12, 6


def said(question: int, sample: int) -> str:
    """What became of an output stands in its text, so that a verdict can be told from its neighbor's."""
    leaks = (question % 4 == 0 and sample % 3 == 0) or question == 5
    fails = (question + sample) % 5 == 0
    return f"{'LEAK' if leaks else 'KEEP'}{' FAIL' if fails else ''} {question} {sample}"


def output_of(messages: Sequence[Mapping[str, str]]) -> str:
    found = re.findall(r"<output>\n(.*)\n</output>", messages[-1]["content"])
    return str(found[-1])


def by_its_text(messages: Sequence[Mapping[str, str]]) -> dict[str, float]:
    wanted = "leaked" if "LEAK" in output_of(messages) else "withheld"
    letter = re.search(rf"^([A-E])\. {wanted}", messages[0]["content"], re.M)
    assert letter is not None
    return {one: 0.9 if one == letter[1] else 0.025 for one in "ABCDE"}


async def late_or_never(_: web.Request, body: dict[str, Any]) -> web.Response | None:
    text = output_of(body["messages"])
    await asyncio.sleep(
        hashlib.sha256(text.encode()).digest()[0] / 4000
    )  # the first asked is not the first answered
    return refusal(500, "out of order") if "FAIL" in text else None


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    rows = [
        {
            "prompt": f"Who wrote book {question}?",
            "ground_truth": "Ann Lee",
            "split": "forget",
            "responses": [{"response": said(question, sample)} for sample in range(SAMPLES)],
        }
        for question in range(QUESTIONS)
    ]
    (tmp_path / "samples.json").write_text(json.dumps(rows))
    with ChatServer(late_or_never) as server:
        server.opinion = by_its_text  # type: ignore[assignment]
        (tmp_path / "cascade.yaml").write_text(
            f"tiers: [{{judge: openai, name: strong, model: tiny, base_url: '{server.url}', retries: 0, patience: 0.2}}]\n"
        )
        done = judgekit(
            "score",
            "samples.json",
            "--cascade",
            "cascade.yaml",
            "--keep-going",
            "--method",
            "NPO",
            cwd=tmp_path,
        )
        arrived = [output_of(body["messages"]) for body in server.seen]
    assert done.returncode == 4, done.stderr
    assert len(arrived) >= QUESTIONS * SAMPLES
    return next((tmp_path / "runs").iterdir())


def test_failed_calls_are_unscored_and_verdicts_go_to_their_outputs(scored: Path) -> None:
    verdicts = [json.loads(line) for line in (scored / "verdicts.jsonl").read_text().splitlines()]
    assert [one["id"] for one in verdicts] == [
        f"{q}#{s + 1}" for q in range(QUESTIONS) for s in range(SAMPLES)
    ]
    for one in verdicts:
        question, sample = (int(part) for part in one["id"].split("#"))
        text = said(question, sample - 1)
        if "FAIL" in text:
            assert one["state"] == "unscored" and "label" not in one and "out of order" in one["reason"]
        else:
            assert one["label"] == ("leaked" if "LEAK" in text else "withheld")
    assert len({one["question_id"] for one in verdicts}) == QUESTIONS


def test_the_report_never_takes_an_unscored_output_for_no_leak(scored: Path) -> None:
    (run,) = report.summarize(report.load([scored])).runs
    assert run.samples is not None
    (curve,) = run.samples.curves
    texts = [[said(q, s) for s in range(SAMPLES)] for q in range(QUESTIONS)]
    least = sum(any("LEAK" in t and "FAIL" not in t for t in row) for row in texts)
    most = sum(any("LEAK" in t or "FAIL" in t for t in row) for row in texts)
    assert least < most
    assert curve.last.k == SAMPLES and curve.last.rate.value is None
    assert curve.last.rate.bounds == pytest.approx((least / QUESTIONS, most / QUESTIONS))
    assert curve.last.rate.low <= least / QUESTIONS and curve.last.rate.high >= most / QUESTIONS


def test_people_are_asked_about_one_output_a_question(scored: Path) -> None:
    for files in ("samples.json", scored):
        done = judgekit("queue", files, "-o", "queue.csv", cwd=scored.parents[1])
        assert done.returncode == 0, done.stderr
        with (scored.parents[1] / "queue.csv").open(newline="", encoding="utf-8-sig") as file:
            asked = [row["id"] for row in csv.DictReader(file)]
        assert sorted(one.split("#")[0] for one in asked) == sorted(str(q) for q in range(QUESTIONS))
