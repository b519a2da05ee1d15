from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from judgekit.records import Verdict
from judgekit.report.pairs import pair_numbers
from judgekit.report.run import JudgedItem, Run


def run(name: str, *rows: tuple[str, str, str]) -> Run:
    """A run of items given as (id, split, question)."""
    return Run(
        name,
        [
            JudgedItem(
                Verdict(id=i, split=split, question_id=q, rubric="forgetting", state="verdict", label="wrong")
            )
            for i, split, q in rows
        ],
    )


def test_the_same_question_is_found_wherever_it_stands() -> None:
    first = run("a", ("1", "forget", "p"), ("2", "forget", "q"), ("3", "retain", "p"))
    second = run("b", ("9", "retain", "p"), ("8", "forget", "q"), ("7", "forget", "p"), ("6", "forget", "r"))
    assert pair_numbers([first, second]) == [[0, 1, 2], [2, 1, 0, 3]]


def test_a_repeated_question_is_matched_by_id_or_not_at_all() -> None:
    first = run("a", ("x/0", "forget", "p"), ("x/1", "forget", "p"))
    same = run("b", ("x/1", "forget", "p"))
    other = run("c", ("y/1", "forget", "p"))
    assert pair_numbers([first, same, other]) == [[0, 1], [1], [2]]


def test_a_split_of_another_name_is_the_same_where_no_run_has_the_question_in_two() -> None:
    first = run("a", ("1", "forget10", "p"), ("2", "forget10", "q"))
    second = run("b", ("1", "forget", "p"), ("2", "forget", "q"))
    assert pair_numbers([first, second]) == [[0, 1], [0, 1]]
    both = run("c", ("1", "forget", "p"), ("3", "hard", "p"), ("4", "hard", "q"))
    assert pair_numbers([first, second, both]) == [[0, 1], [2, 1], [2, 3, 1]], "p is told apart by its splits"


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.randoms())
def test_the_order_of_a_file_never_matters(questions: list[int], rng: random.Random) -> None:
    rows = [(f"i{n}", "forget", f"q{q}") for n, q in enumerate(questions)]
    mixed = rng.sample(rows, len(rows))
    first, second = pair_numbers([run("a", *rows), run("b", *mixed)])
    assert len(set(first)) == len(rows)
    assert dict(zip(rows, first, strict=True)) == dict(zip(mixed, second, strict=True))
