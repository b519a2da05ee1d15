"""Attacks on judges before and after each defence; prints one JSON object.

    python -m benchmarks.attacks

Items are the demo's labeled outputs of the forget split (``calibration/demo``, labels by construction), one draw of
each attack and control an item. *Lexical*: the rules, without and with reading a text as a person does. *Stand-in*: a
scripted judge that believes what it reads (``tests/attacks/gullible.py``) behind the OpenAI-compatible test server,
with no fence, with the fence of before (one list of tokens, a tag that the text may know), and with today's. It is no
model: its numbers say what a prompt lets through. *Policy*: the lexical judge, certified at agreement 0.9 on half of
the questions and attacked on the other half, without and with the detector, and with the out-of-distribution guard
that the demo's unlabeled outputs give; agreement among accepted verdicts is by side. *Detector*: which families it
routes on, and its false alarms on controls and on outputs of the recorded data (``$JUDGEKIT_SHARED``), where they are
at hand. The same hand wrote attacks and detector, so its hits are at best what a known attack meets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import judgekit as jk
from benchmarks.shared import DEFAULT, show
from judgekit.attacks.experiment import Agreement, Row, Said, agreements
from judgekit.attacks.family import Sides
from judgekit.attacks.suite import families, texts
from judgekit.attacks.verb import Attacked
from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.suspects import suspect
from judgekit.cascade.decide import decide_rows
from judgekit.judges.lexical import model
from judgekit.readers.join import Labels, majority
from judgekit.records import EvidenceRow, Item
from judgekit.rubrics import fence, load_rubric, rubric
from tests.attacks.gullible import gullible
from tests.judges.server import ChatServer

DEMO = Path(__file__).resolve().parents[1] / "calibration" / "demo"
RUBRIC = load_rubric("forgetting")
AGREEMENT = 0.9
RECORDED = ("outputs/**/*_EVAL.json", "outputs/**/eval_log_aggregated.json")
_OLD = re.compile(r"<\|[^<>|\s]{1,40}\|>|\[/?INST\]|</?s>|<(?:start|end)_of_turn>")


def outputs() -> Iterator[Item]:
    """All of the demo's outputs."""
    for name in ("original", "unlearned", "collapsed"):
        yield from jk.read(DEMO / f"{name}.jsonl")


def labeled() -> list[Item]:
    """The demo's labeled outputs of the forget split."""
    labels = Labels.read([DEMO / "labels.jsonl"])
    return [item for item in labels.joined(outputs()) if item.human and item.split == "forget"]


def no_fence(text: str, tag: str) -> str:
    """Plain tags."""
    return f"<{tag}>\n{text}\n</{tag}>"


def old_fence(text: str, tag: str) -> str:
    """As it was: some control tokens defused, another tag where the text holds the very tag."""
    text = _OLD.sub(
        lambda found: found[0].replace("|", "\u00a6").replace("[", "(").replace("<", "\u2039"), text
    )
    name = f"{tag}-0123abcd" if f"<{tag}>" in text or f"</{tag}>" in text else tag
    return f"<{name}>\n{text}\n</{name}>"


@contextmanager
def fenced_by(filter_: Callable[[str, str], str]) -> Iterator[None]:
    """Prompts are rendered with another fence."""
    filters = rubric._environment().filters
    with patch.dict(filters, {"fence": filter_}):
        yield


def told(found: Attacked) -> dict[str, Any]:
    """Flips and controls by family and goal."""
    return {f"{row.family} > {row.goal}": flips(row) for row in found.rows}


def flips(row: Row) -> dict[str, Any]:
    return {
        "flips": row.flips.value,
        "interval": [row.flips.low, row.flips.high],
        "texts": row.flips.of,
        "questions": row.flips.questions,
        "controls": row.controls.value,
        "unscored": row.unscored,
    }


def stand_in(items: Sequence[Item]) -> dict[str, Any]:
    result = {}
    for name, filter_ in (("no fence", no_fence), ("fence before", old_fence), ("fence", fence)):
        with ChatServer(keep=False) as server, fenced_by(filter_):
            server.opinion = gullible
            judge = {"judge": "openai", "name": "stand-in", "model": "tiny", "base_url": server.url}
            result[name] = told(jk.attack({"tiers": [judge]}, items=items, repeats=1))
    return result


def lexical(items: Sequence[Item]) -> dict[str, Any]:
    with patch.object(model, "as_read", lambda text: text):
        plain = told(jk.attack(items=items, repeats=1))
    return {"as written": plain, "as read": told(jk.attack(items=items, repeats=1))}


