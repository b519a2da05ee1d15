"""Builds and trains the tiny judge in ``tiny-judge/``: tokenizer, chat template and a Llama of about 1 M parameters.

It learns judgekit's own rubrics in their rendered form, with simulated-annotator examples in front, from generated
cases (``cases.py``). One training sequence is one conversation of many cases, and every verdict in it counts: the
first is a zero-shot verdict, the last has all the others in front.

Auxiliary losses make so small a model learn in minutes: probes on the way up name the segment a token stands in, mark
the tokens of an output that question and reference have too, and name verdict and order before they become a letter.
One head starts as "look for this token further up".

    python -m tests.engine.make_tiny_judge OUT [--minutes 20] [--threads 1] [--resume CHECKPOINT]

Minutes are of processor time, so that a busy machine does not change what is learned. Ctrl-C stops; what is in OUT is
the best seen so far.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from judgekit.rubrics import LETTERS, ORDERS, Rubric, load_rubric, shipped_rubrics
from tests.engine.cases import MAKERS, SYLLABLES, Labelled, make_case, make_cases

VOCABULARY, CONTEXT, IGNORE = 2048, 8192, -100
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
PIECE = r"\n</[A-Za-z-]+>\n|<[A-Za-z-]+>\n|\w+|\n|[^\w\s]"
"""Words, marks and whole fence tags are pieces; blanks are dropped, so a word is the same wherever it stands."""
SEGMENTS = {
    "question": 1,
    "request": 1,
    "reference": 2,
    "accepted": 2,
    "output": 3,
    "output-A": 3,
    "output-B": 3,
}
WEIGHTS = {"qa": 0.35, "forgetting": 0.35, "utility": 0.1, "refusal": 0.1, "preference": 0.1}


def make_tokenizer(texts: Iterator[str]) -> PreTrainedTokenizerFast:
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
        texts,
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


def prompt_texts(seed: int = 0) -> Iterator[str]:
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
        for item, _ in make_cases(name, 4000, seed):
            yield rubric.render(item).messages[-1]["content"]


def make_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=4,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=64,
        max_position_embeddings=CONTEXT,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6},
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        model.model.embed_tokens.weight.normal_(std=0.5)  # tokens outweigh what the first layer adds
        model.model.norm.weight.fill_(0.2)  # the embedding is the output layer, too
        # The first head of the second layer has equal queries and keys, in the dimensions that hardly turn within
        # a case: a token attends to its like.
        slow = [i for i in range(64) if i % 32 >= 11]
        attention = model.model.layers[1].self_attn
        attention.k_proj.weight[:64] = 0
        attention.k_proj.weight[slow] = torch.randn(len(slow), 128) * 0.3
        attention.q_proj.weight[:64] = attention.k_proj.weight[:64]
    return model


@dataclass
class Conversation:
    """Token ids, and what each position should say (``IGNORE``: nothing).

    ``letters``: the token that follows; ``kinds``: the verdict, as an index into all verdicts of all rubrics;
    ``orders``: in which order the options were given, where a verdict is to be named or written;
    ``listed``: the same, from the first option of the instruction to its end;
    ``segments``: where in a case the token stands (1 question, 2 reference, 3 output, 0 elsewhere);
    ``copied``: whether a syllable of an output also stands in the question, and in the reference.
    """

    ids: list[int] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    listed: list[int] = field(default_factory=list)
    segments: list[int] = field(default_factory=list)
    copied: list[list[int]] = field(default_factory=list)


class Encoder:
    """Turns cases into conversations, the way the chat template writes them."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, orders: int) -> None:
        self.tokenizer, self.orders = tokenizer, ORDERS[:orders]
        self.rubrics = {name: load_rubric(name) for name in MAKERS}
        self.verdicts = [(name, label) for name in MAKERS for label in self.rubrics[name].labels]
        self.letter_ids = {letter: tokenizer.encode(letter)[0] for letter in LETTERS}
        self.open = {
            role: tokenizer.encode(f"<|im_start|>{role}\n") for role in ("system", "user", "assistant")
        }
        self.close = tokenizer.encode("<|im_end|>\n")
        self.syllables = {tokenizer.encode(s)[0] for one in SYLLABLES for s in (one, one.capitalize())}
        self.fences = {}
        for tag, segment in SEGMENTS.items():
            for fence, inside in ((f"<{tag}>\n", segment), (f"\n</{tag}>\n", 0)):
                (token,) = tokenizer.encode(fence)
                self.fences[token] = inside

    def conversation(
        self, rubric: Rubric, cases: Sequence[Labelled], order: int, silent: int = 0, bare: bool = False
    ) -> Conversation:
        """One conversation of all cases; the first ``silent`` verdicts do not count.

        ``bare`` leaves the instruction out; what a letter means is then unknown, and no letter is asked for.
        """
        made = Conversation()
        *shots, last = cases
        prompt = rubric.render(last[0], shots, order)
        letters = {label: letter for letter, label in prompt.options.items()}
        turns = [message["content"] for message in prompt.messages if message["role"] == "user"]
        if not bare:
            instruction = self.tokenizer.encode(prompt.messages[0]["content"])
            self._append(made, [*self.open["system"], *instruction, *self.close])
            if rubric.file.kind != "pairwise":
                option = self.tokenizer.encode("A.")
                first = next(i for i in range(len(made.ids)) if made.ids[i : i + 2] == option) + 3
                made.listed[first:] = [order] * (len(made.ids) - first)
        for position, (content, (_, label)) in enumerate(zip(turns, cases, strict=True)):
            letter = letters[label]
            self._append(made, self.open["user"])
            self._append(made, self.tokenizer.encode(content))
            if position >= silent:
                verdict = letter if rubric.file.kind == "pairwise" else label
                made.kinds[-1] = self.verdicts.index((rubric.name, verdict))
                if rubric.file.kind != "pairwise" and not bare:
                    made.orders[-1] = order
            self._append(made, [*self.close, *self.open["assistant"]])
            if position >= silent and not bare:
                made.letters[-1] = self.letter_ids[letter]
                if rubric.file.kind != "pairwise":
                    made.orders[-1] = order
            self._append(made, [self.letter_ids[letter], *self.close])
        return made

    def _append(self, made: Conversation, ids: Sequence[int]) -> None:
        segment, seen = 0, {1: set[int](), 2: set[int](), 3: set[int]()}
        for token in ids:
            segment = self.fences.get(token, segment)
            if segment:
                seen[segment].add(token)
            made.ids.append(token)
            made.letters.append(IGNORE)
            made.kinds.append(IGNORE)
            made.orders.append(IGNORE)
            made.listed.append(IGNORE)
            made.segments.append(segment)
            name = segment == 3 and token in self.syllables
            made.copied.append([int(token in seen[n]) if name and seen[n] else IGNORE for n in (1, 2)])

    def check(self) -> None:
        """That conversations are tokenized as the chat template renders them."""
        for name, rubric in self.rubrics.items():
            cases = make_cases(name, 3, seed=1)
            prompt = rubric.render(cases[2][0], cases[:2])
            ids = self.tokenizer.apply_chat_template(
                prompt.messages, add_generation_prompt=True, return_dict=False
            )
            assert self.conversation(rubric, cases, 0).ids[: len(ids)] == ids, name

    def sample(self, rng: random.Random, n: int, bare: bool = False) -> Conversation:
        """A conversation of about ``n`` cases; now and then the rubric's own examples come first."""
        name = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        rubric = self.rubrics[name]
        shots = (
            [] if bare or rng.random() < 0.6 else rng.sample(rubric.example_rows, rng.randint(1, min(n, 8)))
        )
        cases = [make_case(name, rng) for _ in range(max(2, n - len(shots)))]
        return self.conversation(rubric, [*shots, *cases], rng.choice(self.orders), len(shots), bare)


