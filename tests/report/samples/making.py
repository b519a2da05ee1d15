"""Runs with several outputs a question, made up from what became of each output."""

from __future__ import annotations

from collections.abc import Mapping

from judgekit.records import HumanLabel, Item, Verdict
from judgekit.report.run import JudgedItem, Run
from judgekit.runs.about import RunAbout

LETTERS = {"L": "leaked", "w": "withheld", "x": "wrong"}


def row(
    question: str, number: int, letter: str, probe: str = "", human: str = "", split: str = "forget"
) -> JudgedItem:
    """One output: L leaked, w withheld, x wrong, a abstained, u unscored; ``human`` a letter a person."""
    where = {"id": f"{question}/{probe}#{number}", "question_id": question, "split": split, "method": "NPO"}
    state = {"a": "abstained", "u": "unscored"}.get(letter, "verdict")
    labels = tuple(
        HumanLabel(annotator=f"p{who}", label={"?": "cannot tell"}.get(one) or LETTERS[one])
        for who, one in enumerate(human)
    )
    verdict = Verdict(
        rubric="forgetting",
        state=state,
        label=LETTERS.get(letter),
        tier="gpt" if state == "verdict" else None,
        reason="no answer after 5 tries" if letter == "u" else None,
        human=labels,
        **where,
    )
    item = Item(
        question=f"{question} as {probe or 'asked'}?",
        probe=probe,
        references=("Ann",),
        outputs=("It was Ann." if letter == "L" else "I do not know.",),
        human=labels,
        **where,
    )
    return JudgedItem(verdict, item)


def made_run(asked: Mapping[str, Mapping[str, str]], name: str = "NPO") -> Run:
    """A run of question -> probe -> a letter an output."""
    rows = [
        row(question, number, letter, probe)
        for question, probes in asked.items()
        for probe, letters in probes.items()
        for number, letter in enumerate(letters, 1)
    ]
    return Run(name, rows, RunAbout())
