"""Every measure against the figures that the papers' own evaluation code wrote into real logs.

    python benchmarks/measures.py [--shared FOLDER] [--closer-look FOLDER]

Prints one JSON object: for each log and each figure in it, ours, theirs and the difference; the largest absolute
difference over all; ROUGE against the recorded values item by item; KS against scipy. `FOLDER` holds
`data/outputs` (logs of locuslab/tofu, nxZhai/BalDRO and vValkroVv/unlearning); `--closer-look` takes a folder of
result folders with `eval_log_aggregated.json` and `unlearning_results.txt` (public: shleeku/UniErase).
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

from judgekit.metrics import OPEN_UNLEARNING_EPS, RunMeasures, measure_run
from judgekit.metrics.overlap import rouge

Splits = dict[str, dict[str, list[Any]]]

TOFU_SPLITS = {
    "eval_log_forget.json": "forget",
    "eval_log.json": "retain",
    "eval_real_author_wo_options.json": "real_authors",
    "eval_real_world_wo_options.json": "world_facts",
}
TOFU_FIELDS = {
    "avg_gt_loss": "loss",
    "avg_paraphrased_loss": "paraphrased_loss",
    "average_perturb_loss": "perturbed_losses",
    "rouge1_recall": "rouge1_recall",
    "rougeL_recall": "rougeL_recall",
    "token_entropy": "token_entropy",
    "cosine_similarity": "cosine_similarity",
    "entailment_labels": "entailment_label",
}
# (metric in the log, key in it) -> (split, field)
OPEN_UNLEARNING_PREFIXES = {"forget": "forget", "retain": "retain", "ra": "real_authors", "wf": "world_facts"}
OPEN_UNLEARNING_ROUGE = {
    "forget_knowmem_ROUGE": "forget",
    "retain_knowmem_ROUGE": "retain",
    "forget_qa_rouge": "forget",
    "holdout_qa_rouge": "retain",
}


def tofu_log(path: Path) -> Splits:
    """Fields of a TOFU or Closer Look `eval_log_aggregated.json` (dicts or lists, three or four strings)."""
    log = json.loads(path.read_text())
    splits: Splits = {}
    for key, split in TOFU_SPLITS.items():
        columns = {name: _rows(column) for name, column in log[key].items()}
        fields = {field: columns[name] for name, field in TOFU_FIELDS.items() if name in columns}
        fields["output"] = [row[1] for row in columns["generated_text"]]
        fields["reference"] = [row[2] for row in columns["generated_text"]]
        splits[split] = fields
    return splits


def _rows(column: Any) -> list[Any]:
    return list(column.values()) if isinstance(column, dict) else list(column)


def open_unlearning_log(path: Path) -> tuple[Splits, dict[str, tuple[list[float], list[float]]]]:
    """Fields and membership scores of an open-unlearning `*_EVAL.json`."""
    log = json.loads(path.read_text())
    splits: Splits = {}

    def put(split: str, field: str, metric: str, key: str) -> None:
        by_index = (log.get(metric) or {}).get("value_by_index") or {}
        values = [None if row is None else row.get(key) for row in by_index.values()]
        if any(value is not None for value in values):
            splits.setdefault(split, {})[field] = values

    for prefix, split in OPEN_UNLEARNING_PREFIXES.items():
        put(split, "probability", f"{prefix}_Q_A_Prob", "prob")
        put(split, "loss", f"{prefix}_Q_A_Prob", "avg_loss")
        put(split, "paraphrased_loss", f"{prefix}_Q_A_PARA_Prob", "avg_loss")
        put(split, "perturbed_probabilities", f"{prefix}_Q_A_PERT_Prob", "prob")
        put(split, "perturbed_losses", f"{prefix}_Q_A_PERT_Prob", "avg_loss")
    rouges = {f"{prefix}_Q_A_ROUGE": split for prefix, split in OPEN_UNLEARNING_PREFIXES.items()}
    for metric, split in {**rouges, **OPEN_UNLEARNING_ROUGE}.items():
        for field in ("rouge1_recall", "rougeL_f1", "rougeL_recall"):
            put(split, field, metric, field)
        put(split, "output", metric, "generation")
        put(split, "reference", metric, "ground_truth")
    for metric in ("exact_memorization", "extraction_strength"):
        put("forget", metric, metric, "score")
    membership = {
        name: (_scores(value["forget"]), _scores(value["holdout"]))
        for name, value in log.items()
        if name.startswith("mia_")
    }
    return splits, membership


def _scores(attack: Mapping[str, Any]) -> list[float]:
    return [row["score"] for row in attack["value_by_index"].values()]


def open_unlearning_figures(run: RunMeasures) -> dict[str, float | None]:
    """Our figures under open-unlearning's names."""
    figures: dict[str, float | None] = {name: measure.value for name, measure in run.overall.items()}
    names = {
        "model_utility": "model_utility_tofu",
        "forget_quality": "forget_quality_raw",
        "privleak": "privacy_leakage",
    }
    figures.update({theirs: figures.get(ours) for theirs, ours in names.items()})

    def put(name: str, split: str, measure: str) -> None:
        found = run.splits.get(split, {}).get(measure)
        figures[name] = found.value if found else None

    for prefix, split in OPEN_UNLEARNING_PREFIXES.items():
        put(f"{prefix}_Q_A_Prob", split, "probability")
        put(f"{prefix}_Q_A_ROUGE", split, "rougeL_recall")
        put(f"{prefix}_Q_A_Prob_normalised", split, "normalized_probability")
        form = "truth_ratio_folded" if split == "forget" else "truth_ratio_clipped"
        put(f"{prefix}_Truth_Ratio", split, form)
        put(f"{prefix}_truth_ratio", split, form)
    for name, split in OPEN_UNLEARNING_ROUGE.items():
        put(name, split, "rougeL_f1" if "knowmem" in name else "rougeL_recall")
    for name in ("exact_memorization", "extraction_strength"):
        put(name, "forget", name)
    return figures


