"""What reads files that others wrote, each with sound files to begin with: for hypothesis, and for a guided search."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from judgekit import api, readers
from judgekit.calibration.record import Calibration, by_rubric
from judgekit.calibration.tries import remembered
from judgekit.cascade.spec import CascadeSpec
from judgekit.errors import JudgekitError
from judgekit.labeling.page.desk import Desk
from judgekit.labeling.page.guard import Guard
from judgekit.labeling.page.server import app
from judgekit.labeling.page.store import LabelFile
from judgekit.labeling.samples import Listed
from judgekit.labeling.sheet import write_sheet
from judgekit.readers.label_tools import SHIPPED, TAKES_ITEMS
from judgekit.readers.naming import NamesFile
from judgekit.records import Item
from judgekit.report.certificate.page import to_html
from judgekit.report.load import load
from judgekit.rubrics import load_rubric
from judgekit.runs.folder import RunFolder
from judgekit.validation import validate
from tests.fuzz.mutations import mutate
from tests.labeling.page.screen import tasks_of
from tests.readers.formats.test_inspect_ai import TINY
from tests.readers.formats.test_other_formats import MUSE
from tests.readers.label_tools.answering import ANSWERED, Given, task
from tests.readers.label_tools.label_studio_server import HERE as EXPORTS
from tests.readers.test_mutations import BY_LINE, CONTENTS
from tests.report.make_runs import certified, make_run

Files = Mapping[str, bytes]
"""Path in a folder -> content."""


@dataclass(frozen=True)
class Target:
    """A reader of files.

    Attributes
    ----------
    files : callable
        Sound files of one folder, each of which is changed in turn.
    read : callable
        Given the folder and the name of the file that was changed, reads it in every way that judgekit does.
    """

    files: Callable[[], Files]
    read: Callable[[Path, str], None]


class Undocumented(AssertionError):
    """An exception that is not a documented one, or one of more than one line."""


@contextmanager
def documented() -> Iterator[None]:
    """Pass over errors that a user can mend, each of one line; raise what else there is."""
    try:
        yield
    except JudgekitError as error:
        if "\n" in str(error) or not str(error).strip():
            raise Undocumented(f"not one line: {error!r}") from error


def case(name: str, folder: Path, random: Random) -> None:
    """Change one file of a target at random, read it, and put the sound one back."""
    target, files = TARGETS[name], sound(name)
    changed = random.choice(list(files))
    other = files[random.choice(list(files))]
    attempt(target, folder, changed, mutate(files[changed], random, other))


def attempt(target: Target, folder: Path, changed: str, content: bytes) -> None:
    """Read a folder in which one file has another content."""
    path = folder / changed
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        target.read(folder, changed)
    finally:
        path.write_bytes(before)


@cache
def sound(name: str) -> Files:
    """The sound files of a target."""
    return TARGETS[name].files()


def laid_out(name: str, folder: Path) -> Path:
    """The sound files of a target in a folder."""
    for path, content in sound(name).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _by_line(rows: object) -> bytes:
    assert isinstance(rows, list)
    return b"".join(_json(row) + b"\n" for row in rows)


def _under(folder: Path) -> Files:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


# Logs of outputs


def _logs() -> Files:
    files: dict[str, bytes] = {}
    for form, content in CONTENTS.items():
        by_line = form in BY_LINE
        files[f"{form}/{form}.json{'l' * by_line}"] = _by_line(content) if by_line else _json(content)
    files["tofu/indented.json"] = json.dumps(CONTENTS["tofu"], indent=1).encode()
    files["open_unlearning/TOFU_EVAL.json"] = files.pop("open_unlearning/open_unlearning.json")
    files["open_unlearning/TOFU_SUMMARY.json"] = _json({"forget_quality": 0.1, "model_utility": None})
    files["lm_eval/LMEval_EVAL.json"] = _json({"mmlu": {"task": CONTENTS["lm_eval"]}})
    files["muse/out.json"] = _json({"rougeL": 0.5, "mean": None})
    files["muse/lines.jsonl"] = _by_line(MUSE)
    files["inspect_ai/tiny.eval"] = TINY.read_bytes()
    files["inspect_ai/log.json"] = _json(_inspect())
    header = ["id", "question", "output", "reference", "split"]
    rows = [["1", "Who?", 'a "b"\nc', "Ann", "forget"], ["2", "Où?", "là", "", "retain"]]
    for name, delimiter in (("comma.csv", ","), ("tab.tsv", "\t"), ("semi.csv", ";")):
        sheet = io.StringIO(newline="")
        csv.writer(sheet, delimiter=delimiter).writerows([header, *rows])
        files[f"table/{name}"] = sheet.getvalue().encode()
    files["table/columns.json"] = _json({"question": ["q", "p"], "output": ["o", "x"], "id": ["1", "2"]})
    files |= _columnar(dict(zip(header, zip(*rows, strict=True), strict=True)))
    files["names.csv"] = b"run,model,method\nTOFU_EVAL,Llama-8B,NPO\n"
    files["names.json"] = _json({"TOFU_EVAL": {"model": "m", "method": "n"}})
    files["names.yaml"] = b"TOFU_EVAL:\n  model: m\n  method: n\n"
    files["open_unlearning/.hydra/overrides.yaml"] = (
        b"- trainer=NPO\n- model=Llama\n- trainer.args.learning_rate=1e-5\n"
    )
    files["open_unlearning/.hydra/config.yaml"] = (
        b"trainer:\n  handler: NPO\n  method_args: &a\n    beta: 0.1\n  args:\n    <<: *a\n    learning_rate: 1e-5\n"
    )
    return files


def _inspect() -> dict[str, Any]:
    sample = {
        "id": 1,
        "epoch": 1,
        "input": [{"role": "user", "content": [{"type": "text", "text": "Who?"}]}],
        "choices": ["a", "b"],
        "target": ["A"],
        "output": {"completion": "A", "choices": [{"message": {"content": "A"}}]},
        "scores": {"s": {"value": {"x": 1.0, "y": "I"}}},
        "metadata": {"split": "forget", "method": "NPO"},
        "events": [{"a": [1, {"b": 2}]}],
        "attachments": {"k": "text"},
    }
    run = {"model": "m", "config": {"epochs": 1}}
    results = {"scores": [{"name": "s", "metrics": {"accuracy": {"value": 0.5}}}]}
    return {"version": 2, "status": "success", "eval": run, "results": results, "samples": [sample]}


def _columnar(columns: Mapping[str, Any]) -> Files:
    try:
        import pyarrow
        from pyarrow import feather, parquet
    except ImportError:
        return {}
    made, files = pyarrow.table({name: list(cells) for name, cells in columns.items()}), {}
    for name, write in (("x.parquet", parquet.write_table), ("x.arrow", feather.write_feather)):
        file = io.BytesIO()
        write(made, file)
        files[f"table/{name}"] = file.getvalue()
    return files


def _read_log(folder: Path, changed: str) -> None:
    path = folder / changed
    if changed.startswith("names"):
        with documented():
            names = NamesFile(path)
            names.of(folder / "TOFU_EVAL.json")
            names.check_used([folder / "TOFU_EVAL.json"])
        return
    form = path.parent.name
    if path.name in ("TOFU_SUMMARY.json", "out.json") or form == ".hydra":
        here = {"TOFU_SUMMARY.json": "TOFU_EVAL.json", "out.json": "muse.json"}.get(
            path.name, "../TOFU_EVAL.json"
        )
        path = (path.parent / here).resolve()
        form = path.parent.name
    with documented():
        list(readers.read(path))
    with documented():
        found = readers.log(path, format=form)
        for item in found.items():
            Item.model_validate(item.to_row())
        assert all(isinstance(key, str) for key in found.recorded | found.overrides)
    with documented():
        list(readers.read(path, columns={"question": "question", "output": "output"}))
    with documented():
        readers.logs(path.parent)
    with documented():
        validate(path)


# Labels


def _label_files() -> Files:
    given = [Given("right", "a note"), Given(None, skip=True), Given("wrong")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for tool in TAKES_ITEMS:
            (path, *_) = write_sheet(
                folder / f"{tool}{SHIPPED[tool].suffix}", [task(str(n), rubric="qa") for n in range(3)], tool
            )
            ANSWERED[tool](path, given)
        for export in EXPORTS.iterdir():
            shutil.copy(export, folder / export.name)
        rows = [
            {"id": str(n), "label": "right", "rubric": "qa", "annotator": "ann", "seconds": 2.5}
            for n in range(3)
        ]
        (folder / "own.jsonl").write_bytes(_by_line(rows))
        (folder / "own.csv").write_bytes(b"id,label,annotator,again\n1,right,ann,\n2,wrong,bob,true\n")
        return _under(folder)


def _read_labels(folder: Path, changed: str) -> None:
    path = folder / changed
    with documented():
        list(readers.read_labels(path))
    with documented():
        validate(path)
    with documented():
        api.people(path)


# Rubrics


def _rubric_files() -> Files:
    rubric = b"""name: hints
