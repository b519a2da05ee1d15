"""The alternative-annotator test against the figures of its authors; prints one JSON object.

Reads a checkout of the paper's repository (github.com/nitaytech/AltTest): labels of people and models on nine sets, and
the winning rate and advantage probability that its notebook prints for each model.

    git clone https://github.com/nitaytech/AltTest
    python benchmarks/alternative.py AltTest
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from shared import show

from judgekit.trust.agreement.alternative import alternative_annotator_test
from judgekit.trust.agreement.coefficients import Scale

SETS: dict[str, tuple[float, Scale]] = {
    "wax": (0.1, "nominal"),
    "lgbteen": (0.2, "nominal"),
    "mtbench": (0.2, "nominal"),
    "framing": (0.15, "nominal"),
    "cebab_aspects": (0.1, "nominal"),
    "summeval": (0.2, "ordinal"),
    "10k_prompts": (0.15, "ordinal"),
    "cebab_stars": (0.1, "ordinal"),
    "lesion": (0.15, "ordinal"),
}
"""Epsilon and scale of each, as in the notebook."""

_PRINTED = re.compile(r"(\S+) (\S+) \[\w+\]:\s+Winning Rate=([\d.]+)\s+Advantage Probability=([\d.]+)")

Labels = dict[str, Any]


def printed(notebook: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """Set and model -> winning rate and advantage as printed, at two decimals."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    text = "".join("".join(output.get("text", ())) for cell in cells for output in cell.get("outputs", ()))
    return {(name, model): (rate, chance) for name, model, rate, chance in _PRINTED.findall(text)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    published = printed(folder / "alt_test_example.ipynb")
    differ = {}
    for (name, model), expected in published.items():
        epsilon, scale = SETS[name]
        people, models = (
            json.loads((folder / "data" / name / f"{who}_annotations.json").read_text("utf-8"))
            for who in ("human", "llm")
        )
        items = sorted({item for labels in people.values() for item in labels})
        number = numbered([*people.values(), *models.values()], scale)
        columns = [[number.get(labels.get(item), -1) for item in items] for labels in people.values()]
        judge = [number.get(models[model].get(item), -1) for item in items]
        found = alternative_annotator_test(np.array(columns).T, np.array(judge), scale=scale, epsilon=epsilon)
        assert found is not None
        got = (f"{found.winning_rate:.2f}", f"{found.advantage:.2f}")
        if got != expected:
            differ[f"{name} {model}"] = {"published": expected, "here": got}
    show({"figures": 2 * len(published), "models_that_differ": differ})


def numbered(every: list[Labels], scale: Scale) -> dict[Any, int]:
    """Label -> number; on the ordinal scale halves of a point are steps."""
    labels = {label for one in every for label in one.values()}
    if scale == "nominal":
        return {label: k for k, label in enumerate(sorted(labels, key=str))}
    steps = {label: round(2 * float(label)) for label in labels}
    return {label: step - min(steps.values()) for label, step in steps.items()}


if __name__ == "__main__":
    main()
