"""``judgekit audit`` on recorded judges: certified on half of the questions, spot-checked on the other half."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest

from tests.cli.calling import judgekit
from tests.shared_data import shared

JUDGES = {"text-davinci-003": "davinci", "gpt-4": "gpt4"}


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a calibration, verdicts on other questions (``v.jsonl``), and what people say of those."""
    folder = tmp_path_factory.mktemp("audit")
    rows = [json.loads(line) for line in shared("data/judges/openqa_nq301.jsonl").read_text().splitlines()]
    questions = sorted({row["qid"] for row in rows})
    random.Random(0).shuffle(questions)
    half = set(questions[:150])
    seen: set[str] = set()
    files = {name: (folder / name).open("w") for name in ("labeled.jsonl", "fresh.jsonl", "people.jsonl")}
    for number, row in enumerate(rows):
        tiers = {}
        for judge, name in JUDGES.items():
            said = (row["judges"].get(judge) or {}).get("verdict")
            if said in ("Yes", "No"):
                tiers[name] = {
                    "probs": {"Yes": 0.95, "No": 0.05} if said == "Yes" else {"Yes": 0.05, "No": 0.95}
                }
            else:
                tiers[name] = {"reason": "said neither"}
        bem = (row["judges"].get("BEM") or {}).get("prob_equivalent")
        first = {"reason": "gave nothing"} if bem is None else {"probs": {"Yes": bem, "No": 1 - bem}}
        tiers = {"bem": first} | tiers
        known = {"id": f"{number}", "question_id": row["qid"], "tiers": tiers}
        if row["human"] not in ("Yes", "No") or not tiers:
            continue
        label = {"annotator": "a", "label": row["human"]}
        if row["qid"] in half:
            files["labeled.jsonl"].write(json.dumps(known | {"human": [label]}) + "\n")
        else:
            files["fresh.jsonl"].write(json.dumps(known) + "\n")
            if row["qid"] not in seen:
                files["people.jsonl"].write(json.dumps({"id": known["id"], **label}) + "\n")
            seen.add(row["qid"])
    for file in files.values():
        file.close()
    done = judgekit("calibrate", "labeled.jsonl", "--agreement", "0.75", "-o", "c.json", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert judgekit("decide", "fresh.jsonl", "c.json", "-o", "v.jsonl", cwd=folder).returncode == 0
    return folder


def audited(folder: Path, labels: str, *options: str) -> tuple[int, dict, str]:
    done = judgekit("audit", "v.jsonl", "--labels", labels, "--calibration", "c.json", *options, cwd=folder)
    assert all(line.endswith("have no label yet") for line in done.stderr.splitlines()), done.stderr
    found = json.loads((folder / "audit.json").read_text())
    assert found["schema"] == "judgekit.audit/1"
    return done.returncode, found["audits"][0], done.stdout


def test_a_promise_that_is_kept_is_not_called_broken(decided: Path) -> None:
    code, found, said = audited(decided, "people.jsonl")
    (part,) = found["parts"]
    assert code == 0 and found["status"] in ("holds", "undecided")
    assert found["sentence"] in said and part["target"] == 0.75
    assert part["checked"] == found["checked"] > 80
    assert part["low"] < part["agreed"] / part["checked"] < part["high"]


def test_people_who_say_the_opposite_break_it_at_once(decided: Path) -> None:
    rows = [json.loads(line) for line in (decided / "people.jsonl").read_text().splitlines()]
    with (decided / "sheet.csv").open("w", newline="") as file:
        sheet = csv.DictWriter(file, ["id", "label", "output"])
        sheet.writeheader()
        for row in rows[:60]:
            turned = "Yes" if row["label"] == "No" else "No"
            sheet.writerow({"id": row["id"], "label": turned, "output": "not read"})
        sheet.writerow({"id": "nobody", "label": "Yes", "output": ""})
        sheet.writerow({"id": rows[70]["id"], "label": "", "output": "not labeled yet"})
    code, found, said = audited(decided, "sheet.csv")
    assert code == 3 and found["status"] == "broken"
    assert "left out 1: no verdict has that id" in said
    assert found["left_out"] == {"no verdict has that id": 1}, (
        "questions are disjoint though ids look like theirs"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["v.jsonl", "--labels", "people.jsonl"], "give it with --calibration"),
        (["fresh.jsonl", "--labels", "people.jsonl"], "fresh.jsonl:1: "),
        (["v.jsonl", "--labels", "other.jsonl", "--calibration", "c.json"], "no label belongs to an item"),
        (["v.jsonl", "--labels", "twice.jsonl", "--calibration", "c.json"], "twice.jsonl:2: 'a' labeled"),
        (["plain.jsonl", "--labels", "people.jsonl"], "no verdict is under a promise"),
    ],
)
def test_what_cannot_be_audited_is_one_line(decided: Path, arguments: list[str], said: str) -> None:
    (decided / "other.jsonl").write_text('{"id": "no such", "label": "Yes"}\n')
    (decided / "twice.jsonl").write_text('{"id": "1", "annotator": "a", "label": "Yes"}\n' * 2)
    (decided / "plain.jsonl").write_text('{"id": "1", "state": "verdict", "label": "Yes", "tier": "bem"}\n')
    done = judgekit("audit", *arguments, "-o", "none.json", cwd=decided)
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1
    assert not (decided / "none.json").exists()
