"""The cascade spends only where the policy says so, and loses no item on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.evidence_table import one_per_question, to_arrays
from judgekit.calibration.record import Calibration
from judgekit.calibration.stages import judge_index
from judgekit.cascade.decide import decide_rows
from judgekit.cascade.run import Cascade, tiers_of
from judgekit.errors import ConfigError, FingerprintMismatch, InputError
from judgekit.judges import Context, build_judge
from judgekit.judges.human import HumanJudge
from judgekit.records import Evidence, EvidenceRow, HumanLabel, Item, Verdict
from judgekit.rubrics import Rubric, load_rubric

QA = load_rubric("qa")
RNG = np.random.default_rng(0)
TRUTH = {str(i): "right" if RNG.random() < 0.5 else "wrong" for i in range(600)}


class StandIn:
    """A judge made for tests: right with a probability that it knows itself; counts what it was asked."""

    def __init__(
        self, name: str, spread: float, stages: int = 1, version: str = "1", missing: Sequence[str] = ()
    ) -> None:
        self.name, self.stages, self.version, self.spread = name, stages, version, spread
        self.missing, self.asked = set(missing), 0

    def fingerprint(self, rubric: Rubric) -> str:
        return f"{self.name}-{self.version}-{rubric.fingerprint}"

    async def evidence(self, items: Sequence[Item], rubric: Rubric, stage: int) -> list[Evidence]:
        self.asked += len(items)
        return [self._one(item, stage) for item in items]

    def _one(self, item: Item, stage: int) -> Evidence:
        if item.id in self.missing:
            return Evidence.missing("out of order")
        rng = np.random.default_rng([int(item.id), len(self.name)])
        sure = 0.5 + self.spread * rng.random() / 2 + 0.02 * stage
        sure = min(sure, 0.999)
        said = TRUTH[item.id] if rng.random() < sure else {"right": "wrong", "wrong": "right"}[TRUTH[item.id]]
        return Evidence(
            probs={said: sure, {"right": "wrong", "wrong": "right"}[said]: 1 - sure}, cost=0.01, asks=stage
        )

    async def close(self) -> None:
        pass


def items(n: int, labeled: bool = False) -> list[Item]:
    return [
        Item(
            id=str(i),
            question=f"q{i}",
            question_id=f"q{i}",
            outputs=("o",),
            references=("r",),
            human=(HumanLabel(annotator="a", label=TRUTH[str(i)]),) if labeled else (),
        )
        for i in range(n)
    ]


def run(cascade: Cascade, what: list[Item]) -> list:
    return asyncio.run(cascade.run(what))


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    judges = [StandIn("cheap", 0.9), StandIn("strong-one", 1.0)]
    rows = [outcome.evidence for outcome in run(Cascade(QA, judges), items(400, labeled=True))]
    return calibrate(rows, agreement=0.8, delta=0.1, labels=QA.labels)


def test_without_a_policy_every_judge_is_asked_and_nothing_is_promised() -> None:
    judges = [StandIn("cheap", 0.9), StandIn("strong-one", 1.0)]
    outcomes = run(Cascade(QA, judges), items(20))
    assert [judge.asked for judge in judges] == [20, 20]
    assert all(set(outcome.evidence.tiers) == {"cheap", "strong-one"} for outcome in outcomes)
    assert all(outcome.verdict.calibration is None for outcome in outcomes)
    assert all(outcome.verdict.tier == "strong-one" for outcome in outcomes)


def test_with_a_policy_the_strong_judge_sees_only_what_was_sent_on(calibration: Calibration) -> None:
    judges = [StandIn("cheap", 0.9), StandIn("strong-one", 1.0)]
    outcomes = run(Cascade(QA, judges, calibration), items(200))
    assert calibration.certified
    assert judges[0].asked == 200
    assert judges[1].asked == sum("strong-one" in outcome.evidence.tiers for outcome in outcomes)
    given = [outcome.verdict for outcome in outcomes if outcome.verdict.state == "verdict"]
    assert given and all(verdict.calibration == calibration.fingerprint for verdict in given)


def test_asking_as_needed_gives_the_verdicts_of_asking_all(calibration: Calibration) -> None:
    judges = [StandIn("cheap", 0.9), StandIn("strong-one", 1.0)]
    stepwise = run(Cascade(QA, judges, calibration), items(300))
    everything = run(Cascade(QA, judges), items(300))
    at_once = list(decide_rows([outcome.evidence for outcome in everything], calibration))
    key = lambda verdict: (verdict.id, verdict.state, verdict.label, verdict.tier, verdict.confidence)  # noqa: E731
    assert [key(outcome.verdict) for outcome in stepwise] == [key(verdict) for verdict in at_once]


def test_missing_evidence_escalates_and_at_the_end_is_unscored(calibration: Calibration) -> None:
    judges = [StandIn("cheap", 0.9, missing=["3", "4"]), StandIn("strong-one", 1.0, missing=["4"])]
    outcomes = run(Cascade(QA, judges, calibration), items(10))
    assert "strong-one" in outcomes[3].evidence.tiers
    assert outcomes[4].verdict.state == "unscored"
    assert outcomes[4].verdict.reason == "strong-one: out of order"
    assert outcomes[4].verdict.label is None and outcomes[4].verdict.confidence is None


def test_no_promise_covers_a_verdict_whose_tiers_were_not_all_asked(calibration: Calibration) -> None:
    judges = [StandIn("cheap", 0.9), StandIn("strong-one", 1.0)]
    rows = [outcome.evidence for outcome in run(Cascade(QA, judges), items(300))]
    whole = list(decide_rows(rows, calibration))
    late = [k for k, one in enumerate(whole) if one.tier == "strong-one" and one.state == "verdict"]
    for unasked, reason in (("cheap", "cheap: not asked"), ("strong-one", "strong-one: not asked")):
        left = [row.model_copy(update={"tiers": dict(row.tiers)}) for row in rows]
        for k in late:
            del left[k].tiers[unasked]
        found = list(decide_rows(left, calibration))
        assert {(found[k].state, found[k].reason, found[k].calibration) for k in late} == {
            ("unscored", reason, calibration.fingerprint)
        }
        assert [one for k, one in enumerate(found) if k not in late] == [
            one for k, one in enumerate(whole) if k not in late
        ]


def test_a_recording_that_lacks_an_item_was_not_asked(calibration: Calibration) -> None:
    """Evidence.unasked: another state than missing. Labeled rows in it are refused, in vain is not."""
    rows = [
        outcome.evidence for outcome in run(Cascade(QA, [StandIn("cheap", 0.9)]), items(50, labeled=True))
    ]
    for silent, refused in ((Evidence.missing("timed out"), False), (Evidence.unasked("not recorded"), True)):
        mixed = [rows[0].model_copy(update={"tiers": {"cheap": silent}}), *rows[1:]]
        if refused:
            with pytest.raises(
                InputError, match="'cheap' was not asked about 1 of 50 labeled items.*--complete"
            ):
                calibrate(mixed, agreement=0.6)
        else:
            assert calibrate(mixed, agreement=0.6).certificate.labels == 50


def test_unlabeled_rows_that_a_policy_selected_mark_nothing_out(calibration: Calibration) -> None:
    rows = [
        outcome.evidence for outcome in run(Cascade(QA, [StandIn("cheap", 0.9), StandIn("b", 1)]), items(500))
    ]
    labeled = [
        row.model_copy(update={"human": (HumanLabel(annotator="a", label=TRUTH[row.id]),)})
        for row in rows[:300]
    ]
    path = lambda more: calibrate([*labeled, *more], agreement=0.7).certificate.method.path  # noqa: E731
    assert path(rows[300:]) == "thresholds fixed by other items"
    short = rows[300].model_copy(update={"tiers": {"cheap": rows[300].tiers["cheap"]}})
    assert "ranks" in path([short, *rows[301:]])


def test_another_judge_under_the_same_name_is_refused(calibration: Calibration) -> None:
    judges = [StandIn("cheap", 0.9, version="2"), StandIn("strong-one", 1.0)]
    with pytest.raises(FingerprintMismatch, match="tier 'cheap' is cheap-2.*--allow-uncertified") as caught:
        Cascade(QA, judges, calibration)
    assert "\n" not in str(caught.value)
    outcomes = run(Cascade(QA, judges, calibration, allow_uncertified=True), items(50))
    assert all(outcome.verdict.calibration is None for outcome in outcomes)


def test_another_order_or_rubric_is_refused(calibration: Calibration) -> None:
    judges = [StandIn("strong-one", 1.0), StandIn("cheap", 0.9)]
    with pytest.raises(FingerprintMismatch, match="tiers are strong-one, cheap"):
        Cascade(QA, judges, calibration)
    with pytest.raises(FingerprintMismatch, match="the rubric is 'refusal'"):
        Cascade(load_rubric("refusal"), judges[::-1], calibration)


@pytest.mark.parametrize("allow_uncertified", [False, True])
@pytest.mark.parametrize("names", [["cheap"], ["cheap", "other"], ["cheap", "strong-one", "more"]])
def test_a_policy_for_other_tiers_is_refused_before_anything_is_asked(
    calibration: Calibration, names: list[str], allow_uncertified: bool
) -> None:
    """Even without a promise: of tiers that it has never seen it says nothing."""
    with pytest.raises(
        FingerprintMismatch, match=f"tiers are {', '.join(names)}; calibrated were cheap, str"
    ):
        Cascade(QA, [StandIn(name, 0.9) for name in names], calibration, allow_uncertified=allow_uncertified)


@pytest.mark.parametrize("allow_uncertified", [False, True])
def test_evidence_of_other_tiers_is_refused_when_deciding(
    calibration: Calibration, allow_uncertified: bool
) -> None:
    row = EvidenceRow(id="1", tiers={"other": Evidence(probs={"right": 0.9, "wrong": 0.1})})
    with pytest.raises(FingerprintMismatch, match="its tiers are other; calibrated were cheap, strong-one"):
        list(decide_rows([row], calibration, allow_uncertified=allow_uncertified))


def test_a_judge_is_of_people_by_its_kind_and_not_by_its_name() -> None:
    with pytest.raises(ConfigError, match="the name 'human' is kept for people's labels"):
        Cascade(QA, [StandIn("cheap", 0.9), StandIn("human", 1.0)])
    with pytest.raises(ConfigError, match="people stand twice"):
        Cascade(QA, [StandIn("cheap", 0.9), HumanJudge(), HumanJudge()])
    with pytest.raises(ConfigError, match="judge 'human': key 'name'"):
        build_judge({"judge": "human", "name": "ann"}, Context(QA))


def test_people_are_no_tier_to_calibrate(calibration: Calibration) -> None:
    people = [item.model_copy(update={"outputs": ("a", "b")}) for item in items(50, labeled=True)]
    judges = [StandIn("cheap", 0.9), StandIn("strong-one", 1.0), HumanJudge()]
    outcomes = run(Cascade(QA, judges), [*people, *items(400, labeled=True)[50:]])
    rows = [outcome.evidence for outcome in outcomes]
    assert any("human" in row.tiers for row in rows)
    assert calibrate(rows, agreement=0.8, labels=QA.labels).tiers == ("cheap", "strong-one")


def test_evidence_of_other_judges_is_refused_when_deciding(calibration: Calibration) -> None:
    rows = [
        outcome.evidence
        for outcome in run(
            Cascade(QA, [StandIn("cheap", 0.9, version="2"), StandIn("strong-one", 1)]), items(5)
        )
    ]
    with pytest.raises(FingerprintMismatch):
        list(decide_rows(rows, calibration))
    assert all(
        verdict.calibration is None for verdict in decide_rows(rows, calibration, allow_uncertified=True)
    )


def test_evidence_of_no_known_judge_is_refused_when_deciding(calibration: Calibration) -> None:
    evidence = Evidence(probs={"right": 0.9, "wrong": 0.1})
    row = EvidenceRow(id="1", tiers={"cheap": evidence, "strong-one": evidence})
    with pytest.raises(FingerprintMismatch, match="tier 'cheap' is of no known judge"):
        list(decide_rows([row], calibration))
    assert all(
        verdict.calibration is None for verdict in decide_rows([row], calibration, allow_uncertified=True)
    )


def test_an_item_that_does_not_fit_the_rubric_is_unscored_and_costs_nothing() -> None:
    judge = StandIn("cheap", 0.9)
    pair = Item(id="0", question="q", outputs=("a", "b"))
    (outcome,) = run(Cascade(QA, [judge]), [pair])
    assert outcome.verdict.state == "unscored" and "judges one output" in (outcome.verdict.reason or "")
    assert judge.asked == 0


def test_people_settle_what_the_policy_leaves_open(calibration: Calibration) -> None:
    class People(StandIn):
        people = True

        def _one(self, item: Item, stage: int) -> Evidence:
            if int(item.id) % 4 == 2:
                return Evidence(probs={"right": 0.5, "wrong": 0.5})  # people split
            return Evidence(probs={TRUTH[item.id]: 1.0}) if int(item.id) % 2 else Evidence.missing("no label")

    judges = [StandIn("cheap", 0.9), StandIn("strong-one", 1.0), People("human", 0)]
    outcomes = run(Cascade(QA, judges, calibration), items(300))
    by_people = [outcome.verdict for outcome in outcomes if outcome.verdict.tier == "human"]
    assert by_people and all(verdict.label == TRUTH[verdict.id] for verdict in by_people)
    assert all(verdict.state == "verdict" and verdict.calibration is None for verdict in by_people)
    by_judges = [outcome.verdict for outcome in outcomes if outcome.verdict.tier != "human"]
    assert {verdict.calibration for verdict in by_judges} == {calibration.fingerprint}
    left = [outcome.verdict for outcome in outcomes if outcome.verdict.state == "abstained"]
    assert left and all(int(verdict.id) % 2 == 0 for verdict in left)


def test_stages_of_a_judge_are_tiers_of_their_own() -> None:
    tiers = tiers_of([StandIn("cheap", 0.9), StandIn("panel", 0.9, stages=3)])
    assert [tier.name for tier in tiers] == ["cheap", "panel@1", "panel@2", "panel@3"]
    assert judge_index([tier.name for tier in tiers]) == [0, 1, 1, 1]


def test_two_tiers_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="two tiers are named 'cheap'"):
        tiers_of([StandIn("cheap", 0.9), StandIn("cheap", 0.8)])


def row(id_: str, label: str | None, probs: dict[str, float], **more: str) -> EvidenceRow:
    human = () if label is None else (HumanLabel(annotator="a", label=label),)
    return EvidenceRow(
        id=id_, tiers={"j": Evidence(probs=probs, fingerprint=more.pop("fp", None))}, human=human, **more
    )


def test_majorities_need_a_first_place_of_their_own() -> None:
    split = EvidenceRow(id="1", tiers={}, human=(HumanLabel(label="a"), HumanLabel(label="b")))
    clear = EvidenceRow(
        id="2", tiers={}, human=(HumanLabel(label="a"), HumanLabel(label="a"), HumanLabel(label="b"))
    )
    arrays = to_arrays([split, clear, EvidenceRow(id="3", tiers={})], [], ["a", "b"])
    assert arrays.majority.tolist() == [-1, 0, -1]
    assert np.isnan(arrays.shares[2]).all()


def test_a_label_outside_the_set_is_named() -> None:
    with pytest.raises(InputError, match="item '1' holds label 'maybe'; expected one of right, wrong"):
        to_arrays([row("1", "maybe", {"right": 1.0})], ["j"], ["right", "wrong"])


def test_rows_of_two_judges_or_two_rubrics_are_not_mixed() -> None:
    with pytest.raises(InputError, match="2 different judges"):
        calibrate([row("1", "a", {"a": 1.0}, fp="x"), row("2", "a", {"a": 1.0}, fp="y")], agreement=0.9)
    with pytest.raises(InputError, match="several rubrics"):
        calibrate(
            [row("1", "a", {"a": 1.0}, rubric="x"), row("2", "a", {"a": 1.0}, rubric="y")], agreement=0.9
        )


def test_examples_in_prompts_are_left_out_by_item_and_by_question() -> None:
    rows = [row(str(i), "a", {"a": 0.9, "b": 0.1}, question_id=f"q{i}") for i in range(40)]
    rows.append(row("bad", "b", {"a": 0.9, "b": 0.1}, question_id="shown"))
    with_it = calibrate(rows, agreement=0.9)
    without = calibrate(rows, agreement=0.9, exclude={"shown"})
    assert with_it.certificate.labels == 41 and without.certificate.labels == 40
    assert without.examples == ("shown",)


def test_a_calibration_file_comes_back_and_a_broken_one_is_named(tmp_path, calibration: Calibration) -> None:
    calibration.save(tmp_path / "c.json")
    assert Calibration.load(tmp_path / "c.json").fingerprint == calibration.fingerprint
    (tmp_path / "c.json").write_text("{")
    with pytest.raises(InputError, match="c.json: not a calibration file"):
        Calibration.load(tmp_path / "c.json")


def test_one_item_of_a_question_certifies_and_its_siblings_do_not_count() -> None:
    rows = [
        row(f"{q}-{m}", "a", {"a": 0.9, "b": 0.1}, question_id=f"q{q}") for q in range(30) for m in range(4)
    ]
    assert calibrate(rows, agreement=0.9, labels=("a", "b")).certificate.labels == 30
    questions = ["x", "x", "y", "u", "v", "z"]
    labeled = np.array([True, True, False, True, True, False])
    certifies, rests = one_per_question(questions, labeled, np.array([1, 0, 3, 2, 5, 4]))
    assert certifies[:2].sum() == 1 and certifies[3:5].all() and not certifies[[2, 5]].any()
    assert rests.tolist() == [False, False, True, False, False, True]


def test_a_claim_calls_labels_and_groups_by_their_own_names() -> None:
    """Names come from the start: nothing that merely looks like a label's number is touched."""
    labels = [f"L{k}" for k in range(12)]
    rows = [
        EvidenceRow(
            id=str(i),
            question_id=str(i),
            split="label 1",
            tiers={"judge": Evidence(probs={labels[i % 12]: 1.0})},
            human=(HumanLabel(label=labels[i % 12]),),
        )
        for i in range(480)
    ]
    made = calibrate(rows, agreement=0.6, labels=labels, per_label={"L10": 0.65}, group_by="split")
    assert made.certified
    assert "65% of those saying 'L10')" in made.certificate.claim
    assert "in each group (label 1)" in made.certificate.claim
    assert made.policy["certificate"]["claim"] == made.certificate.claim


