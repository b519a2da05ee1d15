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
a measure's name           the measure itself, as the file has it
=========================  ====================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from judgekit.metrics import likelihood, overlap, privacy
from judgekit.metrics.aggregate import AGGREGATES, OFFERED
from judgekit.metrics.catalog import catalog
from judgekit.metrics.entry import Rule
from judgekit.metrics.measure import Measure

Fields = Mapping[str, Sequence[Any]]
Column = list[float | None]

_TEXTS = ("reference", "output")


def _apply(rule: Rule, fields: Fields) -> Column:
    return [
        None if any(map(_incomplete, row)) else _number(rule.compute(*row))
        for row in zip(*(fields[need] for need in rule.needs), strict=True)
    ]


def _incomplete(value: Any) -> bool:
    return value is None or (isinstance(value, list) and (not value or None in value))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _rouge(fields: Fields) -> dict[str, Column]:
    """ROUGE from the texts, for files that record none: it takes a millisecond an item."""
    if not all(name in fields for name in _TEXTS) or any(name in fields for name in overlap.Rouge._fields):
        return {}
    rows = [
        None if reference is None or output is None else overlap.rouge(reference, output)
        for reference, output in zip(*(fields[name] for name in _TEXTS), strict=True)
    ]
    return {name: [None if r is None else getattr(r, name) for r in rows] for name in overlap.Rouge._fields}


def item_values(split: str, fields: Fields) -> dict[str, Column | str]:
    """Every per-item measure of a split: its values, or the reason why it has none.

    Parameters
    ----------
    split : str
        On `real_authors` and `world_facts` the right answer stands in for a paraphrase that was never
        written, as in all published code; nowhere else.
    fields : mapping
        See the module's table.

    Raises
    ------
    ValueError
        If the fields are not aligned.
    """
    lengths = {name: len(values) for name, values in fields.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"fields of split {split!r} are not aligned: {lengths}")
    have = {**fields, **_rouge(fields)}
    if split in OFFERED and "paraphrased_loss" not in have and "loss" in have:
        have["paraphrased_loss"] = have["loss"]
    recorded = dict(have)
    found: dict[str, Column | str] = {}
    for name, entry in catalog().items():
        reasons = []
        for rule in entry.rules:
            usable = recorded if rule.as_recorded else have
            if not (lacking := [need for need in rule.needs if need not in usable]):
                found[name] = have[name] = _apply(rule, usable)
                break
            reasons.append(" and ".join(lacking))
        else:
            if entry.rules:
                found[name] = f"not recorded: {', or '.join(reasons)}"
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
    membership: Mapping[str, float] | None = None,
) -> RunMeasures:
    """Every measure that the recorded fields of a run support.

    Parameters
    ----------
    splits : mapping of split name to fields
    retrained : RunMeasures, optional
        The model that never saw the forget set, measured the same way; needed by forget quality, and the
        reference of privacy leakage (0.5 without it).
    membership : mapping of attack name to AUC, optional
        As the file recorded them (`mia_min_k`, ...), or from `privacy.membership_auc`.
    """
    values = {split: item_values(split, fields) for split, fields in splits.items()}
    measures = {split: measure_split(columns) for split, columns in values.items()}
    items = {
        split: {name: column for name, column in columns.items() if not isinstance(column, str)}
        for split, columns in values.items()
    }
    overall = {
        measure.name: measure
        for measure in (
            *(aggregate(measures) for aggregate in AGGREGATES),
            *_forget_quality(items, retrained),
            *_membership(membership or {}, retrained),
        )
    }
    return RunMeasures(measures, overall, items)


def forget_quality(ratios: Column, retrained: Column) -> list[Measure]:
    """Forget quality, raw and folded, from the truth ratios of the forget split under both models."""
    names = ("forget_quality_raw", "forget_quality_folded")
    known = [[ratio for ratio in column if ratio is not None] for column in (ratios, retrained)]
    if not all(known):
        whose = "this run" if not known[0] else "the retrained model"
        return [Measure.absent(name, f"no truth ratio on the forget split of {whose}") for name in names]
    tests = (privacy.forget_quality_raw, privacy.forget_quality_folded)
    return [Measure(name, test(*known), n=len(known[0])) for name, test in zip(names, tests, strict=True)]


def _forget_quality(
    items: Mapping[str, Mapping[str, Column]], retrained: RunMeasures | None
) -> list[Measure]:
    if retrained is None:
        names = ("forget_quality_raw", "forget_quality_folded")
        return [Measure.absent(name, "no retrained model to compare with") for name in names]
    return forget_quality(*(run.get("forget", {}).get("truth_ratio", []) for run in (items, retrained.items)))


def _membership(aucs: Mapping[str, float], retrained: RunMeasures | None) -> list[Measure]:
    found = [Measure(name, auc) for name, auc in aucs.items()]
    if "mia_min_k" not in aucs:
        return [*found, Measure.absent("privacy_leakage", "no Min-K% membership AUC recorded")]
    reference = retrained.overall.get("mia_min_k") if retrained else None
    against = 0.5 if reference is None or reference.value is None else reference.value
    # open-unlearning alone records these, so its constant is the published one.
    leakage = privacy.privacy_leakage(aucs["mia_min_k"], against, likelihood.OPEN_UNLEARNING_EPS)
    return [*found, Measure("privacy_leakage", leakage)]
