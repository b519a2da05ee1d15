"""A file of any format with any one value changed or gone gives items or one line, never another exception."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit import readers
from judgekit.errors import JudgekitError
from tests.readers.formats.test_lm_eval import CHAT, choice, generated, winogrande
from tests.readers.formats.test_other_formats import MUSE, RULE, rwku
from tests.readers.formats.test_tofu import section
from tests.readers.test_broken_files import json_values, open_unlearning

CONTENTS = {
    "open_unlearning": open_unlearning(),
    "tofu": {"eval_log_forget.json": section(False), "eval_log.json": section(True, 4)},
    "muse": MUSE,
    "rwku": rwku(),
    "lm_eval": [
        choice(),
        choice(1, target="[0, 2]"),
        generated(2, "none"),
        generated(3, "none") | {"resps": [["a", "b"]], "target": "['r', 's']", "doc": {}},
        winogrande(doc_id=4),
        generated(5, "none") | {"doc": {}, "arguments": {"gen_args_0": {"arg_0": CHAT, "arg_1": {}}}},
    ],
    "alpaca_eval": [
        {"instruction": "a", "output": "b", "generator": "m", "dataset": "d", "input": ""},
        {"instruction": "a", "output_1": "b", "output_2": "c", "generator_2": "m", "preference": 1.0},
    ],
    "rulebreakers": [RULE | {"output": "No."}],
    "samples": [
        {"question": "q", "answer": "r", "responses": [{"response": "o", "CS": 0.5}], "probe": ""},
        {"question": "q", "responses": ["o"], "paraphrases": [{"question": "p", "response": "o"}]},
        {"turns": [{"user": "q", "assistant": "o"}, {"user": "p", "assistant": "o"}]},
        {"messages": [{"role": "user", "content": "q"}], "generations": ["o"], "original_question": "q"},
    ],
    "judgekit": [
        {
            "id": "1",
            "question": "q",
            "outputs": ["o"],
            "references": ["r"],
            "recorded": {"loss": 0.5, "perturbed_losses": [1.0, None]},
            "human": [{"annotator": "a", "label": "wrong"}],
            "hops": [{"question": "q", "reference": "r"}],
        }
    ],
}
BY_LINE = ("lm_eval", "judgekit")


def places(value, at=()):
    """Every path into a JSON value."""
    if at:
        yield at
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield from places(child, (*at, key))


@pytest.mark.parametrize("form", CONTENTS)
@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_one_change(form, data):
    content = copy.deepcopy(CONTENTS[form])
    *path, last = data.draw(st.sampled_from(list(places(content))))
    at = content
    for key in path:
        at = at[key]
    if data.draw(st.booleans()):
        del at[last]
    else:
        at[last] = data.draw(json_values | st.sampled_from([float("nan"), 10**400, [[]]]))
    with TemporaryDirectory() as folder:
        file = Path(folder) / ("x.jsonl" if form in BY_LINE else "x.json")
        by_line = isinstance(content, list) and form in BY_LINE
        file.write_text("\n".join(map(json.dumps, content)) if by_line else json.dumps(content))
        for forced in (form, None):
            try:
                items = list(readers.read(file, format=forced))
                assert items
                readers.recorded_metrics(file, format=forced)
            except JudgekitError as error:
                assert str(error).startswith(str(file)) and "\n" not in str(error)