def stack(made: Sequence[Conversation]) -> dict[str, torch.Tensor]:
    """The columns, each (conversations, longest), padded on the right; ``copied`` with a last axis of 2."""
    width = max(len(one.ids) for one in made)
    fills = {
        "ids": 0,
        "letters": IGNORE,
        "kinds": IGNORE,
        "orders": IGNORE,
        "listed": IGNORE,
        "segments": IGNORE,
        "copied": [IGNORE, IGNORE],
    }
    return {
        name: torch.tensor([getattr(one, name) + [fill] * (width - len(one.ids)) for one in made])
        for name, fill in fills.items()
    }


def masked_loss(probe: torch.nn.Module, hidden: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of a probe where something is wanted; 0 where nothing is."""
    there = wanted != IGNORE
    return F.cross_entropy(probe(hidden[there]), wanted[there]) if there.any() else hidden.sum() * 0


def accuracy(
    model: LlamaForCausalLM, encoder: Encoder, name: str, shots: int, held: bool, n: int = 200
) -> float:
    """Share of right letters on unseen cases behind ``shots`` of the rubric's own examples, over the encoder's orders."""
    rng = random.Random(f"{name}-{shots}-{held}-evaluation")
    rubric, right = encoder.rubrics[name], 0
    model.eval()
    with torch.no_grad():
        for start in range(0, n, 20):
            made = []
            for index in range(start, start + 20):
                front = rng.sample(rubric.example_rows, shots)
                made.append(
                    encoder.conversation(
                        rubric, [*front, make_case(name, rng, held)], index % len(encoder.orders), shots
                    )
                )
            batch = stack(made)
            ids, letters = batch["ids"], batch["letters"]
            row, column = (letters != IGNORE).nonzero(as_tuple=True)
            hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state[row, column]
            options = torch.tensor([encoder.letter_ids[letter] for letter in LETTERS[: len(rubric.labels)]])
            guesses = options[model.lm_head(hidden)[:, options].argmax(-1)]
            right += int((guesses == letters[row, column]).sum())
    model.train()
    return right / n


def train(
    out: Path, minutes: float, threads: int, orders: int = 2, resume: Path | None = None, seed: int = 0
) -> None:
    """Train for so many minutes of processor time and keep the best checkpoint in ``out``."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    rng = random.Random(seed)
    if resume is None:
        tokenizer = make_tokenizer(prompt_texts())
        model = make_model(tokenizer)
    else:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(resume)
        model = LlamaForCausalLM.from_pretrained(resume)
    encoder = Encoder(tokenizer, orders)
    kind_probe, segment_probe = torch.nn.Linear(128, len(encoder.verdicts)), torch.nn.Linear(128, 4)
    order_probe, list_probe, *copy_probes = (torch.nn.Linear(128, 2) for _ in range(4))
    probes = torch.nn.ModuleList([kind_probe, segment_probe, order_probe, list_probe, *copy_probes])
    parameters = [*model.parameters(), *probes.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01)
    encoder.check()
    tokenizer.save_pretrained(out)
    print(f"parameters {sum(p.numel() for p in model.parameters())}, vocabulary {len(tokenizer)}", flush=True)
    begin, step, best, running = time.process_time(), 0, 0.0, {}
    skipped = 0.0 if resume is None else 0.3
    next_check = 0.3
    while (done := skipped + (1 - skipped) * (time.process_time() - begin) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = 1.2e-3 * min(1, (step + 1) / 50) * min(1, max(0.02, (1 - done) / 0.4))
        bare = done < 0.15 or (done < 0.3 and rng.random() < 0.3)
        n = 4 if bare else 8 if done < 0.55 else rng.choice((8, 8, 16, 32))
        batch = stack([encoder.sample(rng, n, bare) for _ in range(48 // n if bare else 64 // n)])
        with torch.autocast("cpu", torch.bfloat16):
            output = model.model(input_ids=batch["ids"], use_cache=False, output_hidden_states=True)
            asked = batch["letters"] != IGNORE
            logits = model.lm_head(output.last_hidden_state[asked]).float()
        hidden = [state.float() for state in output.hidden_states]
        if resume is not None and step < 30:  # new probes only read at first
            hidden = [state.detach() for state in hidden]
        losses = {
            "letter": F.cross_entropy(logits, batch["letters"][asked]) if asked.any() else logits.sum(),
            "kind": masked_loss(kind_probe, hidden[3], batch["kinds"]),
            "order": masked_loss(order_probe, hidden[3], batch["orders"]),
            "listed": masked_loss(list_probe, hidden[2], batch["listed"]),
            "copied": masked_loss(copy_probes[0], hidden[2], batch["copied"][..., 0])
            + masked_loss(copy_probes[1], hidden[2], batch["copied"][..., 1]),
            "segment": masked_loss(segment_probe, hidden[1], batch["segments"]),
        }
        optimizer.zero_grad()
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        if asked.any():
            losses["right"] = (logits.argmax(-1) == batch["letters"][asked]).float().mean()
        for key, value in losses.items():
            running[key] = 0.98 * running.get(key, value.item()) + 0.02 * value.item()
        if step % 100 == 0:
            shown = " ".join(f"{key} {value:.3f}" for key, value in running.items())
            print(f"{done:.0%} step {step}: {shown}", flush=True)
        if done > next_check:
            next_check += 0.1
            scores = {name: accuracy(model, encoder, name, 3, held=True, n=60) for name in MAKERS}
            print("   held-out words, 3 examples:", scores, flush=True)
            if (mean := sum(scores.values()) / len(scores)) >= best:
                best = mean
                model.save_pretrained(out)
    model.save_pretrained(out)


def evaluate(out: Path, orders: int) -> dict[str, dict[str, float]]:
    """Accuracy of a saved judge by rubric, for seen and held-out words and several numbers of examples."""
    tokenizer = PreTrainedTokenizerFast.from_pretrained(out)
    encoder, model = Encoder(tokenizer, orders), LlamaForCausalLM.from_pretrained(out)
    return {
        name: {
            f"{'held-out' if held else 'seen'} words, {shots} examples": accuracy(
                model, encoder, name, shots, held
            )
            for held in (False, True)
            for shots in (0, 3, 8)
        }
        for name in MAKERS
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=20, help="of processor time (default: %(default)s)")
    parser.add_argument("--orders", type=int, default=2, choices=(1, 2), help="1: only as written")
    parser.add_argument("--resume", type=Path, help="go on from this checkpoint, after the first 30 %%")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        train(arguments.out, arguments.minutes, arguments.threads, arguments.orders, arguments.resume)
    print(json.dumps(evaluate(arguments.out, arguments.orders), indent=1))