def compare_open_unlearning(folder: Path) -> Iterator[dict[str, Any]]:
    """Every aggregate of every log, in SUMMARY and in EVAL, that its per-item values can reproduce."""
    logs = {path.parent.name: path for path in sorted(folder.glob("*/*_EVAL.json"))}
    runs: dict[str, RunMeasures] = {}
    for name, path in sorted(logs.items(), key=lambda pair: not pair[0].endswith(("retain90", "retrain"))):
        splits, membership = open_unlearning_log(path)
        retrained = runs.get(name.replace("original", "retain90").replace("target", "retrain"))
        runs[name] = run = measure_run(splits, retrained, membership, eps=OPEN_UNLEARNING_EPS)
        theirs = json.loads(path.with_name(path.name.replace("EVAL", "SUMMARY")).read_text())
        evaluated = json.loads(path.read_text())
        theirs |= {key: value["agg_value"] for key, value in evaluated.items() if key not in theirs}
        ours = open_unlearning_figures(run)
        for key, value in sorted(theirs.items()):
            yield _line(name, key, ours.get(key), value)


def compare_closer_look(folder: Path) -> Iterator[dict[str, Any]]:
    """The six measures on four splits, both utilities and Forget Efficacy of Closer Look results."""
    splits = {
        "Retain": "retain",
        "Forget": "forget",
        "Real Authors": "real_authors",
        "Real World": "world_facts",
    }
    for path in sorted(folder.rglob("eval_log_aggregated.json")):
        run = measure_run(tofu_log(path))
        ours: dict[str, float | None] = {
            "Model Utility": run.overall["model_utility_closer_look"].value,
            "Model Utility Retain": run.overall["model_utility_retain_closer_look"].value,
            "Forget Efficacy": run.overall["forget_efficacy"].value,
        }
        for label, split in splits.items():
            forget, normalized = split == "forget", split in ("real_authors", "world_facts")
            for theirs, name in {
                "ROUGE": "rougeL_recall",
                "Probability": "normalized_probability" if normalized else "probability",
                "Truth Ratio": "truth_ratio_known" if forget else "truth_ratio_clipped",
                "Token Entropy": "token_entropy",
                "Cosine Similarity": "cosine_similarity",
                "Entailment Score": "entailment",
            }.items():
                ours[f"{label} {theirs}"] = run.splits[split][name].value
        results = path.with_name("unlearning_results.txt").read_text().splitlines()
        theirs_all = dict(line.split(": ", 1) for line in results if ": " in line)
        for key in sorted(ours):
            yield _line(path.parent.name, key, ours[key], float(theirs_all[key]))


