"""What several outputs a question say, in sentences."""

from __future__ import annotations

from judgekit.report.samples.count import samples
from judgekit.report.samples.said import said
from tests.report.samples.making import made_run


def texts(asked):
    return [found.text for found in said({"A": samples(made_run(asked))})]


def test_one_question_is_one_question():
    once, *_ = texts({"q": {"": "Lw"}})
    assert "of 1 question leak; asked 2 times" in once
    broken = texts({"q": {"": "ww", "turned": "LL"}})
    assert any(
        "of 1 question that leaks nothing when asked plainly, turned makes 1 leak" in text for text in broken
    )


def test_questions_with_fewer_outputs_are_said_to_be_left_out():
    many = {f"q{number}": {"": "Lw"} for number in range(30)}
    assert texts({**many, "short": {"": "w"}})[0].endswith(
        " 1 question with fewer than 2 outputs is left out."
    )
    assert "of 30 questions leak" in texts(many)[0]
