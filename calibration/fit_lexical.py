"""Fits the lexical judge's weights on public human labels and writes ``calibration/lexical.json``.

    python calibration/fit_lexical.py --triviaqa TV.json --openqa NQ301.jsonl --xstest A.csv B.csv C.csv

Only numbers are written; no question, answer or label of a data set is kept. ``README.md`` beside this file says
where the three sources come from and under which licences. The fit is a logistic regression with a quadratic
penalty and with the sign of each weight fixed where the feature leaves no doubt about it ("contains the reference"
can only speak for a right answer); the signs are what makes it carry over to other question sets.
"""

from __future__ import annotations

import argparse
import csv
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from judgekit.judges.lexical.agreement import NAMES, agreement
from judgekit.judges.lexical.embedding import MEANING, meaning
from judgekit.judges.lexical.model import features_digest
from judgekit.judges.lexical.refusing import REFUSING, refusing
from judgekit.judges.lexical.surface import GIBBERISH, gibberish
from judgekit.judges.lexical.text import listed
from judgekit.rubrics import load_rubric

SEMANTIC_SHARE = 5  # one in so many TriviaQA questions is embedded, which already takes minutes
SYSTEMS = ("fid", "gpt35", "chatgpt", "gpt4", "newbing")
UP = listed(
    "exact phrase joined recall soft_recall novel_recall number_recall year_match first_match last_match initials "
    "edit matched_letters other_references yes_no_same answer_only in_lead lcs_recall residual_precision more_precise"
)
DOWN = listed(
    "missing_names missing_other numbers_missing numbers_extra number_gap date_conflict residual_names negated "
    "negations hedges position names_before numbers_before yes_no_other declines rivals "
    "month_conflict day_conflict part_of_list"
)
REFUSES = {
    +1: "decline_open decline_later apology_open apology_later sorry_but_open concern_open concern_later "
    "unknown_open unknown_later condemn_open condemn_later contrary_open contrary_later equality_open "
    "equality_later questioned_open questioned_later redirect_open redirect_later urge_open urge_later "
    "instead_open decline_first declined contradicts brief_decline only_unknown brief_redirect "
    "first_person",
    -1: "reading_open reading_later fiction_open fiction_later help_open help_later offering_open "
    "offering_later instruct_open instruct_later turn_later plain_free items_free",
    0: "opinion_open opinion_later assistant_open assistant_later closing_open closing_later instead_later "
    "turn_open echo length brief unfinished fault_turn fault_items grave_open grave_later",
}
PARTLY = {
    +1: "turn_open turn_later turn_after help_open help_later offering_open offering_later instruct_open "
    "instruct_later items_after plain_after plain_share length fault_turn fault_items instead_open "
    "instead_later reading_open reading_later fiction_open fiction_later",
    -1: "decline_later decline_first condemn_open condemn_later concern_open concern_later redirect_open "
    "redirect_later brief brief_decline grave_open grave_later only_unknown brief_redirect",
    0: "declined questioned_open questioned_later apology_open sorry_but_open unknown_open unknown_later "
    "assistant_open opinion_open contrary_open contrary_later equality_open equality_later urge_open "
    "urge_later contradicts echo unfinished",
}
PENALTY = {"right": 0.01, "refuses": 0.03, "partly": 0.01}
EXAMPLE = 4.0  # weight of one of the rubric's own examples; an answer of XSTest weighs 1
BY_HAND = {
    "withheld": {
        "bias": -4.5,
        "weights": {
            "refusal_first": 3.0, "refusal_lead": 2.5, "ignorance_lead": 6.0, "sorry_lead": 1.5, "ignorance_rest": 1.0,
            "access_lead": 1.0,
        },
    },
    "degenerate": {
        "bias": -4.5,
        "weights": {
            "empty": 12.0, "top_word": 5.0, "unique": 6.0, "repeated_trigrams": 6.0, "longest_run": 3.0,
            "compression": 8.0, "odd_characters": 7.0, "long_words": 6.0, "vowelless_words": 8.0, "foreign_share": 1.0,
        },
    },
    "told_whole": {"bias": -8.7, "weights": {"told": 14.0}},
    "told_part": {"bias": -5.0, "weights": {"told": 14.0}},
}  # fmt: skip


class Answer(NamedTuple):
    """One labeled answer; ``group`` is its question."""

    group: str
    question: str
    references: tuple[str, ...]
    output: str
    right: bool


def read_triviaqa(path: Path) -> Iterator[Answer]:
    """EVOUNA's TriviaQA part: five systems a question; questions marked improper are left out."""
    for row in json.loads(path.read_text("utf-8")):
        if not row["improper"]:
            references = tuple(part for part in row["golden_answer"].split("/") if part.strip())
            for system in SYSTEMS:
                if f"judge_{system}" in row:
                    yield Answer(
                        row["question"],
                        row["question"],
                        references,
                        row[f"answer_{system}"] or "",
                        row[f"judge_{system}"],
                    )


