"""Every measure against the figures that the papers' own evaluation code wrote into real logs.

    python benchmarks/measures.py [--shared FOLDER] [--closer-look FOLDER]

Prints one JSON object: for each log and each figure in it, ours, theirs and the difference; the largest
absolute difference over all; ROUGE recomputed from the texts against the recorded values item by item. Items
come through `judgekit.readers`. FOLDER holds `data/outputs` (logs of locuslab/tofu, nxZhai/BalDRO and
vValkroVv/unlearning); `--closer-look` takes a folder of result folders with `eval_log_aggregated.json` and
`unlearning_results.txt` (public: shleeku/UniErase).
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import hmean, ks_2samp

from judgekit.metrics.overlap import rouge
from judgekit.metrics.privacy import membership_auc
from judgekit.readers import read, recorded_metrics
from judgekit.report.per_question import QuestionValues, question_values

Line = dict[str, Any]

SECTIONS = {"retain": "eval_log.json", "real_authors": "eval_real_author_wo_options.json"}
SECTIONS |= {"world_facts": "eval_real_world_wo_options.json"}
PREFIXES = {"forget": "forget", "retain": "retain", "ra": "real_authors", "wf": "world_facts"}
# open-unlearning's name -> (our split, or empty for the run as a whole; our measure)
NAMES = {
    "model_utility": ("", "model_utility_tofu"),
    "forget_quality": ("", "forget_quality_raw"),
    "privleak": ("", "privacy_leakage"),
    "exact_memorization": ("forget", "exact_memorization"),
    "extraction_strength": ("forget", "extraction_strength"),
    "forget_knowmem_ROUGE": ("forget", "rougeL_f1"),
    "retain_knowmem_ROUGE": ("retain", "rougeL_f1"),
    "forget_qa_rouge": ("forget", "rougeL_recall"),
    "holdout_qa_rouge": ("holdout", "rougeL_recall"),
    "forget_truth_ratio": ("forget", "truth_ratio_folded"),
}
for prefix, split in PREFIXES.items():
    NAMES[f"{prefix}_Q_A_Prob"] = (split, "probability")
    NAMES[f"{prefix}_Q_A_ROUGE"] = (split, "rougeL_recall")
    NAMES[f"{prefix}_Q_A_Prob_normalised"] = (split, "normalized_probability")
    NAMES[f"{prefix}_Truth_Ratio"] = (split, "truth_ratio_clipped")


def _value(run: QuestionValues, split: str, name: str) -> float | None:
    measures = run.measures.splits.get(split, {}) if split else run.measures.overall
    return measures[name].value if name in measures else None


def _line(log: str, figure: str, ours: float | None, theirs: float | None) -> Line:
    gap = None if ours is None or theirs is None else abs(ours - theirs)
    return {"log": log, "figure": figure, "ours": ours, "theirs": theirs, "difference": gap}


def membership(path: Path) -> dict[str, float]:
    """AUCs from the attack scores of every item in an open-unlearning log."""
    log = json.loads(path.read_text(encoding="utf-8"))
    scores = {
        name: [
            [row["score"] for row in attack[side]["value_by_index"].values()]
            for side in ("forget", "holdout")
        ]
        for name, attack in log.items()
        if name.startswith("mia_")
    }
    return {name: membership_auc(*sides) for name, sides in scores.items()}


def compare_open_unlearning(folder: Path) -> Iterator[Line]:
    """Every aggregate of every log, in SUMMARY and in EVAL."""
    runs: dict[str, QuestionValues] = {}
    paths = sorted(
        folder.glob("*/*_EVAL.json"), key=lambda p: not p.parent.name.endswith(("retain90", "retrain"))
    )
    for path in paths:
        name = path.parent.name
        retrained = runs.get(name.replace("original", "retain90").replace("target", "retrain"))
        runs[name] = run = question_values(name, read(path), retrained=retrained, membership=membership(path))
        for figure, theirs in sorted(recorded_metrics(path).items()):
            yield _line(name, figure, _value(run, *NAMES.get(figure, ("", figure))), theirs)


def compare_closer_look(folder: Path) -> Iterator[Line]:
    """The six measures on four splits, both utilities and Forget Efficacy of Closer Look results."""
    splits = {
        "Retain": "retain",
        "Forget": "forget",
        "Real Authors": "real_authors",
        "Real World": "world_facts",
    }
    names = {
        "Model Utility": ("", "model_utility_closer_look"),
        "Model Utility Retain": ("", "model_utility_retain_closer_look"),
        "Forget Efficacy": ("", "forget_efficacy"),
    }
    for label, split in splits.items():
        normalized = split in ("real_authors", "world_facts")
        names |= {
            f"{label} ROUGE": (split, "rougeL_recall"),
            f"{label} Probability": (split, "normalized_probability" if normalized else "probability"),
            f"{label} Truth Ratio": (
                split,
                "truth_ratio_known" if split == "forget" else "truth_ratio_clipped",
            ),
            f"{label} Token Entropy": (split, "token_entropy"),
            f"{label} Cosine Similarity": (split, "cosine_similarity"),
            f"{label} Entailment Score": (split, "entailment"),
        }
    for path in sorted(folder.rglob("eval_log_aggregated.json")):
        run, theirs = question_values(path.parent.name, read(path)), recorded_metrics(path)
        for figure, ours in names.items():
            yield _line(path.parent.name, figure, _value(run, *ours), theirs[figure])


def compare_tofu(folder: Path) -> Iterator[Line]:
    """TOFU's logs hold no aggregates: ours against its formulas written out with numpy and scipy."""
    retrained, retrained_ratios = None, np.empty(0)
    for path in sorted(
        folder.glob("*/eval_log_aggregated.json"), key=lambda p: "retain90" not in p.parent.name
    ):
        name, raw = path.parent.name, json.loads(path.read_text())
        values = []
        for split, key in SECTIONS.items():
            loss, wrong = _column(raw[key]["avg_gt_loss"]), _column(raw[key]["average_perturb_loss"])
            p, q = np.exp(-loss), np.exp(-wrong)
            probability = p if split == "retain" else p / np.c_[p, q].sum(-1)
            values += [probability.mean(), _column(raw[key]["rougeL_recall"]).mean()]
            values += [np.maximum(0, 1 - 1 / _inverse_ratios(raw[key])).mean()]
        ratios = _inverse_ratios(raw["eval_log_forget.json"])
        if retrained is None:
            retrained, retrained_ratios = question_values(name, read(path)), ratios
        run = question_values(name, read(path), retrained=retrained)
        folded = [np.minimum(r, 1 / r) for r in (ratios, retrained_ratios)]
        for figure, measure, theirs in (
            ("Model Utility", "model_utility_tofu", hmean(values)),
            ("Forget Quality", "forget_quality_raw", ks_2samp(ratios, retrained_ratios).pvalue),
            ("Forget Quality, folded", "forget_quality_folded", ks_2samp(*folded).pvalue),
        ):
            yield _line(name, figure, _value(run, "", measure), float(theirs))


