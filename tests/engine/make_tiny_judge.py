"""Builds and trains the tiny judge in ``tiny-judge/``: tokenizer, chat template and a Llama of about 1 M parameters.

It learns judgekit's own rubrics in their rendered form, in both orders and with simulated-annotator examples in front,
from generated cases (``cases.py``). One training sequence is one conversation of many cases (``conversations.py``),
and every verdict in it counts: the first is a zero-shot verdict, the last has all the others in front.

Auxiliary losses make so small a model learn in minutes: probes on the way up name the segment a token stands in, mark
the syllables of an output that question and reference have too, tell in which order the options are listed, and name
verdict and order before the last layer makes a letter of them. One head starts as "look for this token further up".

    python -m tests.engine.make_tiny_judge OUT [--steps 1500] [--seed 0]

About ten minutes on one core. OUT is the checkpoint that did best on words that training never shows, in half
precision; what it can do is printed.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.utils import logging

from judgekit.rubrics import LETTERS, ORDERS
from tests.engine.cases import MAKERS, make_case
from tests.engine.conversations import CONTEXT, IGNORE, VOCABULARY, Encoder, make_tokenizer, stack

WIDTH, HEAD = 128, 64


def make_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=4,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=HEAD,
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
        slow = [i for i in range(HEAD) if i % (HEAD // 2) >= 11]
        attention = model.model.layers[1].self_attn
        attention.k_proj.weight[:HEAD] = 0
        attention.k_proj.weight[slow] = torch.randn(len(slow), WIDTH) * 0.3
        attention.q_proj.weight[:HEAD] = attention.k_proj.weight[:HEAD]
    return model


class Probes(torch.nn.Module):
    """Linear read-outs of the hidden states on the way up; their losses are added to that of the letters."""

    def __init__(self, verdicts: int) -> None:
        super().__init__()
        after = {  # column of a conversation: (layers passed, classes)
            "segments": (1, 4),
            "in_question": (2, 2),
            "in_reference": (2, 2),
            "listed": (2, 2),
            "orders": (3, 2),
            "kinds": (3, verdicts),
        }
        self.layers = {column: layer for column, (layer, _) in after.items()}
        self.read = torch.nn.ModuleDict(
            {column: torch.nn.Linear(WIDTH, classes) for column, (_, classes) in after.items()}
        )

    def losses(
        self, states: Sequence[torch.Tensor], batch: dict[str, torch.Tensor]
    ) -> dict[str, torch.Tensor]:
        """Mean cross-entropy of every probe where something is wanted of it."""
        losses = {}
        for column, read in self.read.items():
            there = batch[column] != IGNORE
            if there.any():
                state = states[self.layers[column]][there].float()
                losses[column] = F.cross_entropy(read(state), batch[column][there])
        return losses


def train(out: Path, steps: int, seed: int) -> None:
    """Train for so many steps and keep the best checkpoint in ``out``."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = random.Random(seed)
    tokenizer = make_tokenizer()
    tokenizer.save_pretrained(out)
    encoder, model = Encoder(tokenizer), make_model(tokenizer)
    encoder.check()
    probes = Probes(len(encoder.verdicts))
    parameters = [*model.parameters(), *probes.parameters()]
    optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.98), weight_decay=0.01)
    best, running = 0.0, {}
    for step in range(1, steps + 1):
        done = step / steps
        for group in optimizer.param_groups:
            group["lr"] = 1.2e-3 * min(1, step / 50, max(0.02, (1 - done) / 0.4))
        bare = done < 0.2 or (done < 0.3 and rng.random() < 0.3)  # first to read, then to write letters
        n = 4 if bare else 8 if done < 0.6 else rng.choice((8, 8, 16, 32))
        batch = stack([encoder.sample(rng, n, bare) for _ in range((48 if bare else 64) // n)])
        with torch.autocast("cpu", torch.bfloat16):
            passed = model.model(input_ids=batch["ids"], use_cache=False, output_hidden_states=True)
            asked = batch["letters"] != IGNORE
            logits = model.lm_head(passed.last_hidden_state[asked]).float()
        losses = probes.losses(passed.hidden_states, batch)
        if asked.any():
            losses["letters"] = F.cross_entropy(logits, batch["letters"][asked])
        optimizer.zero_grad()
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        for key, value in losses.items():
            running[key] = 0.98 * running.get(key, value.item()) + 0.02 * value.item()
        if step % 100 == 0:
            print(f"step {step}:", *(f"{key} {value:.3f}" for key, value in running.items()), flush=True)
        if step % 50 == 0 and done > 0.6:
            scores = [ability(model, encoder, name, 3, n=60)["right"] for name in MAKERS]
            print("   right on held-out words:", scores, flush=True)
            if (mean := sum(map(sum, scores))) >= best:
                best = mean
                copy.deepcopy(model).half().save_pretrained(out)


def ability(
    model: LlamaForCausalLM, encoder: Encoder, name: str, shots: int, n: int
) -> dict[str, list[float] | float]:
    """How well cases of held-out words are judged behind ``shots`` of the rubric's own examples.

    ``right``: the share of right verdicts in either order; ``order_inconsistency``: the share of cases whose verdict depends on it.
    """
    rng = random.Random(f"{name}-{shots}")
    rubric, said, labels = encoder.rubrics[name], [], []
    meant = [list(rubric.render(make_case(name, rng)[0], (), order).options.values()) for order in ORDERS]
    letters = [encoder.letter_ids[letter] for letter in LETTERS[: len(rubric.labels)]]
    model.eval()
    for _ in range(n):
        case = make_case(name, rng, held=True)
        cases = [*rng.sample(rubric.example_rows, shots), case]
        batch = stack([encoder.conversation(rubric, cases, order, shots) for order in ORDERS])
        with torch.no_grad():
            states = model.model(input_ids=batch["ids"], use_cache=False).last_hidden_state
            guesses = model.lm_head(states[batch["letters"] != IGNORE])[:, letters].argmax(-1)
        said.append([meant[order][int(guess)] for order, guess in zip(ORDERS, guesses, strict=True)])
        labels.append(case[1])
    model.train()
    return {
        "right": [
            sum(one[order] == label for one, label in zip(said, labels, strict=True)) / n for order in ORDERS
        ],
        "order_inconsistency": sum(one[0] != one[1] for one in said) / n,
    }


def evaluate(out: Path, n: int = 500) -> dict[str, dict[str, dict[str, list[float] | float]]]:
    """What a saved judge can do, by rubric and number of examples."""
    encoder = Encoder(PreTrainedTokenizerFast.from_pretrained(out))
    model = LlamaForCausalLM.from_pretrained(out, dtype=torch.float32)
    return {
        name: {f"{shots} examples": ability(model, encoder, name, shots, n) for shots in (0, 3, 8)}
        for name in MAKERS
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=1500, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    logging.disable_progress_bar()
    train(arguments.out, arguments.steps, arguments.seed)
    print(json.dumps(evaluate(arguments.out), indent=1))
