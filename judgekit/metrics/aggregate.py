"""Model Utility and Forget Efficacy, exactly as published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from judgekit.metrics.measure import Measure, combine

KEEP_SPLITS = ("retain", "real_authors", "world_facts")

# Closer Look calls these ROUGE, Probability, Truth Ratio, Token Entropy, Cosine Similarity, Entailment Score.
CLOSER_LOOK_TEXT = ("token_entropy", "cosine_similarity", "entailment")

SplitMeasures = Mapping[str, Measure]


def harmonic_mean(values: Sequence[float]) -> float:
    """Harmonic mean of non-negative values; 0 as soon as one is 0 (as scipy's, which the papers use)."""
    if not values:
        raise ValueError("harmonic mean of nothing")
    if any(value < 0 for value in values):
        raise ValueError(f"harmonic mean needs values of at least 0, got {min(values)}")
    return 0.0 if 0 in values else len(values) / sum(1.0 / value for value in values)


def _pick(splits: Mapping[str, SplitMeasures], split: str, name: str) -> Measure:
    if split not in splits:
        return Measure.absent(name, f"no {split} split")
    return splits[split].get(name) or Measure.absent(name, f"not measured on {split}")


def _probability_of(split: str) -> str:
    return "normalized_probability" if split in ("real_authors", "world_facts") else "probability"


def _parts(splits: Mapping[str, SplitMeasures], wanted: Sequence[tuple[str, str]]) -> dict[str, Measure]:
    return {f"{split} {name}": _pick(splits, split, name) for split, name in wanted}


def model_utility_tofu(splits: Mapping[str, SplitMeasures]) -> Measure:
    """Harmonic mean of nine: probability, ROUGE-L recall and clipped truth ratio on retain, authors and
    facts.

    Probability is normalized over the offered answers on authors and facts. Range [0, 1]; higher = more kept;
    0 as soon as one of the nine is 0. Source: TOFU section 2.2.2; open-unlearning `model_utility`.

    Parameters
    ----------
    splits : mapping of split name to mapping of measure name to Measure
        As `judgekit.metrics.recorded.measure_split` gives them.
    """
    wanted = [
        (split, name)
        for split in KEEP_SPLITS
        for name in (_probability_of(split), "rougeL_recall", "truth_ratio_clipped")
    ]
    return combine("model_utility_tofu", _parts(splits, wanted), harmonic_mean)


def model_utility_closer_look(splits: Mapping[str, SplitMeasures]) -> Measure:
    """Harmonic mean of all six Closer Look measures over the non-forget splits: 18 values, or 6.

    Six on each of retain, authors and facts (TOFU), or six on the neighbor split alone (real-world data).
    Range [0, 1]; higher = more kept. Source: Closer Look (Yuan et al. 2025), section 3.
    """
    kept = ("neighbor",) if "neighbor" in splits else KEEP_SPLITS
    return _closer_look_utility("model_utility_closer_look", splits, kept)


def model_utility_retain_closer_look(splits: Mapping[str, SplitMeasures]) -> Measure:
    """Harmonic mean of the six measures on the retain (or neighbor) split alone ("Model Utility Retain")."""
    kept = ("neighbor",) if "neighbor" in splits else ("retain",)
    return _closer_look_utility("model_utility_retain_closer_look", splits, kept)


def _closer_look_utility(name: str, splits: Mapping[str, SplitMeasures], kept: Sequence[str]) -> Measure:
    wanted = [
        (split, measure)
        for split in kept
        for measure in ("rougeL_recall", _probability_of(split), "truth_ratio_clipped", *CLOSER_LOOK_TEXT)
    ]
    return combine(name, _parts(splits, wanted), harmonic_mean)


def forget_efficacy(splits: Mapping[str, SplitMeasures]) -> Measure:
    """1 - arithmetic mean of five on the forget split: ROUGE-L, probability, truth ratio, cosine, entailment.

    The truth ratio is `truth_ratio_known`; token entropy is left out. Range [0, 1]; higher = more forgotten.
    Gibberish and refusals score as well as honest forgetting: read it beside the degenerate rate. Source:
    Closer Look, section 3.
    """
    names = ("rougeL_recall", "probability", "truth_ratio_known", "cosine_similarity", "entailment")
    parts = _parts(splits, [("forget", name) for name in names])
    return combine("forget_efficacy", parts, lambda values: 1.0 - fmean(values))
