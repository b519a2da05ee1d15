"""Models that decide in one pass: a text classifier or reward model gives the probabilities of all labels at once.

It runs in this process (transformers) or on a server with vLLM's route ``/classify``, which SGLang has too. What is
classified is the item's texts put into a template, with nothing of the rubric's prompt: the model was trained to know
what is asked.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field, field_validator, model_validator

from judgekit.errors import ConfigError, MissingExtra
from judgekit.judges.elsewhere.asking import Entry, ItemBackend, ItemJudge, pointwise
from judgekit.judges.elsewhere.opinion import Opinion, Unreadable
from judgekit.judges.vllm.backend import model_id
from judgekit.records import Evidence, Item
from judgekit.rubrics import Rubric
from judgekit.runs.budget import Budget

if TYPE_CHECKING:
    from judgekit.judges import Context
    from judgekit.judges.openai.keys import Keys

_FIELD = re.compile(r"\{(\w+)\}")
_FIELDS = ("question", "reference", "output")
_WORKERS = 32
_TRIES = 4
_PAUSE = 0.25


class ClassifierEntry(Entry):
    """The judge's entry in a cascade file.

    Attributes
    ----------
    model : str
        A local folder or Hugging Face name; behind ``base_url`` the name under which the server has it.
    base_url : str, optional
        A server's address without the route (``http://localhost:8000``); None: the model runs in this process.
    api_key_env : str, optional
        The environment variable that holds the server's key.
    text, pair : str
        What is classified, and the second text of a model that takes pairs; ``{question}``, ``{reference}`` and
        ``{output}`` stand for the item's texts.
    timeout : float
        Seconds for one request.

    ``labels`` maps every class, by its number or by the model's name for it, to a label; several classes may be one.
    A model with a single output (a reward model) has the classes 1, with the output's sigmoid, and 0.
    """

    model: str
    base_url: str | None = None
    api_key_env: str | None = None
    text: str = "{question}\n{output}"
    pair: str = ""
    timeout: float = Field(60.0, gt=0)

    @field_validator("text", "pair")
    @classmethod
    def _known(cls, template: str) -> str:
        if unknown := set(_FIELD.findall(template)) - set(_FIELDS):
            raise ValueError(f"unknown field '{{{min(unknown)}}}'; known: {', '.join(_FIELDS)}")
        return template

    @model_validator(mode="after")
    def _one_text(self) -> ClassifierEntry:
        if self.base_url and self.pair:
            raise ValueError("a server takes one text: put both into 'text', or leave out 'base_url'")
        return self

    def filled(self, template: str, item: Item) -> str:
        """A template with the item's texts."""
        return _FIELD.sub(lambda found: str(getattr(item, found[1])), template)


class _Classifier(ItemBackend):
    """What both ways of asking a classifier have in common."""

    entry: ClassifierEntry

    def identity(self) -> dict[str, object]:
        """The model and what it is given, but not where it runs."""
        entry = self.entry
        return {
            "classifier": model_id(entry.model),
            "version": entry.version,
            "text": entry.text,
            "pair": entry.pair,
            "labels": entry.labels,
        }