version: 2
kind: pointwise
ordinal: false
labels: &labels
- name: told
  meaning: 'yes: it does'
- {name: hidden, meaning: it does not}
"""
    template = b"""{% block instruction %}Decide.
{% for letter, text in options %}{{ letter }}. {{ text }}
{% endfor %}{% if letters | length > 1 %}Answer with one letter.{% endif %}{% endblock %}
{% block item %}{{ question | fence("question") }}
{{ references | join("\\n") | fence("reference") }}
{{ output | fence("output") }}{% for hop in hops %}{{ loop.index }} {{ hop.question }}{% endfor %}
Answer:{% endblock %}
"""
    rows = [{"id": "e", "question": "q", "output": "o", "reference": "r", "human": [{"label": "told"}]}]
    return {"rubric.yaml": rubric, "template.j2": template, "examples.jsonl": _by_line(rows)}


ITEM = Item(id="1", question="Who?", references=("Ann",), outputs=("I do not know.",))


def _read_rubric(folder: Path, changed: str) -> None:
    with documented():
        rubric = load_rubric(folder)
        assert rubric.fingerprint
        for order in (0, 1):
            rubric.render(ITEM, rubric.example_rows, order)
        assert isinstance(rubric.guidance, str)
    with documented():
        validate(folder)


# Cascades


def _cascade_files() -> Files:
    cascade = b"""rubrics: {forget: forgetting, '*': utility}
