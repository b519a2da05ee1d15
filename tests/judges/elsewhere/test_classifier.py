"""A model that decides in one pass (``judge: classifier``), behind a stand-in for vLLM's ``/classify`` and in process."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

import judgekit as jk
from judgekit.errors import ConfigError, JudgeFailed
from judgekit.records import Item
from tests.judges.server import ChatServer, refusal

RIGHT, WRONG = "Ghent", "Lyon"


class ClassifyServer(ChatServer):
    """Answers ``/classify`` as vLLM does: a row of probabilities for every input."""

    def __init__(self, probs: Callable[[str], list[float] | web.Response]) -> None:
        super().__init__()
        self.probs, self.texts = probs, list[str]()

    @property
    def root(self) -> str:
        return self.url.removesuffix("/v1")

    def app(self) -> web.Application:
        app = super().app()
        app.router.add_post("/classify", self._classify)
        return app

    async def _classify(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.texts.append(body["input"])
        probs = self.probs(body["input"])
        if not isinstance(probs, list):
            return probs
        top = max(range(len(probs)), key=probs.__getitem__)
        row = {"index": 0, "label": f"LABEL_{top}", "probs": probs, "num_classes": len(probs)}
        usage = {"prompt_tokens": 5, "total_tokens": 5, "completion_tokens": 0}
        return web.json_response(
            {"id": "x", "object": "list", "model": body["model"], "data": [row], "usage": usage}
        )


@pytest.fixture
def server() -> Iterator[ClassifyServer]:
    with ClassifyServer(lambda text: [0.1, 0.6, 0.3] if RIGHT in text else [0.8, 0.1, 0.1]) as running:
        yield running


def some(count: int = 4) -> list[Item]:
    return [
        Item(id=str(i), question="Where?", references=(RIGHT,), outputs=(RIGHT if i % 2 else WRONG,))
        for i in range(count)
    ]


def cascade(**entry: Any) -> dict[str, Any]:
    labels = {0: "wrong", 1: "right", 2: "right"}
    return {"tiers": [{"judge": "classifier", "model": "tiny", "labels": labels, "price": 0, **entry}]}


def test_classes_are_summed_into_the_labels_that_they_mean(server: ClassifyServer) -> None:
    results = jk.judge(some(), cascade=cascade(base_url=server.root), rubric="qa")
    probs = [result.evidence.tiers["classifier"].probs for result in results]
    assert probs[1] == pytest.approx({"right": 0.9, "wrong": 0.1}, abs=1e-6)
    assert [result.verdict.label for result in results] == ["wrong", "right"] * 2
    assert set(server.texts) == {"Where?\nGhent", "Where?\nLyon"}


def test_a_single_output_is_the_probability_of_class_1(server: ClassifyServer) -> None:
    server.probs = lambda text: [0.75]
    entry = cascade(base_url=server.root, text="{reference} / {output}", labels={1: "right", 0: "wrong"})
    (result,) = jk.judge(some(1), cascade=entry, rubric="qa")
    assert result.evidence.tiers["classifier"].probs == pytest.approx({"right": 0.75, "wrong": 0.25})
    assert server.texts == ["Ghent / Lyon"]


def test_a_server_that_refuses_is_heard_and_one_that_is_busy_asked_again(server: ClassifyServer) -> None:
    server.probs = lambda text: refusal(400, "input too long for the model")
    (result,) = jk.judge(some(1), cascade=cascade(base_url=server.root), rubric="qa", keep_going=True)
    assert "too long" in (result.verdict.reason or "")
    busy = iter([refusal(503, "busy"), [0.9, 0.1, 0.0]])
    server.probs = lambda text: next(busy)
    (result,) = jk.judge(some(1), cascade=cascade(base_url=server.root), rubric="qa")
    assert result.verdict.label == "wrong"
    server.probs = lambda text: web.json_response({"data": [{"label": "x"}]})
    with pytest.raises(JudgeFailed, match="no probabilities in the server's answer"):
        jk.judge(some(1), cascade=cascade(base_url=server.root), rubric="qa")


def test_a_class_without_a_label_is_no_opinion(server: ClassifyServer) -> None:
    entry = cascade(base_url=server.root, labels={0: "wrong", 1: "right"})
    with pytest.raises(JudgeFailed, match="'2' is not one of the labels"):
        jk.judge(some(1), cascade=entry, rubric="qa")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"text": "{answer}"}, r"unknown field '\{answer\}'; known: question, reference, output"),
        ({"base_url": "http://localhost:1", "pair": "{output}"}, "a server takes one text"),
    ],
)
def test_a_wrong_entry_is_one_line(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        jk.judge(some(1), cascade=cascade(**entry), rubric="qa")


def test_it_compares_no_outputs(server: ClassifyServer) -> None:
    pair = Item(id="1", question="?", outputs=("a", "b"))
    with pytest.raises(ConfigError, match="is given one output; rubric 'preference' is pairwise"):
        jk.judge([pair], cascade=cascade(base_url=server.root), rubric="preference")


def tiny(folder: Path, classes: int = 2, names: dict[int, str] | None = None) -> Path:
    """A BERT of a few hundred random weights whose words are letters, made on the spot."""
    torch = pytest.importorskip("torch", reason="torch is not installed: make test-integrations")
    transformers = pytest.importorskip(
        "transformers", reason="transformers is not installed: make test-integrations"
    )
    folder.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz?[]",
             *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz")]  # fmt: skip
    (folder / "vocab.txt").write_text("\n".join(words))
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=32, num_labels=classes, **({"id2label": names} if names else {}),
    )  # fmt: skip
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    transformers.BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


@pytest.mark.integrations
def test_a_model_in_this_process_says_what_it_says_by_itself(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "m", names={0: "wrong", 1: "right"})
    import torch
    import transformers

    entry = cascade(model=str(folder), text="{question}", pair="{output}", labels={})
    results = jk.judge(some(), cascade=entry, rubric="qa")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
    with torch.inference_mode():
        logits = model(**tokenizer("Where?", "Ghent", return_tensors="pt")).logits
    wrong, right = torch.softmax(logits, dim=1)[0].tolist()
    found = results[1].evidence.tiers["classifier"].probs
    assert found == pytest.approx({"wrong": wrong, "right": right}, abs=1e-5)
    (alone,) = jk.judge(some()[1:2], cascade=entry, rubric="qa")
    assert alone.evidence.tiers["classifier"].probs == pytest.approx(found, abs=1e-5), (
        "padding changes nothing"
    )


@pytest.mark.integrations
def test_what_is_too_long_and_what_looks_like_a_token_of_the_model_changes_nothing(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "m", classes=1)
    entry = cascade(model=str(folder), text="{output}", labels={1: "right", 0: "wrong"})
    items = [
        Item(id="1", question="?", references=("a",), outputs=("a " * 40,)),
        Item(id="2", question="?", references=("a",), outputs=("a [SEP] b",)),
        Item(id="3", question="?", references=("a",), outputs=("a b",)),
    ]
    long, marked, plain = jk.judge(items, cascade=entry, rubric="qa")
    assert long.verdict.reason == "classifier: too long for the model: 42 tokens of 32"
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder)

    def by_itself(text: str) -> float:
        tokens = tokenizer(text, return_tensors="pt", split_special_tokens=True)
        assert tokenizer.sep_token_id not in tokens["input_ids"][0, 1:-1].tolist()
        with torch.inference_mode():
            return float(torch.sigmoid(model(**tokens).logits)[0, 0])

    for result, text in ((marked, "a [SEP] b"), (plain, "a b")):
        assert math.isclose(result.evidence.tiers["classifier"].probs["right"], by_itself(text), abs_tol=1e-5)


@pytest.mark.integrations
def test_other_weights_are_another_judge_and_a_missing_model_is_one_line(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "m")

    def fingerprint() -> str | None:
        entry = cascade(model=str(folder), labels={0: "wrong", 1: "right"})
        (result,) = jk.judge(some(1), cascade=entry, rubric="qa")
        return result.evidence.tiers["classifier"].fingerprint

    before = fingerprint()
    assert before == fingerprint()
    import transformers

    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
    model.classifier.bias.data += 1
    model.save_pretrained(folder)
    assert fingerprint() != before
    with pytest.raises(ConfigError, match="cannot be loaded") as told:
        jk.judge(some(1), cascade=cascade(model=str(tmp_path / "nowhere")), rubric="qa")
    assert "\n" not in str(told.value)