class LocalClassifier(_Classifier):
    """A sequence classifier in this process; it is loaded when it is first asked.

    A text that is longer than the model takes is no opinion: a part of it might say something else. Nothing in a
    text is read as a special token.
    """

    together = 16

    def __init__(self, entry: ClassifierEntry, budget: Budget | None = None) -> None:
        super().__init__(entry, budget, 1)
        self._loaded: Any = None

    async def opinions(self, items: Sequence[Item], rubric: Rubric) -> Sequence[Opinion]:
        """The probabilities of the classes for every item."""
        return await asyncio.to_thread(self._classified, items, rubric)

    def _classified(self, items: Sequence[Item], rubric: Rubric) -> list[Opinion]:
        if self._loaded is None:
            self._loaded = _load(self.entry.model)
        torch, tokenizer, model = self._loaded
        texts = [self.entry.filled(self.entry.text, item) for item in items]
        pairs = [self.entry.filled(self.entry.pair, item) for item in items] if self.entry.pair else None
        tokens = tokenizer(texts, pairs, split_special_tokens=True)["input_ids"]
        longest = min(tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", math.inf))
        fits = [at for at, one in enumerate(tokens) if len(one) <= longest]
        found: list[Opinion] = [
            Evidence.missing(f"too long for the model: {len(one)} tokens of {longest}") for one in tokens
        ]
        if fits:
            batch = tokenizer(
                [texts[at] for at in fits],
                [pairs[at] for at in fits] if pairs else None,
                split_special_tokens=True,
                padding=len(fits) > 1,
                return_tensors="pt",
            ).to(model.device)
            with torch.inference_mode():
                logits = model(**batch).logits.float()
            probs = torch.sigmoid(logits) if logits.shape[1] == 1 else torch.softmax(logits, dim=1)
            names = {int(number): str(name) for number, name in (model.config.id2label or {}).items()}
            for at, row in zip(fits, probs.tolist(), strict=True):
                found[at] = self._named(row, names, rubric)
        return found

    def _named(self, row: Sequence[float], names: Mapping[int, str], rubric: Rubric) -> Opinion:
        """Probabilities by the model's names for its classes, where the entry or the rubric knows them."""
        known = {*self.entry.labels, *rubric.labels}
        classes = _classes(row)
        if len(row) > 1 and all(names.get(int(number)) in known for number in classes):
            return {names[int(number)]: p for number, p in classes.items()}
        return classes


class ServedClassifier(_Classifier):
    """A classifier behind a server's route ``/classify``.

    Parameters
    ----------
    entry : ClassifierEntry
        Names the server.
    budget : Budget, optional
        That of the run.
    keys : Keys, optional
        Which keys may go where; None: nothing will be asked.
    """

    def __init__(self, entry: ClassifierEntry, budget: Budget | None, keys: Keys | None) -> None:
        from judgekit.judges.openai.endpoint import Endpoint
        from judgekit.judges.openai.keys import NO_KEY
        from judgekit.judges.openai.throttle import Throttle

        super().__init__(entry, budget, _WORKERS)
        url = entry.base_url or ""
        key = NO_KEY if keys is None else keys.key(url, entry.api_key_env)
        self._endpoint = Endpoint(url, key, timeout=entry.timeout, throttle=Throttle(self._workers))

    async def opinions(self, items: Sequence[Item], rubric: Rubric) -> Sequence[Opinion]:
        """The probabilities of the classes for the one item."""
        (item,) = items
        text = self.entry.filled(self.entry.text, item)
        answer = await self._sent({"model": self.entry.model, "input": text})
        data = answer.get("data") if isinstance(answer, dict) else None
        row = data[0].get("probs") if isinstance(data, list) and len(data) == 1 else None
        if not isinstance(row, list) or not row:
            raise Unreadable("no probabilities in the server's answer")
        return [_classes(row)]

    async def close(self) -> None:
        """See ``Backend.close``: closes the connections."""
        await self._endpoint.close()

    async def _sent(self, body: Mapping[str, Any]) -> Any:
        from judgekit.judges.openai.endpoint import Transient

        for tried in range(_TRIES - 1):
            try:
                return await self._endpoint.send("POST", f"{self._endpoint.url}/classify", body)
            except Transient:
                await asyncio.sleep(_PAUSE * 2**tried)
        return await self._endpoint.send("POST", f"{self._endpoint.url}/classify", body)


class ClassifierJudge(ItemJudge):
    """A model that decides in one pass (``judge: classifier``)."""

    kind = "classifier"
    description = "a text classifier or reward model, here or on a vLLM server"

    @classmethod
    def make_backend(cls, spec: Mapping[str, Any], context: Context) -> ItemBackend:
        """The model that the entry names."""
        entry = ClassifierEntry.model_validate(spec)
        pointwise(cls.kind, context.rubric)
        if entry.base_url is not None:
            return ServedClassifier(entry, context.budget, context.keys)
        return LocalClassifier(entry, context.budget)


def _classes(row: Sequence[float]) -> dict[str, float]:
    """Class number -> probability; a single output is that of class 1."""
    if len(row) == 1:
        return {"1": row[0], "0": 1 - row[0]}
    return {str(number): p for number, p in enumerate(row)}


def _load(model: str) -> tuple[Any, Any, Any]:
    """Torch, the tokenizer and the model, on a GPU where there is one; no code of the model's and no pickle is run."""
    try:
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
    except ImportError as error:
        raise MissingExtra("judge 'classifier' in this process", "semantic", error) from None
    try:
        loaded = AutoModelForSequenceClassification.from_pretrained(model, use_safetensors=True).eval()
        tokenizer = AutoTokenizer.from_pretrained(model)
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split())
        raise ConfigError(f"judge 'classifier': the model '{model}' cannot be loaded: {why}") from None
    return torch, tokenizer, loaded.to("cuda" if torch.cuda.is_available() else "cpu")