def compare_tofu(folder: Path) -> Iterator[dict[str, Any]]:
    """TOFU's logs hold no aggregates: ours against its formulas written out with numpy and scipy."""
    logs = {path.parent.name: path for path in sorted(folder.glob("*/eval_log_aggregated.json"))}
    for name, path in sorted(logs.items(), key=lambda pair: "retain90" not in pair[0]):
        raw = json.loads(path.read_text())
        retrained_path = path.parent.with_name(name.replace("original", "retain90")) / path.name
        retrained_raw = json.loads(retrained_path.read_text())
        run = measure_run(tofu_log(path), measure_run(tofu_log(retrained_path)))
        values = []
        for key, split in TOFU_SPLITS.items():
            if split == "forget":
                continue
            loss, wrong = _column(raw[key]["avg_gt_loss"]), _column(raw[key]["average_perturb_loss"])
            p, q = np.exp(-loss), np.exp(-wrong)
            probability = p if split == "retain" else p / np.c_[p, q].sum(-1)
            inverse = np.exp(wrong.mean(-1) - _column(raw[key]["avg_paraphrased_loss"]))
            rouge_l = _column(raw[key]["rougeL_recall"])
            values += [probability.mean(), rouge_l.mean(), np.maximum(0, 1 - 1 / inverse).mean()]
        yield _line(name, "Model Utility", run.overall["model_utility_tofu"].value, float(hmean(values)))
        ratios = [_inverse_truth_ratios(log) for log in (raw, retrained_raw)]
        quality, folded = ks_2samp(*ratios).pvalue, ks_2samp(*(np.minimum(r, 1 / r) for r in ratios)).pvalue
        yield _line(name, "Forget Quality", run.overall["forget_quality_raw"].value, float(quality))
        yield _line(name, "folded Forget Quality", run.overall["forget_quality_folded"].value, float(folded))


def _column(column: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    return np.array(list(column.values()), dtype=float)


def _inverse_truth_ratios(log: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    forget = log["eval_log_forget.json"]
    return np.exp(_column(forget["average_perturb_loss"]).mean(-1) - _column(forget["avg_paraphrased_loss"]))


def compare_rouge(name: str, splits: Splits) -> dict[str, Any]:
    """Recomputed from texts against the values recorded beside them, item by item."""
    worst, differing, items = 0.0, 0, 0
    for fields in splits.values():
        for index, (reference, output) in enumerate(zip(fields["reference"], fields["output"], strict=True)):
            scores = rouge(reference, output)
            gaps = [
                abs(getattr(scores, field) - fields[field][index])
                for field in scores._fields
                if field in fields and fields[field][index] is not None
            ]
            worst, differing, items = max([worst, *gaps]), differing + (max(gaps) > 1e-9), items + 1
    return {"log": name, "items": items, "differing": differing, "largest": worst}


def _line(log: str, figure: str, ours: float | None, theirs: float | None) -> dict[str, Any]:
    gap = None if ours is None or theirs is None else abs(ours - theirs)
    return {"log": log, "figure": figure, "ours": ours, "theirs": theirs, "difference": gap}


def largest(lines: Iterable[Mapping[str, Any]]) -> float:
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
    texts = [
        compare_rouge(path.parent.name, open_unlearning_log(path)[0])
        for path in sorted((outputs / "open_unlearning").glob("*/*_EVAL.json"))
    ] + [
        compare_rouge(path.parent.name, tofu_log(path))
        for path in sorted((outputs / "tofu_original_format").glob("*/eval_log_aggregated.json"))
    ]
    compared = {
        name: [line for line in part if line["difference"] is not None] for name, part in lines.items()
    }
    result = {
        "largest_absolute_difference": {name: largest(part) for name, part in compared.items()},
        "figures_compared": {name: len(part) for name, part in compared.items()},
        "rouge_from_texts": texts,
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
