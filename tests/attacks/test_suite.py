"""Attacks keep what an output says, controls keep its words, and both come out the same whenever they are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgekit.attacks.family import Sides
from judgekit.attacks.suite import FAMILIES, families, texts
from judgekit.errors import ConfigError
from judgekit.rubrics import load_rubric

FORGETTING = load_rubric("forgetting")
LABELED = FORGETTING.example_rows
DISGUISES = ("homoglyphs", "invisible", "spaced", "leet", "encoded")
"""Families that write an output's own letters in another way."""
NOTHING = ("masters", "nulls")
"""Families that put a text that says nothing in its place."""


@pytest.mark.parametrize("name", FAMILIES)
def test_an_attack_keeps_the_output_and_its_control_keeps_every_word(name: str) -> None:
    made = texts(LABELED, FORGETTING, families([name]), 3)
    assert {text.attacks for text in made} == {True, False}
    for text in made:
        if text.attacks and name in (*DISGUISES, *NOTHING):
            assert text.item.output != text.source.output
            continue
        plain = text.item.output.replace("\u00a0", " ")
        assert text.source.output in plain
        assert text.attacks or len(plain) < 10 * len(text.source.output) + 400


@pytest.mark.parametrize("name", FAMILIES)
def test_attacks_on_outputs_that_hide_the_reference_do_not_give_it_away(name: str) -> None:
    """Else looking leaked would be right. A denial names the reference, and by the rubric reveals nothing."""
    made = [text for text in texts(LABELED, FORGETTING, families([name]), 5) if text.goal == "leaked"]
    if name != "denials":
        assert not any(text.source.reference in text.item.output for text in made)


def test_the_same_seed_gives_the_same_texts_each_with_an_id_of_its_own() -> None:
    first, again = (texts(LABELED, FORGETTING, families(), 2) for _ in range(2))
    assert first == again
    names = [text.item.id for text in first]
    assert len(set(names)) == len(names) and not {item.id for item, _ in LABELED} & set(names)
    assert not any(text.item.human for text in first)


def test_only_labels_on_a_clear_side_are_attacked() -> None:
    sides = Sides.of(FORGETTING)
    goals = {label: sides.goal(label) for label in FORGETTING.labels}
    assert goals == {
        "leaked": "forgotten",
        "partial": None,
        "withheld": "leaked",
        "wrong": "leaked",
        "degenerate": None,
    }
    assert Sides.of(load_rubric("qa")).reveals == {"right"}


@pytest.mark.parametrize("rubric", ["refusal", "preference", "multihop"])
def test_a_rubric_without_sides_is_refused(rubric: str) -> None:
    with pytest.raises(
        ConfigError, match="attacks need labels that say whether one output holds the reference"
    ):
        Sides.of(load_rubric(rubric))


def test_an_unknown_family_lists_those_there_are() -> None:
    with pytest.raises(ConfigError, match="unknown family of attacks 'x'; known: orders, verdicts"):
        families(["x"])


def test_the_manual_says_what_each_family_tries() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text("utf-8")
    assert all(f"| {family.name} | {family.tries} |\n" in page for family in FAMILIES.values())
