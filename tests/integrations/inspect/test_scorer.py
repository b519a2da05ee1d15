"""``trusted_judge`` gives the verdicts that a run would; what is open stays open, and what goes wrong is heard."""

from __future__ import annotations

import asyncio
import logging
import math
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("inspect_ai", reason="inspect-ai is not installed: make test-integrations")
pytestmark = pytest.mark.integrations

import inspect_ai
from inspect_ai._util.error import PrerequisiteError
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.scorer import Score, includes

import judgekit as jk
from judgekit.engine import memory
from judgekit.integrations.inspect import outcomes, trusted_judge
from tests.engine.test_memory import cascade_of
from tests.integrations.inspect import made
from tests.judges.server import ChatServer

TOWNS = [made.item(number) for number in range(6)]


def judged(log: EvalLog, **options: Any) -> dict[str, Score]:
    """The scores of a log's samples, by the ids of the items that judgekit reads of it."""
    scored = inspect_ai.score(
        log, trusted_judge(**options), action="append", display="none", model="none/none"
    )
    samples = scored.samples or []
    several = len({sample.epoch for sample in samples}) > 1
    return {
        f"{one.id}#{one.epoch}" if several else str(one.id): (one.scores or {})["trusted_judge"]
        for one in samples
    }


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.calibration(tmp_path_factory.mktemp("calibrated"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    return made.log(made.demo(60), tmp_path_factory.mktemp("demo"), scorer=includes())


def test_scores_are_the_verdicts_that_judgekit_gives_the_log(
    demo: EvalLog, calibrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks: list[int] = []
    real = memory.judge_block

    async def counted(block: list[jk.Item], *others: Any) -> list[jk.ItemResult]:
        blocks.append(len(block))
        return await real(block, *others)

    monkeypatch.setattr(memory, "judge_block", counted)
    scores = judged(demo, calibration=str(calibrated))
    assert sum(blocks) == 60 and len(blocks) <= 3, "samples are judged together"
    run = jk.score(made.place(demo), tmp_path / "run", calibrations=calibrated)
    certificate = jk.Calibration.load(calibrated)
    states = set()
    for verdict in run.verdicts:
        score = scores[verdict.id]
        said = score.metadata or {}
        states.add(verdict.state)
        assert said["state"] == verdict.state and said["cost"] == verdict.cost
        assert (said["rubric"], said["question_id"]) == (verdict.rubric, verdict.question_id)
        if verdict.state == "verdict":
            assert (score.value, score.reason) == (verdict.label, None)
            assert (said["tier"], said["confidence"]) == (verdict.tier, verdict.confidence)
            assert said["calibration"] == certificate.fingerprint and said["agreement"] == 0.9
            assert said["certificate"] == certificate.certificate.claim
        else:
            assert isinstance(score.value, float) and math.isnan(score.value)
            assert score.reason == "abstained" and "calibration" not in said
            assert (score.explanation or "").startswith("Abstained: ")
    assert states == {"verdict", "abstained"}


def test_a_sample_is_the_item_that_is_read_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[jk.Item] = []
    real = memory.judge_block

    async def kept(block: list[jk.Item], *others: Any) -> list[jk.ItemResult]:
        given.extend(block)
        return await real(block, *others)

    monkeypatch.setattr(memory, "judge_block", kept)
    log = inspect_ai.log.read_eval_log(
        str(Path(__file__).parents[2] / "readers/formats/inspect_ai/tiny.eval")
    )
    judged(log)
    read = {item.id: item for item in jk.read(log.location)}
    assert len(given) == len(read) == 4
    for item in given:  # of a live sample nobody knows how many epochs there will be, or other scores
        name = item.id if "#" in item.id else f"{item.id}#1"
        assert item.model_copy(update={"id": name, "recorded": read[name].recorded}) == read[name]


def test_what_no_judge_can_score_is_unscored_with_the_reason(tmp_path: Path) -> None:
    log = made.log([made.item(0)], tmp_path)
    assert log.samples is not None
    log.samples[0].target = ""
    (score,) = judged(log, rubric="forgetting").values()
    assert score.reason == "grader_failed" and (score.metadata or {})["state"] == "unscored"
    assert "reference" in (score.metadata or {})["reason"]


def test_a_judge_that_fails_is_heard(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    many = made.log([made.item(number) for number in range(memory.ENOUGH)], tmp_path / "many")
    few = made.log(TOWNS, tmp_path / "few")
    with ChatServer() as server:
        server.opinion = lambda messages: {"The": 1.0}
        cascade = str(cascade_of(server.url, tmp_path))
        with pytest.raises(PrerequisiteError, match="judgekit: .*small") as error:
            judged(many, cascade=cascade)
        assert "\n" not in error.value.message
        with caplog.at_level(logging.WARNING):
            scores = judged(few, cascade=cascade)
    assert {score.reason for score in scores.values()} == {"grader_failed"}
    assert all("small: " in (score.explanation or "") for score in scores.values())
    assert "small" in caplog.text, "the session says at its end which judges failed"


def test_a_judge_that_fails_ends_an_evaluation(tmp_path: Path) -> None:
    with ChatServer() as server:
        server.opinion = lambda messages: {"The": 1.0}
        judge = trusted_judge(cascade=str(cascade_of(server.url, tmp_path)))
        log = made.log(
            [made.item(number) for number in range(memory.ENOUGH)], tmp_path / "logs", scorer=judge
        )
    assert log.status == "error" and log.error is not None
    assert "judgekit: " in log.error.message and "small" in log.error.message


def test_an_answer_is_paid_for_once_and_a_budget_stops(tmp_path: Path) -> None:
    log = made.log(TOWNS, tmp_path)
    with ChatServer() as server:
        options = {"cascade": str(cascade_of(server.url, tmp_path)), "store": str(tmp_path / "answers")}
        with pytest.raises(PrerequisiteError, match="judgekit: .*budget"):
            judged(log, max_calls=3, **options)
        judged(log, **options)
        before = sum(server.calls.values())
        judged(log, max_calls=before, **options)
        assert sum(server.calls.values()) == before


def test_a_session_serves_one_loop_and_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[jk.Session] = []
    closed: list[tuple[jk.Session, asyncio.AbstractEventLoop]] = []
    start, close = jk.Session.__init__, jk.Session.close

    def starts(self: jk.Session, *args: Any, **options: Any) -> None:
        opened.append(self)
        start(self, *args, **options)

    async def closes(self: jk.Session) -> None:
        closed.append((self, asyncio.get_running_loop()))
        await close(self)

    monkeypatch.setattr(jk.Session, "__init__", starts)
    monkeypatch.setattr(jk.Session, "close", closes)
    log = made.log(TOWNS, tmp_path)
    scorer = trusted_judge(rubric="forgetting", store=str(tmp_path / "answers"))
    for _ in range(2):
        inspect_ai.score(log, scorer, action="append", display="none", model="none/none")
    assert [one for one, _ in closed] == opened and len(opened) == 2
    assert len({loop for _, loop in closed}) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rubric": "nothing"}, "no rubric 'nothing'"),
        ({"calibration": "missing[x].json"}, r"missing\\\[x\].json: not a calibration file"),
        ({"cascade": "missing.yaml"}, "missing.yaml: not a cascade file: No such file"),
    ],
)
def test_an_option_that_is_wrong_is_one_line_before_anything_is_asked(
    options: dict[str, Any], said: str
) -> None:
    with pytest.raises(PrerequisiteError, match=said) as error:
        trusted_judge(**options)
    assert "\n" not in error.value.message


def test_trio_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = read_eval_log(made.log(TOWNS, tmp_path).location)
    monkeypatch.setenv("INSPECT_ASYNC_BACKEND", "trio")
    with pytest.raises(PrerequisiteError, match="unset INSPECT_ASYNC_BACKEND"):
        judged(log, rubric="forgetting")


def test_an_evaluation_scores_as_it_goes_and_epochs_are_apart(tmp_path: Path) -> None:
    scorers = [trusted_judge(rubric="forgetting"), outcomes()]
    log = made.log([made.item(0), made.item(1, "I do not know.")], tmp_path, epochs=2, scorer=scorers)
    assert log.status == "success" and log.samples is not None
    found = [(one.id, one.epoch, (one.scores or {})["trusted_judge"].value) for one in log.samples]
    assert sorted(found) == [
        ("0", 1, "leaked"),
        ("0", 2, "leaked"),
        ("1", 1, "withheld"),
        ("1", 2, "withheld"),
    ]


def test_outcomes_name_what_became_of_every_sample(demo: EvalLog, calibrated: Path) -> None:
    both = inspect_ai.score(
        demo, [trusted_judge(calibration=str(calibrated)), outcomes()], display="none", model="none/none"
    )
    for one in both.samples or []:
        verdict, outcome = (one.scores or {})["trusted_judge"], (one.scores or {})["outcomes"]
        assert outcome.value == (
            verdict.value if verdict.reason is None else (verdict.metadata or {})["state"]
        )
        assert outcome.metadata == verdict.metadata


def test_outcomes_of_nothing_are_refused(tmp_path: Path) -> None:
    log = made.log(TOWNS, tmp_path, scorer=includes())
    with pytest.raises(PrerequisiteError, match=r"no score 'trusted_judge' \(scores there: includes\)"):
        inspect_ai.score(log, outcomes(), action="append", display="none", model="none/none")
