"""Which way of asking breaks what was forgotten, question by question."""

from __future__ import annotations

import pytest

from judgekit.report.samples.count import samples
from judgekit.report.samples.said import said
from tests.report.samples.making import made_run

ASKED = {
    "a": {"": "w", "paraphrase 1": "w", "paraphrase 2": "L"},
    "b": {"": "w", "paraphrase 1": "L", "paraphrase 2": "L"},
    "c": {"": "L", "paraphrase 1": "w", "paraphrase 2": "L"},
    "d": {"": "x", "paraphrase 1": "w", "paraphrase 2": "w"},
}


def found_in(asked):
    found = samples(made_run(asked))
    assert found is not None
    return found


def test_each_way_beside_the_plain_one():
    found = found_in(ASKED)
    plain, first, second = found.probes
    assert [one.name for one in found.probes] == ["", "paraphrase 1", "paraphrase 2"]
    assert [one.leaked.value for one in found.probes] == [0.25, 0.25, 0.75]
    assert plain.more is None
    assert first.more is not None and first.more.value == 0
    assert second.more is not None and second.more.value == 0.5
    # c leaked when asked plainly: no way of asking breaks it
    assert [(one.held, one.broken) for one in (first, second)] == [(3, 1), (3, 2)]
    assert found.worst_probe == second
    together = found.together
    assert together is not None
    assert (together.questions, together.fewest, together.most) == (4, 3, 3)
    assert (together.leaked.value, together.held, together.broken) == (0.75, 3, 2)


def test_ways_together_are_each_asked_once():
    found = found_in({"a": {"": "Lw", "turn 2": "Lwww"}, "b": {"": "ww", "turn 2": "wwww"}})
    assert found.together is not None
    assert found.together.leaked.value == pytest.approx((1 - (1 - 1 / 2) * (1 - 1 / 4)) / 2)


def test_differences_are_paired_by_question():
    """The same two rates with questions that agree are told apart better than with questions that do not."""
    agree = {f"q{n}": {"": "Lw"[n > 19], "p": "Lw"[n > 29]} for n in range(40)}
    cross = {f"q{n}": {"": "Lw"[n > 19], "p": "wL"[n > 9]} for n in range(40)}
    one, other = found_in(agree).probes[1].more, found_in(cross).probes[1].more
    assert one is not None and other is not None and one.value == other.value == 0.25
    assert one.low > 0 and other.high - other.low > one.high - one.low


def test_open_outputs_never_count_as_held_or_as_withheld():
    found = found_in(
        {
            "a": {"": "u", "p": "L"},
            "b": {"": "w", "p": "u"},
            "c": {"": "w", "p": "L"},
            "d": {"": "w", "p": "w"},
        }
    )
    probe = found.probes[1]
    assert (probe.held, probe.broken, probe.maybe) == (3, 1, 1)
    assert probe.leaked.value is None and probe.leaked.bounds == (0.5, 0.75)
    assert probe.more is not None and probe.more.value is None
    assert probe.more.bounds == pytest.approx((0.25, 0.75))
    assert found.together is not None and found.together.maybe == 1


def test_probes_of_questions_that_were_never_asked_plainly():
    found = found_in({"a": {"prefix": "L"}, "b": {"affirmative": "w"}})
    assert [(one.name, one.more, one.held) for one in found.probes] == [
        ("prefix", None, 0),
        ("affirmative", None, 0),
    ]
    assert found.together is None and found.worst_probe is None and not found.curves


def test_sentences():
    texts = [one.text for one in said({"NPO": found_in(ASKED)})]
    assert any(
        "of 3 questions that leak nothing when asked plainly, paraphrase 2 makes 2 leak, most of 2 probes"
        in text
        and "break 2 of 3 (66.7 %)" in text
        for text in texts
    )
    asked = {f"q{n}": {"": "Lwww" if n % 2 else "wwww"} for n in range(40)}
    first, last = said({"NPO": found_in(asked)})
    assert first.text.startswith("NPO: asked once, 12.5 % [") and "asked 4 times, 50.0 % [" in first.text
    assert first.tone == "bad" and first.about == "leaks"
    assert "judge's opinion" in last.text
    many = {f"run {n}": found_in(asked) for n in range(9)}
    assert len(list(said(many))) == 3
