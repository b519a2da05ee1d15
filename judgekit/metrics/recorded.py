"""From what a file recorded to every measure it supports, each absent one with its reason.

Fields
------
A split is a mapping from field name to one value per item, aligned. None marks an item without that value.

=========================  ====================================================================
`output`, `reference`      texts
`loss`                     mean negative log-likelihood per token of the reference answer
`paraphrased_loss`         the same for the paraphrased right answer
`perturbed_losses`         a list per item: the same for each wrong answer
`probability`              exp(-loss), where the file recorded it (it may be rounded differently)
`perturbed_probabilities`  a list per item
`truth_ratio`              R, wrong over right
`entailment_label`         'entailment', 'neutral', 'contradiction', 'none'
any name in `RECORDED`     the measure itself, as the file has it
=========================  ====================================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from judgekit.metrics import aggregate, fluency, likelihood, overlap, privacy, semantic
from judgekit.metrics.measure import Measure

Fields = Mapping[str, Sequence[Any]]
Column = list[float | None]

RECORDED = (
    "rouge1_recall",
    "rouge1_f1",
    "rougeL_recall",
    "rougeL_f1",
    "token_entropy",
    "unique_token_ratio",
    "cosine_similarity",
    "exact_memorization",
    "extraction_strength",
    "perplexity",
    "normalized_probability",
)


@dataclass(frozen=True)
class Rule:
    """One way to get a measure of one item: the fields it needs, and the function of their values."""

    name: str
    needs: tuple[str, ...]
    compute: Callable[..., float | None]


def _rules(eps: float) -> list[Rule]:
    """All rules in order; for a measure with several, the first whose fields are there wins."""

    def of_words(function: Callable[[Sequence[str]], float | None]) -> Callable[[str], float | None]:
        return lambda text: function(fluency.words(text))

    def from_probabilities(right: float, wrong: Sequence[float]) -> float:
        return float(likelihood.normalized_probability(right, wrong, eps))

    def from_losses(right: float, wrong: Sequence[float]) -> float:
        return float(
            likelihood.normalized_probability(
                likelihood.probability(right), likelihood.probability(wrong), eps
            )
        )

    def rouge_field(name: str) -> Callable[[str, str], float]:
        return lambda reference, output: float(getattr(overlap.rouge(reference, output), name))

    return [
        *(Rule(name, (name,), float) for name in RECORDED),
        *(Rule(name, ("reference", "output"), rouge_field(name)) for name in overlap.Rouge._fields),
        Rule("exact_match", ("reference", "output"), overlap.exact_match),
        Rule("containment", ("reference", "output"), overlap.containment),
        Rule("probability", ("probability",), float),
        Rule("probability", ("loss",), lambda loss: float(likelihood.probability(loss))),
        Rule("normalized_probability", ("probability", "perturbed_probabilities"), from_probabilities),
        Rule("normalized_probability", ("loss", "perturbed_losses"), from_losses),
        Rule("truth_ratio", ("truth_ratio",), float),
        Rule(
            "truth_ratio",
            ("paraphrased_loss", "perturbed_losses"),
            lambda right, wrong: float(likelihood.truth_ratio(right, wrong, eps)),
        ),
        Rule("truth_ratio_clipped", ("truth_ratio",), lambda r: float(likelihood.truth_ratio_clipped(r))),
        Rule("truth_ratio_folded", ("truth_ratio",), lambda r: float(likelihood.truth_ratio_folded(r, eps))),
        Rule("truth_ratio_known", ("truth_ratio",), lambda r: float(likelihood.truth_ratio_known(r))),
        Rule(
            "truth_ratio_share",
            ("paraphrased_loss", "perturbed_losses"),
            lambda right, wrong: float(likelihood.truth_ratio_share(right, wrong, eps)),
        ),
        Rule("entailment", ("entailment_label",), semantic.entailment_score),
        Rule("word_entropy", ("output",), of_words(fluency.token_entropy)),
        Rule("unique_word_ratio", ("output",), of_words(fluency.unique_token_ratio)),
        Rule("repetition", ("output",), of_words(fluency.repetition)),
        Rule("character_repetition", ("output",), lambda text: fluency.repetition(text, n=8)),
        Rule("refusal", ("output",), lambda text: float(fluency.is_refusal(text))),
    ]


def _apply(rule: Rule, fields: Fields) -> Column:
    columns = [fields[need] for need in rule.needs]
    return [
        None if any(value is None for value in row) else rule.compute(*row)
        for row in zip(*columns, strict=True)
    ]


def item_values(split: str, fields: Fields, eps: float = 0.0) -> dict[str, Column | str]:
    """Every per-item measure of a split: its values, or the reason why it has none.

    Parameters
    ----------
    split : str
        On `real_authors` and `world_facts` the right answer stands in for a paraphrase that was never
        written, as in all published code; nowhere else.
    fields : mapping
        See the module's table.
    eps : float
        As in `judgekit.metrics.likelihood`.

    Raises
    ------
    ValueError
        If the fields are not aligned.
    """
    lengths = {name: len(values) for name, values in fields.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"fields of split {split!r} are not aligned: {lengths}")
    have = dict(fields)
    if split in ("real_authors", "world_facts") and "paraphrased_loss" not in have and "loss" in have:
        have["paraphrased_loss"] = have["loss"]
    found: dict[str, Column | str] = {}
    for rule in _rules(eps):
        if isinstance(found.get(rule.name), list):
            continue
        lacking = [need for need in rule.needs if need not in have]
        if lacking:
            before = found.get(rule.name)
            reason = (
                f"{before}, or {' and '.join(lacking)}"
                if before
                else f"not recorded: {' and '.join(lacking)}"
            )
            found[rule.name] = reason
            continue
        column = _apply(rule, have)
        found[rule.name] = column
        have.setdefault(rule.name, column)
    return found


def measure_split(values: Mapping[str, Column | str]) -> dict[str, Measure]:
    """Means over the items, from `item_values`."""
    return {
        name: Measure.absent(name, column) if isinstance(column, str) else Measure.mean(name, column)
        for name, column in values.items()
    }


@dataclass(frozen=True)
class RunMeasures:
    """All measures of one run.

    Attributes
    ----------
    splits : split name to measure name to Measure
        Means over items.
    overall : measure name to Measure
        Model Utility, Forget Efficacy, forget quality, privacy leakage: what belongs to no single split.
    items : split name to measure name to values
        Per item, in the order of the file; for paired comparisons. Absent measures are left out.
    """

    splits: Mapping[str, Mapping[str, Measure]]
    overall: Mapping[str, Measure]
    items: Mapping[str, Mapping[str, Column]] = field(repr=False, default_factory=dict)


def measure_run(
    splits: Mapping[str, Fields],
    retrained: RunMeasures | None = None,
    membership: Mapping[str, tuple[Sequence[float], Sequence[float]]] | None = None,
    eps: float = 0.0,
) -> RunMeasures:
    """Every measure that the recorded fields of a run support.

    Parameters
    ----------
    splits : mapping of split name to fields
    retrained : RunMeasures, optional
        The model that never saw the forget set, measured the same way; needed by forget quality, and the
        reference of privacy leakage (0.5 without it).
    membership : mapping of attack name to (forget scores, holdout scores), optional
        Attack scores per item, lower = more like training data.
    eps : float
        As in `judgekit.metrics.likelihood`.
    """
    values = {split: item_values(split, fields, eps) for split, fields in splits.items()}
    measures = {split: measure_split(columns) for split, columns in values.items()}
    items = {
        split: {name: column for name, column in columns.items() if not isinstance(column, str)}
        for split, columns in values.items()
    }
    overall = {
        measure.name: measure
        for measure in (
            aggregate.model_utility_tofu(measures),
            aggregate.model_utility_closer_look(measures),
            aggregate.model_utility_retain_closer_look(measures),
            aggregate.forget_efficacy(measures),
            *_forget_quality(items, retrained),
            *_membership(membership or {}, retrained),
        )
    }
    return RunMeasures(measures, overall, items)


def _forget_quality(
    items: Mapping[str, Mapping[str, Column]], retrained: RunMeasures | None
) -> list[Measure]:
    names = ("forget_quality_raw", "forget_quality_folded")
    if retrained is None:
        return [Measure.absent(name, "no retrained model to compare with") for name in names]
    ratios = [_clean(run.get("forget", {}).get("truth_ratio", [])) for run in (items, retrained.items)]
    if not all(ratios):
        whose = "this run" if not ratios[0] else "the retrained model"
        return [Measure.absent(name, f"no truth ratio on the forget split of {whose}") for name in names]
    tests = (privacy.forget_quality_raw, privacy.forget_quality_folded)
    return [Measure(name, test(*ratios), n=len(ratios[0])) for name, test in zip(names, tests, strict=True)]


def _clean(column: Column) -> list[float]:
    return [value for value in column if value is not None and not math.isnan(value)]


def _membership(
    scores: Mapping[str, tuple[Sequence[float], Sequence[float]]], retrained: RunMeasures | None
) -> list[Measure]:
    found = [
        Measure(name, privacy.membership_auc(forget, holdout), n=len(forget) + len(holdout))
        for name, (forget, holdout) in scores.items()
    ]
    auc = next((measure for measure in found if measure.name == "mia_min_k"), None)
    if auc is None or auc.value is None:
        return [*found, Measure.absent("privacy_leakage", "no Min-K% membership scores recorded")]
    reference = retrained.overall.get("mia_min_k") if retrained else None
    against = 0.5 if reference is None or reference.value is None else reference.value
    # Only open-unlearning records these scores, so its constant is the published one.
    leakage = privacy.privacy_leakage(auc.value, against, likelihood.OPEN_UNLEARNING_EPS)
    return [*found, Measure("privacy_leakage", leakage, n=auc.n)]
