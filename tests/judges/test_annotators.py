"""Simulated annotators: who is shown what, in which order, and how opinions are combined."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Iterable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from judgekit.errors import ConfigError, InputError
from judgekit.judges.annotators import Annotators, ModelJudge, Panel, combine, load_examples
from judgekit.judges.base import Answer, Ask
from judgekit.records import Evidence, Item
from judgekit.rubrics import Rubric, load_rubric, shipped_rubrics
from judgekit.runs.store import Store
from tests.judges.asking import LABELS, example, small_rubric, some_items


class Scripted:
    """A backend whose answers are a function of what is asked; it counts."""

    slow = False

    def __init__(self, say: Mapping[str, float] | None = None, fail: Iterable[int] = ()) -> None:
        self.say, self.fail = say, set(fail)
        self.asked: list[Ask] = []

    def identity(self) -> Mapping[str, object]:
        return {"model": "scripted"}

    async def answer(self, asks: Iterable[Ask]) -> AsyncIterator[tuple[Ask, Answer]]:
        for ask in asks:
            self.asked.append(ask)
            if len(self.asked) - 1 in self.fail:
                yield ask, Answer(error="500: out of order", fault=True, cost=0.0)
                continue
            probs = self.say or {label: 1 / len(ask.prompt.options) for label in ask.prompt.options.values()}
            logprobs = {letter: math.log(probs[label]) for letter, label in ask.prompt.options.items()}
            yield (
                ask,
                Answer(
                    logprobs=logprobs, prompt_tokens=10, completion_tokens=1, cost=0.5, model="scripted-1"
                ),
            )

    async def close(self) -> None: ...


def ask(
    backend: Scripted,
    items: list[Item],
    rubric: Rubric,
    stage: int = 1,
    store: Store | None = None,
    **spec: object,
) -> list[Evidence]:
    judge = ModelJudge("small", backend, Annotators.model_validate(spec), store=store)
    return asyncio.run(judge.evidence(items, rubric, stage))


def test_the_rendered_prompt() -> None:
    rubric = small_rubric(("yes", "no"), examples=6)
    panel = Panel(Annotators(n=2, k=2), rubric, load_examples(rubric))
    first, second, *_ = panel.asks(some_items(1)[0], 2)
    roles = [message["role"] for message in first.prompt.messages]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    assert first.prompt.messages[0]["content"].endswith("(A) yes: it is yes\n(B) no: it is no")
    assert second.prompt.messages[0]["content"].endswith("(A) no: it is no\n(B) yes: it is yes")
    assert (
        first.prompt.messages[-1]["content"]
        == second.prompt.messages[-1]["content"]
        == "<output>\nOutput 0.\n</output>"
    )
    shown = {row.output: label for row, label in rubric.example_rows}
    for prompt in (first.prompt, second.prompt):
        for case, answer in ((1, 2), (3, 4)):
            text = prompt.messages[case]["content"].removeprefix("<output>\n").removesuffix("\n</output>")
            assert prompt.options[prompt.messages[answer]["content"]] == shown[text]


@pytest.mark.parametrize("name", shipped_rubrics())
def test_shipped_rubrics_have_the_examples_that_annotators_need(name: str) -> None:
    rubric = load_rubric(name)
    panel = Panel(Annotators(n=5, k=3), rubric, load_examples(rubric))
    shown = [tuple(shot.id for shot, _ in panel.shots(a, some_items(1)[0])) for a in range(5)]
    assert len(set(shown)) == 5
    assert all(len(set(ids)) == 3 for ids in shown)


def test_all_items_share_all_messages_but_the_last_and_go_out_next_to_each_other() -> None:
    backend, rubric = Scripted(), small_rubric()
    ask(backend, some_items(7), rubric, n=3, k=2)
    prefixes = [json.dumps(asked.prompt.messages[:-1]) for asked in backend.asked]
    assert len(prefixes) == 3 * 2 * 7
    assert len(set(prefixes)) == 6
    assert sum(a != b for a, b in pairwise(prefixes)) == 5


def test_annotators_see_different_examples_with_several_labels_the_same_every_time() -> None:
    rubric = small_rubric(examples=20)
    one, two = (Panel(Annotators(n=4, k=5, seed=3), rubric, load_examples(rubric)) for _ in range(2))
    item = some_items(1)[0]
    shots = [one.shots(a, item) for a in range(4)]
    assert shots == [two.shots(a, item) for a in range(4)]
    assert len({shot.id for deck in shots for shot, _ in deck}) == 20  # as long as they last, nobody's twice
    assert all({label for _, label in deck} == set(LABELS) for deck in shots)
    other = Panel(Annotators(n=4, k=5, seed=4), rubric, load_examples(rubric))
    assert [other.shots(a, item) for a in range(4)] != shots


@given(st.integers(1, 6), st.integers(1, 5), st.integers(7, 12), st.integers(0, 99))
def test_an_item_never_sees_itself_or_its_question_and_others_see_what_they_saw(
    n: int, k: int, size: int, seed: int
) -> None:
    rubric = small_rubric(examples=size)
    panel = Panel(Annotators(n=n, k=k, seed=seed), rubric, load_examples(rubric))
    stranger = some_items(1)[0]
    for number in range(size):
        source = example(number, {"": LABELS[0]})
        same_id = Item(id=source.id, question="Another question?", outputs=("x",))
        same_question = Item(id="new", question=source.question, outputs=("x",))
        for annotator in range(n):
            usual = panel.shots(annotator, stranger)
            for item in (same_id, same_question):
                shots = panel.shots(annotator, item)
                assert len(shots) == len({shot.id for shot, _ in shots}) == k
                assert source.id not in [shot.id for shot, _ in shots]
                kept = [shot for shot in usual if shot[0].id != source.id]
                assert shots[: len(kept)] == kept


@given(st.permutations(LABELS), st.lists(st.floats(0.01, 1), min_size=5, max_size=5))
def test_permuted_letters_map_back_to_their_labels(labels: list[str], weights: list[float]) -> None:
    """A judge that knows the label, whatever its letter, has its probabilities come back and never order_inconsistency."""
    say = {label: weight / sum(weights) for label, weight in zip(labels, weights, strict=True)}
    (found,) = ask(Scripted(say), some_items(1), small_rubric(tuple(labels)), n=2, k=1)
    assert found.probs == pytest.approx(say)
    assert found.order_inconsistency == 0


def test_a_judge_that_always_says_a_is_seen_to_flip_and_has_no_opinion() -> None:
    class SaysA(Scripted):
        async def answer(self, asks: Iterable[Ask]) -> AsyncIterator[tuple[Ask, Answer]]:
            for asked in asks:
                yield asked, Answer(logprobs={"A": math.log(0.9), "B": math.log(0.1)})

    (found,) = ask(SaysA(), some_items(1), small_rubric(("yes", "no")))
    assert found.probs == pytest.approx({"yes": 0.5, "no": 0.5})
    assert found.order_inconsistency == 1


def test_pairs_are_swapped_in_prompt_and_verdict() -> None:
    rubric = load_rubric("preference")
    item = Item(id="p", question="Q?", outputs=("first text", "second text"))
    backend = Scripted({"A": 0.8, "B": 0.2})
    (found,) = ask(backend, [item], rubric, n=2, k=2)
    straight, swapped = (asked.prompt.messages[-1]["content"] for asked in backend.asked[:2])
    assert straight.index("first text") < straight.index("second text")
    assert swapped.index("first text") > swapped.index("second text")
    assert found.probs == pytest.approx({"A": 0.8, "B": 0.2})


def test_stages_add_annotators_and_ask_nothing_twice(tmp_path: Path) -> None:
    backend, rubric = Scripted(), small_rubric()
    with Store(tmp_path) as store:
        for stage, asks in ((1, 2), (2, 4), (3, 10), (2, 4)):
            (found,) = ask(backend, some_items(1), rubric, stage, store, n=5, k=2, stages=[1, 2, 5])
            assert found.asks == len(found.calls) == asks
            assert found.cost == pytest.approx(0.5 * asks)
            assert found.prompt_tokens == 10 * asks
        assert len(backend.asked) == len({asked.key for asked in backend.asked}) == 10


def test_the_first_stage_may_be_one_order_of_one_annotator(tmp_path: Path) -> None:
    backend, rubric = Scripted(), small_rubric()
    with Store(tmp_path) as store:
        for stage, asks in ((1, 1), (2, 2), (3, 6)):
            (found,) = ask(backend, some_items(1), rubric, stage, store, n=3, k=2, stages=[0.5, 1, 3])
            assert found.asks == asks
            assert found.probs
            assert (found.order_inconsistency is None) == (asks == 1), "one order alone cannot tell a flip"
        assert len(backend.asked) == 6


def test_a_prompt_that_two_items_share_is_asked_once() -> None:
    backend = Scripted()
    twins = [Item(id=name, question="Q?", outputs=("same",)) for name in ("a", "b")]
    one, two = ask(backend, twins, small_rubric(), orders=1)
    assert len(backend.asked) == 1
    assert one.probs == two.probs


def test_half_a_pair_is_not_heard_and_said_so() -> None:
    backend = Scripted(fail=[1])  # asks go by annotator and order: the first annotator's second order
    (found,) = ask(backend, some_items(1), small_rubric(), n=3, k=2)
    assert found.probs
    assert found.reason == "1 of 3 annotators not heard: 500: out of order"
    assert (found.asks, found.cost) == (6, 2.5)


def test_nobody_heard_is_missing_with_the_reason() -> None:
    (found,) = ask(Scripted(fail=range(4)), some_items(1), small_rubric(), n=2, k=2)
    assert found.probs == {}
    assert found.reason == "500: out of order"


def test_an_item_that_the_rubric_cannot_be_asked_of_is_missing_and_never_asked() -> None:
    backend = Scripted()
    pair = Item(id="p", question="Q?", outputs=("one", "two"))
    found = ask(backend, [pair, *some_items(1)], small_rubric())
    assert "judges one output" in (found[0].reason or "")
    assert found[1].probs
    assert len(backend.asked) == 2


def test_a_fault_is_not_asked_for_again_in_the_same_run_but_in_the_next(tmp_path: Path) -> None:
    rubric, spec = small_rubric(), Annotators(n=2, k=2, stages=(1, 2))
    with Store(tmp_path) as store:
        backend = Scripted(fail=[0])
        judge = ModelJudge("small", backend, spec, store=store)
        asyncio.run(judge.evidence(some_items(1), rubric, 1))
        (found,) = asyncio.run(judge.evidence(some_items(1), rubric, 2))
        assert len(backend.asked) == 4
        assert "1 of 2 annotators" in (found.reason or "")
        again = Scripted()
        (found,) = ask(again, some_items(1), rubric, 2, store, n=2, k=2, stages=[1, 2])
        assert len(again.asked) == 1
        assert found.reason is None


def test_a_cost_that_is_not_known_makes_the_sum_unknown() -> None:
    asks = Panel(Annotators(), small_rubric(), []).asks(some_items(1)[0], 1)
    known, unknown = Answer(logprobs={"A": -0.1}, cost=1.0), Answer(logprobs={"A": -0.1})
    assert combine([(asks[0], known), (asks[1], known)], LABELS, 2).cost == 2.0
    assert combine([(asks[0], known), (asks[1], unknown)], LABELS, 2).cost is None


def test_the_fingerprint_changes_with_anything_that_is_shown() -> None:
    def of(rubric: Rubric | None = None, **spec: object) -> str:
        return ModelJudge("small", Scripted(), Annotators.model_validate(spec)).fingerprint(
            rubric or small_rubric()
        )

    base = of(n=2, k=2)
    assert base == of(n=2, k=2)
    others = [of(n=3, k=2), of(n=2, k=3), of(n=2, k=2, seed=1), of(n=2, k=2, orders=1), of(n=2, k=2, stages=[1, 2]),
              of(small_rubric(examples=19), n=2, k=2), of(small_rubric(LABELS[::-1]), n=2, k=2)]  # fmt: skip
    assert len({base, *others}) == 8


def write(path: Path, items: list[Item]) -> Path:
    path.write_text("".join(json.dumps(item.to_row()) + "\n" for item in items), encoding="utf-8")
    return path


def test_individual_annotators_stand_for_one_person_each(tmp_path: Path) -> None:
    """Ann and Bob labeled the same examples differently: each annotator shows one of them only."""
    path = write(
        tmp_path / "x.jsonl", [example(i, {"ann": "yes", "bob": "no", "cy": "yes"}) for i in range(6)]
    )
    rubric = small_rubric(("yes", "no"))
    individual = Panel(Annotators(n=4, k=2, labels="individual"), rubric, load_examples(rubric, path))
    item = some_items(1)[0]
    assert [{label for _, label in individual.shots(a, item)} for a in range(4)] == [
        {"yes"},
        {"no"},
        {"yes"},
        {"yes"},
    ]
    majority = Panel(Annotators(n=2, k=2), rubric, load_examples(rubric, path))
    assert {label for a in range(2) for _, label in majority.shots(a, item)} == {"yes"}


def test_a_tie_is_no_majority(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", [example(i, {"ann": "yes", "bob": "no"}) for i in range(6)])
    rubric = small_rubric(("yes", "no"))
    with pytest.raises(ConfigError, match="there are 0:"):
        Panel(Annotators(n=1, k=2), rubric, load_examples(rubric, path))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "a"', r"x.jsonl:1: expected a JSON object a line"),
        ('{"id": "a", "question": "q", "output": "o"}', r"x.jsonl:1: an example needs labels among yes, no"),
        ('{"id": "a", "question": "q", "output": "o", "human": [{"label": "sure"}]}', "labels among yes, no"),
        (
            '{"id": "a", "question": "q", "outputs": ["o", "p"], "human": [{"label": "yes"}]}',
            "judges one output",
        ),
        ('{"id": "a", "quest": "q"}', "unknown key|quest"),
        (
            "\n".join(['{"id": "a", "question": "q", "output": "o", "human": [{"label": "yes"}]}'] * 2),
            "x.jsonl:2: a second",
        ),
    ],
)
def test_a_bad_example_is_named_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(InputError, match=message):
        load_examples(small_rubric(("yes", "no")), path)


@pytest.mark.parametrize(
    "spec",
    [
        {"n": 2},
        {"n": 2, "k": 1, "stages": [2, 1]},
        {"n": 3, "k": 1, "stages": [1, 2]},
        {"n": 3, "k": 1, "stages": [0.5, 1, 3], "orders": 1},
        {"n": 3, "k": 1, "stages": [1.5, 3]},
        {"m": 1},
        {"orders": 3},
    ],
)
def test_a_panel_that_makes_no_sense_is_refused(spec: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Annotators.model_validate(spec)


def test_too_few_examples_are_refused_with_what_to_do() -> None:
    with pytest.raises(
        ConfigError, match="need 3 labeled examples beside those of any one question; there are 2:"
    ):
        Panel(Annotators(n=1, k=3), small_rubric(examples=3), load_examples(small_rubric(examples=3)))