def _column(column: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    return np.array(list(column.values()), dtype=float)


def _inverse_ratios(section: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    return np.exp(
        _column(section["average_perturb_loss"]).mean(-1) - _column(section["avg_paraphrased_loss"])
    )


def compare_rouge(path: Path) -> dict[str, Any]:
    """Recomputed from texts against the values recorded beside them, item by item."""
    worst, differing, items = 0.0, 0, 0
    for item in read(path):
        scores = rouge(item.reference, item.output)._asdict()
        gaps = [
            abs(score - value)
            for name, score in scores.items()
            if isinstance(value := item.recorded.get(name), float)
        ]
        worst, differing, items = max([worst, *gaps]), differing + (max(gaps) > 1e-9), items + 1
    return {"log": path.parent.name, "items": items, "differing": differing, "largest": worst}


def largest(lines: Iterable[Line]) -> float:
    """Largest absolute difference over the figures that both sides have."""
    return max((line["difference"] for line in lines if line["difference"] is not None), default=0.0)


def main() -> None:
    shared = Path(os.environ.get("JUDGEKIT_SHARED") or Path(__file__).resolve().parents[2] / "shared")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=shared)
    parser.add_argument("--closer-look", type=Path)
    options = parser.parse_args()
    outputs, started = options.shared / "data/outputs", time.perf_counter()
    lines = {
        "open_unlearning": list(compare_open_unlearning(outputs / "open_unlearning")),
        "tofu": list(compare_tofu(outputs / "tofu_original_format")),
        "closer_look": list(compare_closer_look(options.closer_look)) if options.closer_look else [],
    }
    compared = {
        name: [line for line in part if line["difference"] is not None] for name, part in lines.items()
    }
    logs = [*outputs.glob("*/*/*_EVAL.json"), *outputs.glob("*/*/eval_log_aggregated.json")]
    result = {
        "largest_absolute_difference": {name: largest(part) for name, part in compared.items()},
        "figures_compared": {name: len(part) for name, part in compared.items()},
        "rouge_from_texts": [compare_rouge(path) for path in sorted(logs)],
        "not_reproducible": [
            f"{line['log']}: {line['figure']}"
            for part in lines.values()
            for line in part
            if line["ours"] is None and line["theirs"] is not None
        ],
        "figures": compared,
        "seconds": round(time.perf_counter() - started, 1),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
