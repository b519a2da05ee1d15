"""The rendered prompt is what a judge sees: tested as text, for every shipped rubric."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from judgekit.errors import ConfigError
from judgekit.records import Hop, Item
from judgekit.rubrics import LETTERS, ORDERS, load_rubric, shipped_rubrics


def item_for(kind: str) -> Item:
    hops = (Hop(question="step?", reference="r", output="o"),) if kind == "chain" else ()
    outputs = (
        ("first {{ 7 * 7 }}", "second") if kind == "pairwise" else ("an {{ output }} with {% braces %}",)
    )
    return Item(id="x", question="What?", references=("That.",), outputs=outputs, hops=hops)


@pytest.mark.parametrize("name", shipped_rubrics())
@pytest.mark.parametrize("order", ORDERS)
def test_every_rubric_renders_with_examples_in_front(name: str, order: int) -> None:
    rubric = load_rubric(name)
    shots = rubric.example_rows[:2]
    prompt = rubric.render(item_for(rubric.file.kind), shots, order)
    roles = [message["role"] for message in prompt.messages]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    assert sorted(prompt.options.values()) == sorted(rubric.labels)
    for (_, label), turn in zip(shots, prompt.messages[2::2], strict=True):
        assert prompt.options[turn["content"]] == label  # the example's answer is filled in, as a letter
    assert "{{" in prompt.messages[-1]["content"]  # braces of the judged text are text
    for letter in prompt.options:
        assert f"\n{letter}. " in prompt.messages[0]["content"]


@pytest.mark.parametrize("name", shipped_rubrics())
def test_every_label_has_an_example(name: str) -> None:
    rubric = load_rubric(name)
    assert {label for _, label in rubric.example_rows} == set(rubric.labels)


def test_the_instruction_lists_each_label_under_its_letter_in_both_orders() -> None:
    rubric = load_rubric("forgetting")
    for order in ORDERS:
        prompt = rubric.render(item_for("pointwise"), order=order)
        for letter, label in prompt.options.items():
            assert f"{letter}. {label}: " in prompt.messages[0]["content"]
    assert list(rubric.render(item_for("pointwise"), order=1).options.values()) == list(rubric.labels)[::-1]


def test_a_pair_is_swapped_in_the_second_order_and_the_letters_follow() -> None:
    rubric = load_rubric("preference-tie")
    pair = item_for("pairwise")
    first, second = (rubric.render(pair, order=order) for order in ORDERS)
    assert first.options == {"A": "A", "B": "B", "C": "tie"}
    assert second.options == {"A": "B", "B": "A", "C": "tie"}
    assert first.messages[-1]["content"].index("first") < first.messages[-1]["content"].index("second")
    assert second.messages[-1]["content"].index("second") < second.messages[-1]["content"].index("first")
    assert first.messages[0] == second.messages[0]


def test_a_rubric_that_does_not_fit_the_item_says_so() -> None:
    single, pair = item_for("pointwise"), item_for("pairwise")
    assert "compares two outputs" in (load_rubric("preference").check(single) or "")
    assert "judges one output" in (load_rubric("qa").check(pair) or "")
    assert "hops" in (load_rubric("multihop").check(single) or "")
    with pytest.raises(ConfigError, match="item 'x': rubric 'preference' compares two outputs"):
        load_rubric("preference").render(single)


def test_own_rubric_is_a_folder_of_two_files(tmp_path: Path) -> None:
    (tmp_path / "rubric.yaml").write_text(
        "name: tone\nlabels:\n  - {name: polite, meaning: kind}\n  - {name: rude, meaning: unkind}\n"
    )
    (tmp_path / "template.j2").write_text(
        "{% block instruction %}Tone?{% for l, t in options %} {{ l }}={{ t }}{% endfor %}{% endblock %}"
        "{% block item %}{{ output | fence('o') }}{% endblock %}"
    )
    prompt = load_rubric(tmp_path).render(item_for("pointwise"))
    assert prompt.messages[0]["content"] == "Tone? A=polite: kind B=rude: unkind"
    assert list(prompt.options) == list(LETTERS[:2])


@pytest.mark.parametrize(
    ("yaml", "template", "said"),
    [
        ("name: x\nlabels: [{name: a, meaning: b}]\n", "", "labels"),
        ("name: x\nlables: []\n", "", "lables|labels"),
        ("name: [", "", "not YAML"),
        (
            "name: x\nlabels: [{name: a, meaning: m}, {name: b, meaning: m}]\n",
            "{% block item %}{{ nothing }}{% endblock %}",
            "no block 'instruction'",
        ),
    ],
)
def test_a_broken_rubric_gets_one_line(tmp_path: Path, yaml: str, template: str, said: str) -> None:
    (tmp_path / "rubric.yaml").write_text(yaml)
    (tmp_path / "template.j2").write_text(template)
    with pytest.raises(ConfigError, match=said) as caught:
        load_rubric(tmp_path).render(item_for("pointwise"))
    assert "\n" not in str(caught.value)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"no rubric 'forgeting'.*forgetting"):
        load_rubric("forgeting")


def test_templates_cannot_reach_out_of_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "rubric.yaml").write_text("name: x\nlabels: [{name: a, meaning: m}, {name: b, meaning: m}]\n")
    (tmp_path / "template.j2").write_text(
        "{% block instruction %}{{ ''.__class__.__mro__ }}{% endblock %}{% block item %}{% endblock %}"
    )
    with pytest.raises(ConfigError, match="unsafe"):
        load_rubric(tmp_path).render(item_for("pointwise"))


def test_a_rubric_that_was_rendered_can_be_sent_to_another_process() -> None:
    rubric = load_rubric("forgetting")
    item = Item(id="1", question="Who?", references=("Ada",), outputs=("Ada.",))
    asked = rubric.render(item)
    sent = pickle.loads(pickle.dumps(rubric))
    assert sent == rubric and sent.fingerprint == rubric.fingerprint and sent.render(item) == asked