tiers:
- judge: lexical
- judge: openai
  name: small
  model: tiny
  base_url: http://127.0.0.1:9/v1
  samples: 4
  extra_body: &body {top_k: 1, n: 2, stop: [a, b], seed: 7}
  annotators: {n: 1, k: 0, orders: 2}
  price: {input: 0.1, output: 0.2}
- judge: openai
  name: large
  model: big
  base_url: [http://127.0.0.1:9/v1, http://127.0.0.1:10/v1]
  extra_body: *body
  rpm: 60
- judge: human
calibrations: {}
"""
    annotated = b"""rubrics: {'*': forgetting}
tiers:
- judge: openai
  model: tiny
  base_url: http://127.0.0.1:9/v1
  annotators: {n: 3, k: 1, stages: [0.5, 1, 3], examples: examples.jsonl, seed: 1}
- {judge: recorded, name: gpt, path: evidence.jsonl}
"""
    rows = [
        {
            "id": str(n),
            "question": f"q{n}",
            "output": "o",
            "human": [{"label": "leaked" if n % 2 else "wrong"}],
        }
        for n in range(6)
    ]
    evidence = [
        {"id": "1", "rubric": "forgetting", "tiers": {"gpt": {"probs": {"leaked": 1.0}, "fingerprint": "f"}}}
    ]
    return {
        "cascade.yaml": cascade,
        "annotated.yaml": annotated,
        "examples.jsonl": _by_line(rows),
        "evidence.jsonl": _by_line(evidence),
    }


def _read_cascade(folder: Path, changed: str) -> None:
    path = folder / (changed if changed.endswith("yaml") else "annotated.yaml")
    with documented():
        spec = CascadeSpec.load(path)
        json.dumps(spec.tiers)
        for rubric in sorted(set(spec.file.rubrics.values())):
            judges = spec.build(rubric, asks=False)
            asyncio.run(_evidence([tier.judge for tier in judges.tiers]))
    with documented():
        api.plan([ITEM], cascade=path)
    with documented():
        validate(path)


async def _evidence(judges: Any) -> None:
    for judge in judges:
        if type(judge).__name__ == "RecordedJudge":
            await judge.evidence([ITEM], load_rubric("forgetting"), 1)


# Calibrations, pools, the record of calibrations


def _calibration_files() -> Files:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = _small("original")["forgetting"].to_row()
        made.pop("fingerprint")  # one that states it is refused at once where anything else in it was changed
        (folder / "made.calibration.json").write_text(json.dumps(made, indent=1), "utf-8")
        run = make_run(folder / "run", forget=40, keep=4, human=0.9, people=1)
        evidence = (run / "evidence.jsonl").read_bytes()
        found = _under(folder)
        kept = {"made.calibration.json": found["made.calibration.json"], "evidence.jsonl": evidence}
        with documented():
            api.calibrate(run / "evidence.jsonl", agreement=0.7, rubric="forgetting")
        kept[".calibrations.jsonl"] = (run / ".calibrations.jsonl").read_bytes()
        return kept


def _small(method: str) -> Mapping[str, Calibration]:
    """Calibrations that remember few of the items they were made on: what they read is all there, and they are short."""
    return {
        rubric: made.model_copy(
            update={
                "reference": made.reference.model_copy(
                    update={
                        name: getattr(made.reference, name)[:3] for name in ("rows", "questions", "groups")
                    }
                )
            }
        )
        for rubric, made in certified(method).items()
    }


def _read_calibration(folder: Path, changed: str) -> None:
    if changed == ".calibrations.jsonl":
        with documented():
            remembered([folder])
        return
    with documented():
        made = Calibration.load(folder / "made.calibration.json")
        made.load_policy()
        assert made.fingerprint
        list(api.decide(folder / "evidence.jsonl", calibration=folder / "made.calibration.json"))
    with documented():
        validate(folder / changed)


# Runs


def _run_files() -> Files:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_run(folder / "run", forget=8, keep=4, human=0.6, people=2, abstain=0.1, unscored=0.1)
        make_run(folder / "IDK", "IDK", forget=8, keep=4, calibrations=_small("IDK"))
        rows = [{"id": f"forget/{n}", "label": "leaked", "method": "IDK"} for n in range(8)]
        return _under(folder) | {"labels.jsonl": _by_line(rows)}


def _read_run(folder: Path, changed: str) -> None:
    run = folder / changed.split("/")[0].replace("labels.jsonl", "IDK")
    with documented():
        list(RunFolder.open(run).results())
    with documented():
        load([run])
    with documented():
        validate(run)


def _report(folder: Path, changed: str) -> None:
    """Everything that is made of runs."""
    runs, out = [folder / "run", folder / "IDK"], folder / "out"
    out.mkdir(exist_ok=True)
    run = folder / changed.split("/")[0].replace("labels.jsonl", "IDK")
    with documented():
        api.report(
            runs,
            out=out / "r.html",
            json=out / "r.json",
            markdown=out / "r.md",
            latex=out / "r.tex",
            csv=out / "r.csv",
        )
    for suffix in ("xlsx", "parquet"):
        with documented():
            api.export(run, out / f"run.{suffix}")
    with documented():
        api.gate(run, against=folder / "IDK", leaked_below=0.5)
    with documented():
        api.audit([run], folder / "labels.jsonl")
    with documented():
        api.calibrate(run, agreement=0.6, rubric="forgetting")
    with documented():
        api.queue([run], 3, rubric="forgetting")
    with documented():
        api.people(run=run)
    with documented():
        for made in by_rubric(RunFolder(run)).values():
            to_html(made)


# The labeling page


def _bodies() -> Files:
    answer = {"annotator": "Ann", "key": "k", "label": "leaked", "seconds": 2.5, "note": "sure"}
    return {
        "answer": _json(answer),
        "undo": _json({"annotator": "Ann"}),
        "finish": _json({"annotator": "Ann"}),
    }


def _post(folder: Path, changed: str) -> None:
    asyncio.run(_posted(folder, changed, (folder / changed).read_bytes()))


async def _posted(folder: Path, changed: str, body: bytes) -> None:
    from aiohttp.test_utils import TestClient, TestServer

    sample = Listed(tasks_of([ITEM], "forgetting"))
    with LabelFile(folder / "labels.jsonl") as file:
        desk = Desk(sample, file)
        guard = Guard("127.0.0.1", 80)
        async with TestClient(TestServer(app(desk, guard))) as client:
            headers = {
                "Host": "127.0.0.1",
                "Cookie": f"{guard.cookie}={guard.token}",
                "Content-Type": "application/json",
            }
            key = desk._keys[0].encode()
            said = body.replace(b'"k"', b'"' + key + b'"')
            async with client.post(f"/api/{changed}", data=said, headers=headers) as answer:
                if answer.status >= 500 or (answer.status >= 400 and "\n" in (await answer.json())["error"]):
                    raise Undocumented(f"{answer.status}: {await answer.text()}")
    (folder / "labels.jsonl").unlink(missing_ok=True)


TARGETS: Mapping[str, Target] = {
    "logs": Target(_logs, _read_log),
    "labels": Target(_label_files, _read_labels),
    "rubric": Target(_rubric_files, _read_rubric),
    "cascade": Target(_cascade_files, _read_cascade),
    "calibration": Target(_calibration_files, _read_calibration),
    "run": Target(_run_files, _read_run),
    "report": Target(_run_files, _report),
    "page": Target(_bodies, _post),
}
