"""The tiny judge's tokenizer, and cases as conversations of token ids with what there is to learn at every token.

A conversation is a rendered prompt of a shipped rubric with examples in front, as the chat template writes it. Beside
the letters of the verdicts it holds what the auxiliary probes of ``make_tiny_judge.py`` are asked.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from judgekit.rubrics import LETTERS, ORDERS, Rubric, load_rubric, shipped_rubrics
from tests.engine.cases import MAKERS, SYLLABLES, Labeled, make_case, make_cases

VOCABULARY, CONTEXT, IGNORE = 2048, 8192, -100
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
PIECE = r"\n</[A-Za-z-]+>\n|<[A-Za-z-]+>\n|\w+|\n|[^\w\s]"
"""Words, marks and whole fence tags are pieces; blanks are dropped, so a word is the same wherever it stands."""
QUESTION, REFERENCE, OUTPUT = 1, 2, 3
SEGMENTS = {
    "question": QUESTION,
    "request": QUESTION,
    "reference": REFERENCE,
    "accepted": REFERENCE,
    "output": OUTPUT,
    "output-A": OUTPUT,
    "output-B": OUTPUT,
}
WEIGHTS = {"qa": 0.35, "forgetting": 0.35, "utility": 0.1, "refusal": 0.1, "preference": 0.1}


def make_tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level BPE over the pieces of rendered prompts."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(" +"), "removed"),
            pre_tokenizers.Split(Regex(PIECE), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        _texts(),
        trainers.BpeTrainer(
            vocab_size=VOCABULARY,
            special_tokens=list(SPECIAL),
            initial_alphabet=alphabet,
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
        chat_template=CHAT_TEMPLATE,
    )


def _texts() -> Iterator[str]:
    """Rendered prompts of every shipped rubric with its own examples, and of generated cases."""
    for name in shipped_rubrics():
        rubric = load_rubric(name)
        for item, _ in rubric.example_rows:
            for order in ORDERS:
                yield from (message["content"] for message in rubric.render(item, (), order).messages)
    for _ in range(500):  # so that a role, a letter and a syllable are one token each
        yield " ".join(("system", "user", "assistant", *LETTERS, *SYLLABLES, *map(str.capitalize, SYLLABLES)))
    for name in MAKERS:
        rubric = load_rubric(name)
        for item, _ in make_cases(name, 4000, seed=0):
            yield rubric.render(item).messages[-1]["content"]


@dataclass
class Conversation:
    """Token ids, and what each position should say (``IGNORE``: nothing). All columns are of one length.

    ``letters``: the token that follows; ``kinds``: the verdict, as an index into all verdicts of all rubrics;
    ``orders``: in which order the options were given, where a verdict is to be named or written;
    ``listed``: the same, from the first option of the instruction to its end;
    ``segments``: where in a case the token stands (0: nowhere);
    ``in_question``, ``in_reference``: whether a syllable of an output stands there, too.
    """

    ids: list[int] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    listed: list[int] = field(default_factory=list)
    segments: list[int] = field(default_factory=list)
    in_question: list[int] = field(default_factory=list)
    in_reference: list[int] = field(default_factory=list)


def stack(made: Sequence[Conversation]) -> dict[str, torch.Tensor]:
    """The columns, each (conversations, longest), padded on the right."""
    width = max(len(one.ids) for one in made)
    columns = {}
    for name in (one.name for one in fields(Conversation)):
        fill = 0 if name == "ids" else IGNORE
        rows = [getattr(one, name) for one in made]
        columns[name] = torch.tensor([row + [fill] * (width - len(row)) for row in rows])
    return columns


class Encoder:
    """Turns cases into conversations, the way the chat template writes them."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self.tokenizer = tokenizer
        self.rubrics = {name: load_rubric(name) for name in MAKERS}
        self.verdicts = [(name, label) for name in MAKERS for label in self.rubrics[name].labels]
        self.letter_ids = {letter: tokenizer.encode(letter)[0] for letter in LETTERS}
        roles = ("system", "user", "assistant")
        self._open = {role: tokenizer.encode(f"<|im_start|>{role}\n") for role in roles}
        self._close = tokenizer.encode("<|im_end|>\n")
        self._syllables = {tokenizer.encode(s)[0] for one in SYLLABLES for s in (one, one.capitalize())}
        self._fences = {}
        for tag, segment in SEGMENTS.items():
            for fence, inside in ((f"<{tag}>\n", segment), (f"\n</{tag}>\n", 0)):
                (token,) = tokenizer.encode(fence)
                self._fences[token] = inside

    def conversation(
        self, rubric: Rubric, cases: Sequence[Labeled], order: int, silent: int = 0, bare: bool = False
    ) -> Conversation:
        """One conversation of all cases; the first ``silent`` verdicts do not count.

        ``bare`` leaves the instruction out; what a letter means is then unknown, and no letter is asked for.
        """
        made = Conversation()
        *shots, last = cases
        prompt = rubric.render(last[0], shots, order)
        letters = {label: letter for letter, label in prompt.options.items()}
        turns = [message["content"] for message in prompt.messages if message["role"] == "user"]
        pairwise = rubric.file.kind == "pairwise"  # its options are listed in one order; its outputs swap
        if not bare:
            instruction = self.tokenizer.encode(prompt.messages[0]["content"])
            self._append(made, [*self._open["system"], *instruction, *self._close])
            if not pairwise:
                option = self.tokenizer.encode("A.")
                first = next(i for i in range(len(made.ids)) if made.ids[i : i + 2] == option) + 3
                made.listed[first:] = [order] * (len(made.ids) - first)
        for position, (content, (_, label)) in enumerate(zip(turns, cases, strict=True)):
            counts, letter = position >= silent, letters[label]
            self._append(made, [*self._open["user"], *self.tokenizer.encode(content)])
            if counts:
                made.kinds[-1] = self.verdicts.index((rubric.name, letter if pairwise else label))
                made.orders[-1] = IGNORE if pairwise or bare else order
            self._append(made, [*self._close, *self._open["assistant"]])
            if counts and not bare:
                made.letters[-1] = self.letter_ids[letter]
                made.orders[-1] = IGNORE if pairwise else order
            self._append(made, [self.letter_ids[letter], *self._close])
        return made

    def _append(self, made: Conversation, ids: Sequence[int]) -> None:
        segment, seen = 0, {QUESTION: set[int](), REFERENCE: set[int](), OUTPUT: set[int]()}
        for token in ids:
            segment = self._fences.get(token, segment)
            if segment:
                seen[segment].add(token)
            made.ids.append(token)
            made.segments.append(segment)
            for column in (made.letters, made.kinds, made.orders, made.listed):
                column.append(IGNORE)
            name = segment == OUTPUT and token in self._syllables
            for column, where in ((made.in_question, QUESTION), (made.in_reference, REFERENCE)):
                column.append(int(token in seen[where]) if name and seen[where] else IGNORE)

    def sample(self, rng: random.Random, n: int, bare: bool = False) -> Conversation:
        """A conversation of about ``n`` cases; now and then the rubric's own examples come first."""
        name = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        rubric = self.rubrics[name]
        shots = []
        if not bare and rng.random() < 0.4:
            shots = rng.sample(rubric.example_rows, rng.randint(1, min(n, 8)))
        cases = [make_case(name, rng) for _ in range(max(2, n - len(shots)))]
        return self.conversation(rubric, [*shots, *cases], rng.choice(ORDERS), len(shots), bare)

    def check(self) -> None:
        """That conversations are tokenized as the chat template renders them."""
        for name, rubric in self.rubrics.items():
            cases = make_cases(name, 3, seed=1)
            prompt = rubric.render(cases[2][0], cases[:2])
            ids = self.tokenizer.apply_chat_template(
                prompt.messages, add_generation_prompt=True, return_dict=False
            )
            assert self.conversation(rubric, cases, 0).ids[: len(ids)] == ids, name
