"""``judgekit calibrate``: prices and labels as the files have them, and one line for what makes no sense."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import judgekit as jk
from judgekit.calibration.evidence_table import EvidenceTable
from judgekit.records import Evidence, EvidenceRow, HumanLabel
from tests.cli.calling import judgekit


def opinions(count: int, costs: dict[str, float | None], asks: int = 1) -> list[EvidenceRow]:
    rng = np.random.default_rng(0)
    rows = []
    for i in range(count):
        truth = rng.random() < 0.5
        tiers = {}
        for k, (name, cost) in enumerate(costs.items()):
            odds = rng.normal((1 + k) * (1 if truth else -1), 1.5)
            right = float(1 / (1 + np.exp(-odds)))
            tiers[name] = Evidence(probs={"right": right, "wrong": 1 - right}, cost=cost, asks=asks * (3 - k))
        human = (HumanLabel(annotator="a", label="right" if truth else "wrong"),)
        rows.append(EvidenceRow(id=str(i), rubric="qa", tiers=tiers, human=human))
    return rows


def unlabeled(rows: list[EvidenceRow]) -> list[EvidenceRow]:
    return [row.model_copy(update={"human": ()}) for row in rows]


def others(count: int, costs: dict[str, float | None]) -> list[EvidenceRow]:
    """Unlabeled rows beside those of :func:`opinions`."""
    return [row.model_copy(update={"id": f"other {row.id}"}) for row in unlabeled(opinions(count, costs))]


def write(rows: list[EvidenceRow], path: Path) -> Path:
    path.write_text("".join(json.dumps(row.to_row()) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("costs", "prices", "dollars"),
    [
        ({"rules": 0.0, "local": None, "api": 0.002}, [0.0, 0.0, 0.002], True),
        ({"nano": 0.001, "full": None}, [0.001, 0.001], True),
        ({"rules": 0.0, "local": None, "api": None}, [0.0, 20.0, 20.0], False),
        ({"small@1": 0.001, "small@2": 0.003, "big": 0.01}, [0.001, 0.002, 0.01], True),
    ],
)
def test_prices_are_those_of_the_rows_and_never_mix_dollars_with_calls(
    costs: dict[str, float | None], prices: list[float], dollars: bool
) -> None:
    table = EvidenceTable.of(unlabeled(opinions(8, costs, asks=10)))
    np.testing.assert_allclose(table.prices, prices)
    assert table.dollars is dollars


def test_prices_never_depend_on_what_certifies() -> None:
    rows, others = opinions(20, {"a": 0.001, "b": 0.01}), unlabeled(opinions(20, {"a": 0.003, "b": 0.02}))
    np.testing.assert_allclose(EvidenceTable.of([*rows[:10], *others[10:]]).prices, [0.003, 0.02])
    only_first = [row.model_copy(update={"tiers": {"a": row.tiers["a"]}}) for row in others[10:]]
    for mixed in (rows, [*rows[:10], *only_first]):
        assert EvidenceTable.of(mixed).prices == []
        with pytest.raises(jk.JudgekitError, match="no unlabeled item tells what tier 'b' costs.*--cost"):
            EvidenceTable.of(mixed).priced()
        assert EvidenceTable.of(mixed, costs={"a": 1.0, "b": 2.0}).priced() == [1.0, 2.0]
    with pytest.raises(jk.JudgekitError, match="no unlabeled item tells what tier 'b' costs"):
        EvidenceTable.of(rows, costs={"a": 1.0})


def test_where_no_price_may_be_known_no_tier_is_spared_and_a_budget_is_refused(tmp_path: Path) -> None:
    rows = opinions(200, {"a": 0.001, "b": 0.01})
    dear = [
        row.model_copy(
            update={"tiers": {t: e.model_copy(update={"cost": 5.0}) for t, e in row.tiers.items()}}
        )
        for row in rows
    ]
    one, two = jk.calibrate(rows, agreement=0.8), jk.calibrate(dear, agreement=0.8)
    assert one.policy == two.policy and one.prices == {}
    write(rows, tmp_path / "evidence.jsonl")
    done = judgekit("calibrate", "evidence.jsonl", "--agreement", "0.8", cwd=tmp_path)
    assert "prices     unknown, so no tier is spared" in done.stdout
    done = judgekit(
        "calibrate", "evidence.jsonl", "--agreement", "0.8", "--max-mean-cost", "0.006", cwd=tmp_path
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no unlabeled item tells what tier 'b' costs" in done.stderr


def test_a_claim_says_which_items_people_were_split_on(tmp_path: Path) -> None:
    rows = opinions(200, {"a": 0.0})
    tied = [
        row.model_copy(
            update={"human": (HumanLabel(annotator="a", label="right"), HumanLabel(label="wrong"))}
        )
        for row in rows[:12]
    ]
    made = jk.calibrate([*tied, *rows[12:]], agreement=0.6)
    assert made.certificate.labels == 188 and made.split == 12
    said = "for items on which people have a majority (12 of those labeled have none) drawn from the same"
    assert said in made.certificate.claim
    assert (
        "majority" not in jk.calibrate([*tied, *rows[12:]], agreement=0.6, people="random").certificate.claim
    )


def test_a_calibration_says_how_much_it_asks(tmp_path: Path) -> None:
    costs = {"small": 0.0005, "big": 0.01}
    write([*opinions(400, costs), *others(50, costs)], tmp_path / "evidence.jsonl")
    done = judgekit(
        "calibrate", "evidence.jsonl", "--agreement", "0.8", "--max-mean-cost", "0.006", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    reach = json.loads((tmp_path / "calibration.json").read_text())["certificate"]["reach"]
    assert f"small 100%, big {reach[1]:.0%} of the items" in done.stdout
    assert 0 < reach[1] < 0.7


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--cost", "a=nan"], "--cost a=nan: expected NAME=NUMBER, a number of 0 or more"),
        (["--cost", "a=-1"], "--cost a=-1: expected NAME=NUMBER, a number of 0 or more"),
        (["--cost", "a=1", "--cost", "a=2"], "--cost names a twice"),
        (
            ["--max-mean-cost", "0.0001", "--cost", "a=1", "--cost", "b=1"],
            "no candidate costs at most 0.0001 per item; the cheapest costs 1",
        ),
        (["--tolerance", "1"], "tolerance is for ordinal rubrics"),
        (["--per-label", "right=1.5"], "must lie strictly between 0 and 1"),
        (["--at-most", "right=0.1"], "'right' must be VERDICT:LABEL, say withheld:leaked=0.05"),
        (["--at-most", "right:wrong=0"], "must lie strictly between 0 and 1"),
    ],
)
def test_a_number_that_makes_no_sense_is_one_line(options: list[str], said: str, tmp_path: Path) -> None:
    write(opinions(60, {"a": 0.0, "b": 1.0}), tmp_path / "evidence.jsonl")
    done = judgekit("calibrate", "evidence.jsonl", "--agreement", "0.8", *options, cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr


def test_a_limit_stands_alone_or_beside_an_agreement(tmp_path: Path) -> None:
    write(opinions(400, {"a": 0.0, "b": 1.0}), tmp_path / "evidence.jsonl")
    limit = ["--at-most", "right:wrong=0.4", "--tries", "2"]
    for name, options, labels in (
        ("alone", [], [0]),
        ("beside", ["--agreement", "0.5"], [0, 1]),
    ):
        file = f"{name}.json"
        done = judgekit("calibrate", "evidence.jsonl", *limit, *options, "-o", file, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "at most 40% of the verdicts 'right' are 'wrong' in people's eyes" in done.stdout
        made = jk.Calibration.load(tmp_path / file)
        assert [part.label for part in made.certificate.parts] == labels
    done = judgekit("calibrate", "evidence.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (
        2,
        1,
    ) and "(--agreement), or --at-most" in done.stderr


def test_labels_may_stand_in_several_files(tmp_path: Path) -> None:
    rows = opinions(40, {"a": 0.0, "b": 1.0})
    write([row.model_copy(update={"human": ()}) for row in rows], tmp_path / "evidence.jsonl")
    for name, part in (("one.csv", rows[:25]), ("two.csv", rows[25:])):
        lines = ["id,annotator,label", *(f"{row.id},p,{row.human[0].label}" for row in part)]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    made = jk.calibrate(
        tmp_path / "evidence.jsonl", labels=[tmp_path / "one.csv", tmp_path / "two.csv"], agreement=0.6
    )
    assert made.certificate.labels == 40
    given = ["--labels", "one.csv", "--labels", "two.csv"]
    done = judgekit("calibrate", "evidence.jsonl", "--agreement", "0.6", *given, cwd=tmp_path)
    assert "40 items labeled by people" in done.stdout


def test_calibrations_that_do_not_fit_are_named(tmp_path: Path) -> None:
    rows = opinions(60, {"lexical": 0.0})
    for name in ("one.json", "two.json", "old.json"):
        jk.calibrate(rows, agreement=0.6).save(str(tmp_path / name))
    text = (tmp_path / "old.json").read_text().replace("judgekit.policy/3", "judgekit.policy/1")
    (tmp_path / "old.json").write_text(text)
    (tmp_path / "o.jsonl").write_text('{"question": "q", "reference": "r", "output": "r"}\n')
    for options, said in (
        (
            ["--rubric", "utility", "--calibration", "one.json"],
            "one.json is for rubric 'qa', but items are judged by utility",
        ),
        (
            ["--rubric", "qa", "--calibration", "one.json", "--calibration", "two.json"],
            "are both for rubric 'qa'",
        ),
        (
            ["--rubric", "qa", "--calibration", "old.json"],
            "old.json: not a calibration file: expected a policy with schema",
        ),
    ):
        done = judgekit("score", "o.jsonl", *options, cwd=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert said in done.stderr
