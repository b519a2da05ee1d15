"""Every measure that ships with judgekit, and those that other packages add (``docs/measures.md``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from typing import Any

from judgekit.extensions import extensions
from judgekit.metrics import fluency, likelihood, overlap, semantic
from judgekit.metrics.entry import PERCENT, PROBABILITY, RATIO, Direction, Entry, Rule
from judgekit.metrics.likelihood import FloatArray


def _recorded(name: str) -> tuple[Rule, ...]:
    return (Rule((name,), float),)


def _of_words(function: Callable[[Sequence[str]], float | None]) -> tuple[Rule, ...]:
    @wraps(function)
    def of_text(text: str) -> float | None:
        return function(fluency.words(text))

    return (Rule(("output",), of_text),)


def _of_texts(function: Callable[[str, str], object]) -> tuple[Rule, ...]:
    return (Rule(("reference", "output"), function),)


def _of_ratio(function: Callable[[Any], Any]) -> tuple[Rule, ...]:
    return (Rule(("truth_ratio",), function),)


def _share_of_losses(right: float, wrong: Sequence[float]) -> FloatArray:
    return likelihood.normalized_probability(likelihood.probability(right), likelihood.probability(wrong))


_PARAPHRASED = ("paraphrased_loss", "perturbed_losses")
_TEXTS = "output and reference"
_LOSSES = "paraphrased and perturbed losses, or the recorded truth ratio"

SHIPPED: dict[str, Entry] = {
    "rouge1_recall": Entry(
        "ROUGE-1 recall", -1, 1, PROBABILITY, "Lin 2004; TOFU", _TEXTS, rules=_recorded("rouge1_recall")
    ),
    "rouge1_f1": Entry("ROUGE-1 F1", -1, 1, PROBABILITY, "Lin 2004", _TEXTS, rules=_recorded("rouge1_f1")),
    "rougeL_recall": Entry(
        "ROUGE-L recall",
        -1,
        1,
        PROBABILITY,
        "Lin 2004; TOFU, Closer Look",
        _TEXTS,
        note="shared sentence frames score high although the fact is wrong",
        rules=_recorded("rougeL_recall"),
    ),
    "rougeL_f1": Entry(
        "ROUGE-L F1", -1, 1, PROBABILITY, "Lin 2004; MUSE", _TEXTS, rules=_recorded("rougeL_f1")
    ),
    "exact_match": Entry(
        "Exact match", -1, 1, PROBABILITY, "SQuAD normalization", _TEXTS, rules=_of_texts(overlap.exact_match)
    ),
    "containment": Entry(
        "Contains the answer",
        -1,
        1,
        PROBABILITY,
        "SQuAD normalization",
        _TEXTS,
        rules=_of_texts(overlap.containment),
    ),
    "probability": Entry(
        "Probability",
        -1,
        1,
        PROBABILITY,
        "TOFU",
        "loss or probability of the answer",
        note="length-normalized",
        rules=(*_recorded("probability"), Rule(("loss",), likelihood.probability)),
    ),
    "normalized_probability": Entry(
        "Normalized probability",
        -1,
        1,
        PROBABILITY,
        "TOFU",
        "losses or probabilities of right and wrong answers",
        rules=(
            *_recorded("normalized_probability"),
            Rule(("probability", "perturbed_probabilities"), likelihood.normalized_probability),
            Rule(("loss", "perturbed_losses"), _share_of_losses),
        ),
    ),
    "truth_ratio": Entry(
        "Truth ratio R",
        0,
        -1,
        RATIO,
        "TOFU eq. 1",
        _LOSSES,
        ideal=1.0,
        note="mean of a skewed ratio: do not compare",
        rules=(
            # TOFU stores its ratios rounded to single precision and aggregates from the losses; open-unlearning, told
            # by its stored probabilities, aggregates the stored ratios, which hold a constant that the losses do not.
            Rule(("truth_ratio", "probability"), lambda ratio, _: ratio, as_recorded=True),
            Rule(_PARAPHRASED, likelihood.truth_ratio),
            *_recorded("truth_ratio"),
        ),
    ),
    "truth_ratio_clipped": Entry(
        "Truth ratio max(0, 1-R)",
        -1,
        1,
        PROBABILITY,
        "TOFU, kept splits",
        _LOSSES,
        rules=_of_ratio(likelihood.truth_ratio_clipped),
    ),
    "truth_ratio_folded": Entry(
        "Truth ratio min(R, 1/R)",
        1,
        0,
        PROBABILITY,
        "TOFU, forget split",
        _LOSSES,
        rules=_of_ratio(likelihood.truth_ratio_folded),
    ),
    "truth_ratio_known": Entry(
        "Truth ratio 1 - min(R, 1/R)",
        -1,
        0,
        PROBABILITY,
        "Closer Look",
        _LOSSES,
        rules=_of_ratio(likelihood.truth_ratio_known),
    ),
    "truth_ratio_share": Entry(
        "Truth ratio right/(right+wrong)",
        -1,
        1,
        PROBABILITY,
        "open-unlearning",
        "paraphrased and perturbed losses",
        rules=(Rule(_PARAPHRASED, likelihood.truth_ratio_share),),
    ),
    "token_entropy": Entry(
        "Token entropy",
        0,
        1,
        PROBABILITY,
        "Closer Look",
        "recorded, or tokens of the model's tokenizer",
        rules=_recorded("token_entropy"),
    ),
    "unique_token_ratio": Entry(
        "Unique-token ratio",
        0,
        1,
        PROBABILITY,
        "ECO",
        "recorded, or tokens of the model's tokenizer",
        rules=_recorded("unique_token_ratio"),
    ),
    "cosine_similarity": Entry(
        "Cosine similarity",
        -1,
        1,
        PROBABILITY,
        "Closer Look",
        "recorded, or texts and a named encoder",
        rules=_recorded("cosine_similarity"),
    ),
    "entailment": Entry(
        "Entailment score",
        -1,
        1,
        PROBABILITY,
        "Closer Look",
        "recorded labels, or texts and a named NLI model",
        note="forced to no below ROUGE-L recall 0.1",
        rules=(Rule(("entailment_label",), semantic.entailment_score),),
    ),
    "exact_memorization": Entry(
        "Exact memorization",
        -1,
        1,
        PROBABILITY,
        "Tirumala et al. 2022",
        "recorded",
        rules=_recorded("exact_memorization"),
    ),
    "extraction_strength": Entry(
        "Extraction strength",
        -1,
        1,
        PROBABILITY,
        "Carlini et al. 2021; UWC",
        "recorded",
        note="open-unlearning records at least 1/length, never 0",
        rules=_recorded("extraction_strength"),
    ),
    "perplexity": Entry(
        "Perplexity",
        -1,
        -1,
        "[1, inf)",
        "ECO, UWC",
        "recorded, with its reference model",
        rules=_recorded("perplexity"),
    ),
    "word_entropy": Entry(
        "Word entropy",
        0,
        1,
        PROBABILITY,
        "token entropy, over words",
        "output",
        rules=_of_words(fluency.token_entropy),
    ),
    "unique_word_ratio": Entry(
        "Unique-word ratio",
        0,
        1,
        PROBABILITY,
        "unique-token ratio, over words",
        "output",
        rules=_of_words(fluency.unique_token_ratio),
    ),
    "repetition": Entry(
        "Repeated word 4-grams",
        -1,
        -1,
        PROBABILITY,
        "Welleck et al. 2020",
        "output",
        rules=_of_words(fluency.repetition),
    ),
    "character_repetition": Entry(
        "Repeated character 8-grams",
        -1,
        -1,
        PROBABILITY,
        "as seq-rep-n, over characters",
        "output",
        rules=(Rule(("output",), lambda text: fluency.repetition(text, n=8)),),
    ),
    "refusal": Entry(
        "Refusals by phrase",
        0,
        -1,
        PROBABILITY,
        "rule",
        "output",
        note="English phrases only",
        rules=(Rule(("output",), fluency.is_refusal),),
    ),
    "model_utility_tofu": Entry(
        "Model Utility (TOFU)", 0, 1, PROBABILITY, "TOFU", "retain, real_authors, world_facts: 9 values"
    ),
    "model_utility_closer_look": Entry(
        "Model Utility (Closer Look)", 0, 1, PROBABILITY, "Closer Look", "kept splits: 18 or 6 values"
    ),
    "model_utility_retain_closer_look": Entry(
        "Model Utility Retain (Closer Look)",
        0,
        1,
        PROBABILITY,
        "Closer Look",
        "retain or neighbor split: 6 values",
    ),
    "forget_efficacy": Entry(
        "Forget Efficacy",
        1,
        0,
        PROBABILITY,
        "Closer Look",
        "forget split: 5 values",
        note="gibberish and refusals score high",
    ),
    "forget_quality_raw": Entry(
        "Forget quality (KS, raw R)",
        1,
        0,
        PROBABILITY,
        "TOFU, open-unlearning",
        "truth ratios of run and retrained model",
        note="a p-value: depends on the number of items",
    ),
    "forget_quality_folded": Entry(
        "Forget quality (KS, folded)",
        1,
        0,
        PROBABILITY,
        "ECO",
        "truth ratios of run and retrained model",
        note="not comparable with the raw form",
    ),
    "privacy_leakage": Entry(
        "Privacy leakage",
        0,
        0,
        PERCENT,
        "MUSE",
        "Min-K% scores of forget and holdout",
        ideal=0.0,
        note="without a retrained model it is relative to an AUC of 0.5",
    ),
    **{
        name: Entry(f"Membership AUC ({label})", 0, 0, PROBABILITY, source, "attack scores", ideal=0.5)
        for name, label, source in (
            ("mia_loss", "loss", "Yeom et al. 2018"),
            ("mia_min_k", "Min-K%", "Shi et al. 2024"),
            ("mia_min_k_plus_plus", "Min-K%++", "Zhang et al. 2025"),
            ("mia_zlib", "zlib", "Carlini et al. 2021"),
            ("mia_reference", "reference model", "Carlini et al. 2021"),
            ("mia_gradnorm", "gradient norm", "Wang et al. 2024"),
        )
    },
    "recovery_rate": Entry(
        "Recovery rate",
        -1,
        0,
        RATIO,
        "Deeb & Roger 2025",
        "accuracies after relearning, unlearned and original",
    ),
    "paired_accuracy": Entry("Paired accuracy", 0, 1, PROBABILITY, "RULEBREAKERS", "contrast pairs"),
}


@cache
def catalog() -> Mapping[str, Entry]:
    """Name -> measure: those shipped, in the order of ``docs/measures.md``, then those of other packages.

    Raises
    ------
    ConfigError
        A package that adds a measure is broken.
    """
    added = extensions("judgekit.measures")
    return SHIPPED | {name: added[name].load(Entry) for name in added if name not in SHIPPED}


def better(name: str, split: str) -> Direction:
    """1 if a higher value is better on this split, -1 if worse, 0 if neither; KeyError for unknown names."""
    entry = catalog()[name]
    return entry.forget if split == "forget" else entry.keep