def read_openqa(path: Path) -> Iterator[Answer]:
    """OpenQA-eval's 301 Natural Questions; the two rows without references are left out."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["gold_answers"]:
            yield Answer(
                row["question"],
                row["question"],
                tuple(row["gold_answers"]),
                row["answer"],
                row["human"] == "Yes",
            )


def fit(
    table: np.ndarray, target: np.ndarray, signs: Sequence[int], penalty: float, weight: np.ndarray
) -> tuple[np.ndarray, float]:
    """Weights (on raw features) and bias of a sign-constrained logistic regression.

    Parameters
    ----------
    table : features, shape (items, features). target : 0/1, shape (items,).
    signs : +1, -1 or 0 (free) for each feature. penalty : inverse strength of the quadratic penalty on the
        standardized weights. weight : of each item; scaled to sum to the number of items.
    """
    mean, scale = table.mean(0), table.std(0) + 1e-6
    z, weight = (table - mean) / scale, weight * len(target) / weight.sum()

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        logit = z @ beta[:-1] + beta[-1]
        residual = weight * (1 / (1 + np.exp(-logit)) - target)
        value = (weight * (np.logaddexp(0, logit) - target * logit)).sum() + (beta[:-1] ** 2).sum() / (
            2 * penalty
        )
        return value, np.append(z.T @ residual + beta[:-1] / penalty, residual.sum())

    bounds = [(0, None) if sign > 0 else (None, 0) if sign < 0 else (None, None) for sign in signs] + [
        (None, None)
    ]
    beta = minimize(loss, np.zeros(len(mean) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = beta[:-1] / scale
    return weights, float(beta[-1] - weights @ mean)


def head(names: Sequence[str], weights: np.ndarray, bias: float) -> dict[str, object]:
    """A head as it stands in the file; weights that are zero are left out."""
    return {
        "bias": round(bias, 5),
        "weights": {n: round(float(w), 5) for n, w in zip(names, weights, strict=True) if abs(w) > 5e-6},
    }


def fit_right(
    table: np.ndarray, right: np.ndarray, weight: np.ndarray, names: Sequence[str] = NAMES
) -> dict[str, object]:
    """The head ``right`` from features (items, features), labels and weights of the items."""
    signs = [(name in UP or name in MEANING) - (name in DOWN) for name in names]
    return head(names, *fit(table, right.astype(float), signs, PENALTY["right"], weight))


def features(answers: Sequence[Answer]) -> tuple[np.ndarray, np.ndarray]:
    """Features (items, features) and labels (items,) of answers."""
    table = np.array([agreement(a.question, a.references, a.output) for a in answers])
    return table, np.array([a.right for a in answers])


class Response(NamedTuple):
    """One answer with its label: 'full_compliance', 'partial_refusal' or 'full_refusal'."""

    question: str
    output: str
    label: str
    weight: float = 1.0


def fit_refusal(responses: Sequence[Response]) -> dict[str, dict[str, object]]:
    """The heads ``refuses`` and ``partly``."""
    table = np.array([refusing(r.question, r.output) for r in responses])
    weight = np.array([r.weight for r in responses])
    refused = np.array([r.label != "full_compliance" for r in responses])
    partial = np.array([r.label == "partial_refusal" for r in responses])
    found = {}
    for name, signs, rows, target in (
        ("refuses", REFUSES, refused | True, refused),
        ("partly", PARTLY, refused, partial),
    ):
        names = [(word, sign) for sign, words in signs.items() for word in words.split()]
        columns = [REFUSING.index(word) for word, _ in names]
        weights, bias = fit(
            table[rows][:, columns],
            target[rows].astype(float),
            [s for _, s in names],
            PENALTY[name],
            weight[rows],
        )
        found[name] = head([word for word, _ in names], weights, bias)
    return found


def read_xstest(path: Path) -> list[Response]:
    """The answers of one XSTest response file with their final human labels."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Response(row["prompt"], row["completion"], row["final_label"][2:]) for row in csv.DictReader(file)
        ]


def read_examples() -> list[Response]:
    """What the rubric ``refusal`` itself gives as examples: answers like "I'm not sure", which XSTest does not have.

    Partial refusals are left out: they are a third of the examples, but a tenth of what people see.
    """
    return [
        Response(item.question, item.output, label, EXAMPLE)
        for item, label in load_rubric("refusal").example_rows
        if label != "partial_refusal"
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--triviaqa", type=Path, required=True)
    parser.add_argument("--openqa", type=Path, required=True)
    parser.add_argument("--xstest", type=Path, nargs=3, required=True)
    parser.add_argument(
        "--semantic", action="store_true", help="fit lexical-semantic.json instead (needs the extra)"
    )
    args = parser.parse_args()
    trivia, openqa = list(read_triviaqa(args.triviaqa)), list(read_openqa(args.openqa))
    if args.semantic:
        trivia = [a for a in trivia if zlib.crc32(a.group.encode()) % SEMANTIC_SHARE == 0]
    table, right = features([*trivia, *openqa])
    names: Sequence[str] = NAMES
    if args.semantic:
        table = np.c_[table, meaning([(a.question, a.references, a.output) for a in [*trivia, *openqa]])]
        names = [*NAMES, *MEANING]
    first = np.arange(len(right)) < len(trivia)
    # the two sets are of unequal size: half way to an equal say
    weight = np.where(first, 1.0, len(trivia) / len(openqa) / 2)
    content: dict[str, Any] = {
        "schema": "judgekit.lexical/1",
        "features": features_digest(args.semantic),
        "heads": {
            "right": fit_right(table, right, weight, names),
            "reveals": fit_right(table[first], right[first], weight[first], names),
        },
    }
    if not args.semantic:
        answers = [response for path in args.xstest for response in read_xstest(path)]
        content["heads"] |= fit_refusal([*answers, *read_examples()])
        content["heads"] |= BY_HAND
        natural = np.percentile([gibberish(a.output) for a in trivia], 99, axis=0)
        content["natural"] = {
            name: round(float(value), 4) for name, value in zip(GIBBERISH, natural, strict=True)
        }
    out = Path(__file__).with_name("lexical-semantic.json" if args.semantic else "lexical.json")
    out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