class Says:
    """A judge made for tests that gives each item the label its id begins with; "silent" gives nothing."""

    name, stages = "says", 1

    def fingerprint(self, rubric: Rubric) -> str:
        return "says"

    async def evidence(self, items: Sequence[Item], rubric: Rubric, stage: int) -> list[Evidence]:
        said = [item.id.partition("/")[0] for item in items]
        return [Evidence.missing("silent") if s == "silent" else Evidence(probs={s: 1.0}) for s in said]

    async def close(self) -> None:
        pass


LOOP, PLAIN = "Peru Peru Peru Peru Peru Peru", "Peru"


def fluency(rubric: str, *said: tuple[str, str]) -> list[tuple[bool | None, bool | None]]:
    """What the verdict and the evidence of each output say of how it reads."""
    what = [
        Item(
            id=f"{label}/{i}",
            question="What is the country of Lima?",
            references=("Peru",),
            outputs=(output,),
        )
        for i, (label, output) in enumerate(said)
    ]
    outcomes = run(Cascade(load_rubric(rubric), [Says()]), what)
    return [(outcome.verdict.fluent, outcome.evidence.fluent) for outcome in outcomes]


def test_how_an_output_reads_is_decided_for_every_item_and_never_against_its_label() -> None:
    by_rule = fluency("forgetting", ("leaked", LOOP), ("partial", PLAIN), ("silent", LOOP), ("silent", PLAIN))
    assert by_rule == [(False, False), (True, True), (False, False), (True, True)]
    by_label = fluency("forgetting", ("wrong", LOOP), ("withheld", LOOP), ("degenerate", PLAIN))
    assert by_label == [(True, False), (True, False), (False, True)]