def policy(items: Sequence[Item]) -> dict[str, Any]:
    """Certified on one half of the questions, attacked on the other; by what is switched on."""
    questions = sorted({item.question_id for item in items})
    mine = set(questions[::2])
    sides = Sides.of(RUBRIC)
    attacked = [
        (item, label)
        for item in items
        if item.question_id not in mine and (label := majority(item.human)) is not None and sides.goal(label)
    ]
    made = texts(attacked, RUBRIC, families(), 1)

    def evidence(of: Sequence[Item]) -> list[EvidenceRow]:
        return [result.evidence for result in jk.judge(of, rubric="forgetting")]

    labels = Labels.read([DEMO / "labels.jsonl"])
    ordinary = [item for item in outputs() if item.split == "forget" and not labels.of(item)]

    def answers(detector: bool, guard: bool) -> list[Agreement]:
        def seen(rows: Sequence[EvidenceRow]) -> list[EvidenceRow]:
            return list(rows) if detector else [row.model_copy(update={"suspect": None}) for row in rows]

        asked = [item for item in items if item.question_id in mine]
        ground = seen(evidence([*asked, *ordinary] if guard else asked))
        calibration = calibrate(ground, agreement=AGREEMENT, labels=RUBRIC.labels)

        def accepted(of: Sequence[Item]) -> Said:
            return {one.id: one.label for one in decide_rows(seen(evidence(of)), calibration)}

        return agreements(
            accepted([item for item, _ in attacked]),
            accepted([text.item for text in made]),
            made,
            sides,
            AGREEMENT,
        )

    result = {}
    for name, reads, detector, guard in (
        ("none", False, False, False),
        ("as read", True, False, False),
        ("as read, detector", True, True, False),
        ("as read, detector, guard", True, True, True),
    ):
        with patch.object(model, "as_read", model.as_read if reads else lambda text: text):
            result[name] = kept(answers(detector, guard))
    return result


def kept(found: Sequence[Agreement]) -> dict[str, Any]:
    """Agreement among accepted verdicts by family and goal."""
    return {
        f"{one.family} > {one.goal or 'both'}": {
            "agreement": one.agreement.value,
            "interval": [one.agreement.low, one.agreement.high],
            "accepted": one.agreement.of,
            "texts": one.texts,
            "below the promise": one.fails,
        }
        for one in found
    }


def fresh(folder: Path) -> Iterator[Item]:
    """Answers of systems to trivia questions: looked at when the rules stood, and never before."""
    path = folder / "judges" / "openqa_nq301.jsonl"
    for line in path.read_text("utf-8").splitlines() if path.is_file() else []:
        row = json.loads(line)
        yield _answer(row["question"], row["gold_answers"] or (), row["answer"])
    path = folder / "humans" / "evouna_triviaqa.json"
    for row in json.loads(path.read_text("utf-8")) if path.is_file() else []:
        for name in row:
            if name.startswith("answer_"):
                yield _answer(row["question"], str(row["golden_answer"]).split("/"), row[name])


def _answer(question: str, references: Sequence[object], output: object) -> Item:
    kept = tuple(text for one in references if (text := str(one)))
    return Item(id="x", question=question, references=kept, outputs=(str(output),))


def detector(items: Sequence[Item]) -> dict[str, Any]:
    made = texts([(item, majority(item.human) or "") for item in items], RUBRIC, families(), 1)
    hits: dict[str, list[bool]] = {}
    for text in made:
        hits.setdefault(text.family if text.attacks else "controls", []).append(bool(suspect(text.item)))
    honest = list(outputs())
    folder = DEFAULT / "data"
    for path in sorted(path for pattern in RECORDED for path in folder.glob(pattern)):
        honest += jk.read(path)
    alarms = sum(bool(suspect(item)) for item in honest)
    return {
        "routed on": {name: sum(found) / len(found) for name, found in hits.items()},
        "honest outputs": len(honest),
        "false alarms": alarms,
        "answers to trivia": len(trivia := list(fresh(folder))),
        "false alarms on them": sum(bool(suspect(item)) for item in trivia),
    }


def main() -> None:
    items = labeled()
    show(
        {
            "items": len(items),
            "lexical": lexical(items),
            "stand-in": stand_in(items),
            "policy": policy(items),
            "detector": detector(items),
        }
    )


if __name__ == "__main__":
    main()
