"""What every measure means: which way is good on which side, its range, its source, what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal[1, 0, -1]

PROBABILITY, RATIO, PERCENT = "[0, 1]", "[0, inf)", "[-100, inf)"


@dataclass(frozen=True)
class Entry:
    """One measure.

    Attributes
    ----------
    label : str
        How it is printed.
    forget, keep : 1, 0 or -1
        What a higher value says on the forget split and on splits to be kept: 1 better, -1 worse, 0 neither
        (its best value is inside the range, or it is a description).
    range, source, needs : str
        `needs` names recorded fields, see `judgekit.metrics.recorded`.
    ideal : float or None
        The best value, where that is not an end of the range.
    note : str
        The trap to know before reading the figure.
    """

    label: str
    forget: Direction
    keep: Direction
    range: str
    source: str
    needs: str
    ideal: float | None = None
    note: str = ""


_TEXTS = "output and reference"
_LOSSES = "paraphrased and perturbed losses, or the recorded truth ratio"

CATALOGUE: dict[str, Entry] = {
    "rouge1_recall": Entry("ROUGE-1 recall", -1, 1, PROBABILITY, "Lin 2004; TOFU", _TEXTS),
    "rouge1_f1": Entry("ROUGE-1 F1", -1, 1, PROBABILITY, "Lin 2004", _TEXTS),
    "rougeL_recall": Entry(
        "ROUGE-L recall",
        -1,
        1,
        PROBABILITY,
        "Lin 2004; TOFU, Closer Look",
        _TEXTS,
        note="shared sentence frames score high although the fact is wrong",
    ),
    "rougeL_f1": Entry("ROUGE-L F1", -1, 1, PROBABILITY, "Lin 2004; MUSE", _TEXTS),
    "exact_match": Entry("Exact match", -1, 1, PROBABILITY, "SQuAD normalization", _TEXTS),
    "containment": Entry("Contains the answer", -1, 1, PROBABILITY, "SQuAD normalization", _TEXTS),
    "probability": Entry(
        "Probability",
        -1,
        1,
        PROBABILITY,
        "TOFU",
        "loss or probability of the answer",
        note="length-normalized",
    ),
    "normalized_probability": Entry(
        "Normalized probability",
        -1,
        1,
        PROBABILITY,
        "TOFU",
        "losses or probabilities of right and wrong answers",
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
    ),
    "truth_ratio_clipped": Entry("Truth ratio max(0, 1-R)", -1, 1, PROBABILITY, "TOFU, kept splits", _LOSSES),
    "truth_ratio_folded": Entry("Truth ratio min(R, 1/R)", 1, 0, PROBABILITY, "TOFU, forget split", _LOSSES),
    "truth_ratio_known": Entry("Truth ratio 1 - min(R, 1/R)", -1, 0, PROBABILITY, "Closer Look", _LOSSES),
    "truth_ratio_share": Entry(
        "Truth ratio right/(right+wrong)",
        -1,
        1,
        PROBABILITY,
        "open-unlearning",
        "paraphrased and perturbed losses",
    ),
    "token_entropy": Entry(
        "Token entropy", 0, 1, PROBABILITY, "Closer Look", "recorded, or tokens of the model's tokenizer"
    ),
    "unique_token_ratio": Entry(
        "Unique-token ratio", 0, 1, PROBABILITY, "ECO", "recorded, or tokens of the model's tokenizer"
    ),
    "cosine_similarity": Entry(
        "Cosine similarity", -1, 1, PROBABILITY, "Closer Look", "recorded, or texts and a named encoder"
    ),
    "entailment": Entry(
        "Entailment score",
        -1,
        1,
        PROBABILITY,
        "Closer Look",
        "recorded labels, or texts and a named NLI model",
        note="forced to no below ROUGE-L recall 0.1",
    ),
    "exact_memorization": Entry("Exact memorization", -1, 1, PROBABILITY, "Tirumala et al. 2022", "recorded"),
    "extraction_strength": Entry(
        "Extraction strength",
        -1,
        1,
        PROBABILITY,
        "Carlini et al. 2021; UWC",
        "recorded",
        note="open-unlearning records at least 1/length, never 0",
    ),
    "perplexity": Entry("Perplexity", -1, -1, "[1, inf)", "ECO, UWC", "recorded, with its reference model"),
    "word_entropy": Entry("Word entropy", 0, 1, PROBABILITY, "token entropy, over words", "output"),
    "unique_word_ratio": Entry(
        "Unique-word ratio", 0, 1, PROBABILITY, "unique-token ratio, over words", "output"
    ),
    "repetition": Entry("Repeated word 4-grams", -1, -1, PROBABILITY, "Welleck et al. 2020", "output"),
    "character_repetition": Entry(
        "Repeated character 8-grams", -1, -1, PROBABILITY, "as seq-rep-n, over characters", "output"
    ),
    "refusal": Entry("Refusals by phrase", 0, -1, PROBABILITY, "rule", "output", note="English phrases only"),
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


def better(name: str, split: str) -> Direction:
    """1 if a higher value is better on this split, -1 if worse, 0 if neither; KeyError for unknown names."""
    entry = CATALOGUE[name]
    return entry.forget if split == "forget" else entry.keep