def test_how_an_output_reads_is_no_question_where_the_rubric_does_not_ask() -> None:
    assert fluency("qa", ("right", LOOP), ("wrong", PLAIN)) == [(None, None)] * 2
    assert fluency("utility", ("correct", LOOP), ("wrong", PLAIN)) == [(None, None)] * 2


def test_decide_carries_how_an_output_reads_from_its_evidence(calibration: Calibration) -> None:
    rows = [
        outcome.evidence.model_copy(update={"fluent": fluent})
        for outcome, fluent in zip(
            run(Cascade(QA, [StandIn("cheap", 0.9), StandIn("strong-one", 1.0)]), items(2)),
            (False, None),
            strict=True,
        )
    ]
    first, second = decide_rows(rows, calibration)
    assert first.fluent is {"wrong": True}.get(first.label or "", False) and second.fluent is None
    assert Verdict.model_validate(first.to_row()).fluent is first.fluent


def test_people_who_settle_an_item_settle_how_it_reads() -> None:
    class Person(Says):
        name, people = "human", True

        async def evidence(self, items: Sequence[Item], rubric: Rubric, stage: int) -> list[Evidence]:
            return [Evidence(probs={"wrong": 1.0}) for _ in items]

    item = Item(id="silent/0", question="What is the country of Lima?", references=("Peru",), outputs=(LOOP,))
    (outcome,) = run(Cascade(load_rubric("forgetting"), [Says(), Person()]), [item])
    assert (outcome.verdict.label, outcome.verdict.fluent) == ("wrong", True)


def test_an_item_is_laid_out_once_however_many_tiers_it_sees(
    calibration: Calibration, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    construct = EvidenceRow.model_construct
    monkeypatch.setattr(EvidenceRow, "model_construct", lambda **given: made.append(1) or construct(**given))
    judges = [StandIn("cheap", 0.9), StandIn("strong-one", 1.0)]
    outcomes = run(Cascade(QA, judges, calibration), items(200))
    assert judges[1].asked > 0 and len(made) == len(outcomes) == 200


def test_a_judge_whose_label_the_rubric_does_not_have_is_named() -> None:
    class Says(StandIn):
        def _one(self, item: Item, stage: int) -> Evidence:
            return Evidence(probs={"maybe": 1.0})

    with pytest.raises(InputError, match="item '0' holds label 'maybe'; expected one of"):
        run(Cascade(QA, [Says("odd", 1.0)]), items(1))
