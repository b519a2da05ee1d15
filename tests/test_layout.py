"""Where tests stand: a module's are found under ``tests`` at the place that the module has under ``judgekit``.

A module is covered by the file of its own name there, or by one in the same package's folder that imports it. What is
tested through another door is named in `THROUGH`, with the file that does it.
"""

from __future__ import annotations

import ast
import re
import runpy
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    path.relative_to(ROOT / "judgekit")
    for path in (ROOT / "judgekit").glob("**/*.py")
    if path.name != "__init__.py"
)
BENCHMARKS = sorted((ROOT / "benchmarks").glob("**/*.py"))

ACROSS = {
    "docs",
    "fuzz",
    "invariance",
    "promises",
    "engine",
    "systems",
    "security",
    "extensions",
    "packaging",
}
"""Folders of what no one module answers for: kept promises, changed files, real engines, other systems, hostile input, other packages, what is installed."""

THROUGH = {
    "attacks/test_suite.py": ("attacks/addressed.py", "attacks/disguised.py"),
    "cascade/test_cost.py": ("cascade/spec.py",),
    "cli/test_audit.py": ("labeling/audit.py",),
    "cli/test_output.py": (
        "cli/common.py",
        "cli/decide.py",
        "cli/export.py",
        "cli/judges.py",
        "cli/people.py",
        "cli/plan.py",
        "cli/report.py",
        "cli/rubrics.py",
        "cli/score.py",
        "cli/validate.py",
        "labeling/planning.py",
    ),
    "cli/test_queue.py": (
        "labeling/collapsed.py",
        "labeling/queue.py",
    ),
    "cli/test_verbs.py": (
        "engine/local.py",
        "runs/tally.py",
    ),
    "engine/test_offline.py": ("judges/vllm/engine.py",),
    "engine/test_ray.py": ("engine/store_actor.py",),
    "extensions/test_judges.py": ("extensions.py",),
    "extensions/test_measures.py": ("metrics/entry.py",),
    "judges/elsewhere/test_function.py": ("judges/elsewhere/asking.py",),
    "integrations/inspect/test_scorer.py": ("integrations/inspect/samples.py",),
    "judges/lexical/test_forms.py": (
        "judges/lexical/acts.py",
        "judges/lexical/fluency.py",
    ),
    "judges/test_annotators.py": (
        "judges/annotators/examples.py",
        "judges/annotators/judge.py",
        "judges/annotators/panel.py",
    ),
    "labeling/page/test_server.py": ("labeling/page/sitting.py",),
    "promises/test_shift.py": ("trust/monitoring/views.py",),
    "readers/formats/test_other_formats.py": (
        "readers/base.py",
        "readers/files/columnar.py",
        "readers/formats/alpaca.py",
        "readers/formats/hf.py",
        "readers/formats/judgekit_jsonl.py",
        "readers/formats/muse.py",
        "readers/formats/rulebreakers.py",
        "readers/formats/rwku.py",
    ),
    "readers/test_prompts_and_names.py": ("readers/naming.py",),
    "report/certificate/test_page.py": (
        "calibration/further.py",
        "calibration/hindsight.py",
        "report/certificate/path.py",
        "report/certificate/tables.py",
        "report/certificate/words.py",
    ),
    "report/render/test_render.py": (
        "report/comparison/baselines.py",
        "report/comparison/control.py",
        "report/comparison/per_run.py",
        "report/findings.py",
        "report/groups.py",
        "report/rates/measured.py",
        "report/render/charts/base.py",
        "report/render/charts/reliability.py",
        "report/render/charts/risk_coverage.py",
        "report/render/tables/comparison.py",
    ),
    "report/samples/test_curve.py": ("report/samples/records.py",),
    "report/test_recipes.py": ("report/recipes/base.py",),
    "runs/test_store.py": ("runs/lock.py",),
    "test_rubrics.py": (
        "rubrics/find.py",
        "rubrics/role.py",
        "rubrics/rubric.py",
    ),
    "trust/monitoring/test_shift.py": ("trust/monitoring/shift_statistics.py",),
    "trust/prevalence/test_rates.py": (
        "trust/prevalence/judged.py",
        "trust/prevalence/strata.py",
    ),
    "trust/selective/test_calibrate.py": (
        "trust/arrays.py",
        "trust/draws.py",
        "trust/selective/certify.py",
        "trust/selective/descent.py",
        "trust/selective/split.py",
    ),
}
"""Test files, and the modules without tests of their own that they reach by what calls them."""

ELSEWHERE = {module: tests for tests, modules in THROUGH.items() for module in modules}


@cache
def imports(path: Path) -> frozenset[str]:
    """Names of the modules that a file imports, or imports from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return frozenset(found)


def covering(module: Path) -> list[Path]:
    """Test files at the module's place."""
    folder = ROOT / "tests" / module.parts[0] if len(module.parts) > 1 else ROOT / "tests"
    named = ROOT / "tests" / module.parent / f"test_{module.name}"
    if named.is_file():
        return [named]
    name = ".".join(("judgekit", *module.with_suffix("").parts))
    files = folder.glob("**/test_*.py") if len(module.parts) > 1 else folder.glob("test_*.py")
    return [path for path in files if name in imports(path)]


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_module_has_tests_at_its_place(module: Path) -> None:
    name = module.as_posix()
    if name in ELSEWHERE:
        assert (ROOT / "tests" / ELSEWHERE[name]).is_file()
        assert not covering(module), f"{name} has tests at its place now: it is no exception anymore"
    else:
        assert covering(module), (
            f"tests for judgekit/{name} belong into tests/{module.parent / f'test_{module.name}'}"
        )


def test_no_exception_outlives_its_module() -> None:
    assert set(ELSEWHERE) <= {module.as_posix() for module in MODULES}


def test_folders_of_tests_are_those_of_the_package() -> None:
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").glob("**/test_*.py")}
    stray = {
        folder.as_posix()
        for folder in folders
        if folder.parts and folder.parts[0] not in ACROSS and not (ROOT / "judgekit" / folder).is_dir()
    }
    assert not stray


def test_the_root_is_small_and_every_package_says_what_belongs_in_it() -> None:
    assert len(list((ROOT / "judgekit").glob("*.py"))) <= 10
    for path in (ROOT / "judgekit").glob("*/**/__init__.py"):
        said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        assert "Here: " in said and "Not here: " in said, f"{path}: say in three lines what belongs here"


BRITISH = re.compile(
    r"(?<![A-Za-z])(?:un|re)?labell(?:ed|ing)|(?<![A-Za-z])(?:behaviour|colour|catalogue|judgement)s?\b"
)


def test_spelling_is_american() -> None:
    texts = [*(ROOT / "judgekit").glob("**/*.py"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    for path in texts:
        if "lexical" not in path.parts:  # reads what others wrote
            found = BRITISH.findall(
                path.read_text("utf-8").replace("aria-labelledby", "").replace("unlabelled", "")
            )
            assert not found, f"{path.name}: {found}"


@pytest.mark.parametrize("script", BENCHMARKS, ids=lambda path: path.name)
def test_every_benchmark_finds_what_it_imports(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(script.parent), *sys.path])
    runpy.run_path(str(script), run_name="imported")
