"""Whatever JSON a server sends: an answer, a reason why there is none, or a fault to try again; never a crash."""

from __future__ import annotations

import copy
import math
import tempfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.judges.openai import backend
from judgekit.judges.openai.endpoint import Transient
from judgekit.judges.reading.verdicts import label_probs
from judgekit.runs.store import Store
from tests.judges.asking import make_judge, small_rubric, some_items
from tests.judges.server import ChatServer

JUDGE = make_judge("http://unused")
(ASK, *_) = JUDGE.panel(small_rubric()).asks(some_items(1)[0], 1)
BODY = {"model": "tiny", "messages": ASK.prompt.messages, "logprobs": True, "top_logprobs": 20}
GOOD = {n: ChatServer().completion({**BODY, "n": n}) for n in (1, 3)}
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=4)
    | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All places in a JSON value, itself included."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, part in inside for place in places(part, (*path, name)))]


@st.composite
def spoiled(draw: st.DrawFn, choices: int) -> Any:
    """A good completion with junk in one to three places."""
    response: Any = copy.deepcopy(GOOD[choices])
    for path in draw(st.lists(st.sampled_from(places(response)), min_size=1, max_size=3)):
        if not path:
            return draw(JUNK)
        parent = response
        try:
            for name in path[:-1]:
                parent = parent[name]
            parent[path[-1]] = draw(JUNK)
        except (KeyError, IndexError, TypeError):  # spoiled already
            continue
    return response


@settings(max_examples=500, deadline=None)
@given(st.sampled_from([1, 3]).flatmap(lambda n: st.tuples(st.just(n), spoiled(n))))
def test_any_json_is_an_answer_or_a_fault(sent: tuple[int, Any]) -> None:
    samples, response = sent
    spec = {"model": "tiny", "base_url": "http://unused", "price": {"input": 1, "output": 2}}
    asked = backend(spec if samples == 1 else {**spec, "samples": samples})
    try:
        (answer,) = asked._read([ASK], [response])
    except Transient:
        return
    assert (answer.error is None) == bool(answer.logprobs or answer.sampled)
    assert answer.cost is None or 0 <= answer.cost < math.inf
    if answer.error is None:
        probs, mass = label_probs(answer, ASK.prompt.options) or ({}, 0.0)
        assert sum(probs.values()) == pytest.approx(1) and 0 < mass <= 1
        assert all(p >= 0 for p in probs.values())
    with tempfile.TemporaryDirectory() as folder, Store(folder) as store:
        store.put([("key", answer.to_row())], "small")
        kept = store.get(["key"])
        assert len(kept) == 1 - answer.fault
        assert store.spent().calls == 1
