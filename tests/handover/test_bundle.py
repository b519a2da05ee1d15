"""One file for a reviewer: what is in it, what is not, and that it verifies."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import judgekit as jk
from judgekit.calibration import files, ood, suspects
from judgekit.errors import ConfigError, InputError
from judgekit.handover.about import ABOUT, README
from judgekit.handover.bundle import bundle
from judgekit.handover.clean import Cleaner, judge_entry, without_paths
from judgekit.handover.verify import verify
from tests.handover.files import edit

SECRET = "sk-planted-0123456789"


def scored(folder: Path) -> dict[str, Any]:
    """A run that was certified on, one that was decided by the certificate, its labels and a report."""
    rows = [
        {
            "id": f"forget/{i}",
            "question": f"Who wrote book {i}?",
            "reference": "Ann Lee",
            "output": "It was Ann Lee." if i % 3 else f"Nobody knows that, planted-text-{i}.",
            "split": "forget",
            "model": "m",
        }
        for i in range(40)
    ]
    outputs = folder / "outputs" / "first.jsonl"
    outputs.parent.mkdir(parents=True)
    outputs.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    labels = folder / "labels.jsonl"
    told = [
        {
            "id": row["id"],
            "annotator": "Zoe Miller",
            "label": "leaked" if i % 3 else "withheld",
            "rubric": "forgetting",
            "note": "planted-note",
        }
        for i, row in enumerate(rows)
    ]
    labels.write_text("".join(json.dumps(row) + "\n" for row in told), "utf-8")
    jk.score(str(outputs), folder / "opinions" / "first")
    calibration = folder / "forgetting.json"
    files.calibrate(folder / "opinions" / "first", labels=labels, agreement=0.8, delta=0.2).save(calibration)
    jk.score(str(outputs), folder / "runs" / "first", labels=labels, calibrations=calibration)
    report = folder / "report.html"
    report.write_text("<p>a report</p>", "utf-8")
    return {
        "runs": [folder / "opinions" / "first", folder / "runs" / "first"],
        "calibrations": calibration,
        "labels": labels,
        "report": report,
    }


@pytest.fixture
def given(tmp_path: Path) -> dict[str, Any]:
    return scored(tmp_path / "home" / "ann")


def contents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_a_bundle_holds_all_of_it_and_verifies(given: dict[str, Any], tmp_path: Path) -> None:
    made = bundle(out=tmp_path / "b.zip", **given)
    held = contents(made.path)
    assert made.files == len(held)
    assert {
        "SHA256SUMS",
        README,
        ABOUT,
        "report.html",
        "cascade.yaml",
        "calibrations/forgetting.json",
    } < held.keys()
    assert {"evidence/first/evidence.jsonl", "runs/first/verdicts.jsonl", "labels/labels.jsonl"} < held.keys()
    assert not [name for name in held if name.endswith(("store.sqlite", "lock", ".lock"))]
    (found,) = verify(made.path)
    assert found.outcome == "same", found.sentence
    assert {part.name: part.outcome for part in found.parts} == dict.fromkeys(
        (p.name for p in found.parts), "same"
    )
    assert "judgekit verify bundle.zip" in held[README] and "sha256sum -c SHA256SUMS" in held[README]
    assert found.claim in held[README] and "drawn fairly" in held[README]
    with zipfile.ZipFile(made.path) as packed:
        packed.extractall(tmp_path / "unpacked")
    assert verify(tmp_path / "unpacked")[0].outcome == "same"


def test_the_same_files_give_the_same_bytes(given: dict[str, Any], tmp_path: Path) -> None:
    for name in ("one", "two"):
        bundle(out=tmp_path / f"{name}.zip", **given)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_no_path_of_the_machine_is_inside(given: dict[str, Any], tmp_path: Path) -> None:
    for name, text in contents(bundle(out=tmp_path / "b.zip", **given).path).items():
        assert str(tmp_path) not in text and "home/ann" not in text, name


def test_a_planted_key_stops_it(
    given: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_KEY", SECRET)
    edit(given["runs"][0] / "run.json", lambda row: row["tiers"][0].update(extra_body={"user": SECRET}))
    with pytest.raises(InputError, match="the value of MY_API_KEY") as stopped:
        bundle(out=tmp_path / "b.zip", **given)
    assert SECRET not in str(stopped.value) and not (tmp_path / "b.zip").exists()


def test_where_judges_are_served_is_left_out() -> None:
    entry = {
        "judge": "openai",
        "model": "/home/ann/models/judge",
        "base_url": "http://gpu17.lab:8000",
        "api_key_env": "LAB_KEY",
        "extra_body": {"path": "C:\\Users\\ann\\x", "n": 2},
    }
    assert judge_entry(entry) == {"judge": "openai", "model": "judge", "extra_body": {"path": "x", "n": 2}}
    assert without_paths(["a/b", "~/x/y", "file:///tmp/z", 1, None]) == ["a/b", "y", "z", 1, None]


def test_without_texts_nothing_that_was_asked_said_or_remarked_is_inside(
    given: dict[str, Any], tmp_path: Path
) -> None:
    given.pop("report")
    made = bundle(out=tmp_path / "b.zip", without_texts=True, pseudonyms=True, **given)
    held = contents(made.path)
    for name, text in held.items():
        assert not any(word in text for word in ("planted-", "Who wrote", "Ann Lee", "Zoe", "Miller")), name
    assert not [name for name in held if name.endswith(("items.jsonl", "examples.jsonl"))]
    (found,) = verify(made.path)
    assert found.outcome == "same"
    told = {part.name: part.said for part in found.parts}
    assert "written anew" in told["labels"] and "40 as the policy decides them" in told["verdicts"]
    assert "Texts are left out" in held[README] and "person-001" in held[README]


def test_reasons_in_judgekits_own_words_stay_without_texts() -> None:
    """A report counts by them; others may quote an output."""
    cleaner = Cleaner(without_texts=True)
    for reason in (ood.REASON, f"{suspects.REASON}: a verdict", suspects.UNKNOWN):
        assert cleaner.row({"reason": reason}) == {"reason": reason}
    said = {"tiers": {"small": {"reason": "no letter in 'Ann Lee'", "calls": ["c"], "probs": {"a": 1.0}}}}
    assert cleaner.row(said) == {"tiers": {"small": {"reason": "left out", "probs": {"a": 1.0}}}}
    told = Cleaner().row({"reason": "cannot read /home/ann/x.json: no such file"})
    assert told == {"reason": "cannot read x.json: no such file"}


def test_without_texts_repeats_and_rows_passed_over_are_still_counted(
    given: dict[str, Any], tmp_path: Path
) -> None:
    """Both hang on what is left out: repeats on texts, and who passed over what on rows without a label."""
    outputs = tmp_path / "more.jsonl"
    rows = [
        json.loads(line)
        for line in (given["labels"].parent / "outputs" / "first.jsonl").read_text("utf-8").splitlines()
    ]
    rows += [{**rows[0], "id": "forget/copy", "question_id": "another"}]
    outputs.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    jk.score(str(outputs), tmp_path / "copied")
    told = [json.loads(line) for line in given["labels"].read_text("utf-8").splitlines()]
    labels = tmp_path / "passed.jsonl"
    told = [*told[:20], {"id": "forget/39", "label": ""}, *told[20:39], {**told[0], "id": "forget/copy"}]
    labels.write_text("".join(json.dumps(row) + "\n" for row in told), "utf-8")
    made = files.calibrate(tmp_path / "copied", labels=labels, agreement=0.8, delta=0.2)
    assert (
        made.origin is not None
        and made.origin.repeats in ((("forget/copy", "m", ""),), ((rows[0]["id"], "m", ""),))
        and len(made.doubts) >= 2
    )
    made.save(tmp_path / "c.json")
    packed = {"calibrations": tmp_path / "c.json", "labels": labels}
    (found,) = bundle([tmp_path / "copied"], tmp_path / "b.zip", without_texts=True, **packed).verifications
    assert found.outcome == "same" and any("repeat the texts of others" in said for said in found.taken)
    (found,) = bundle([tmp_path / "copied"], tmp_path / "c.zip", **packed).verifications
    assert found.outcome == "same" and not any("repeat the texts" in said for said in found.taken)
    edit(tmp_path / "c.json", lambda row: row["origin"].update(repeats=[]))
    with pytest.raises(InputError, match="would not verify"):
        bundle([tmp_path / "copied"], tmp_path / "d.zip", **packed)


def test_a_report_shows_texts_so_it_does_not_go_without(given: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a report shows questions and outputs"):
        bundle(out=tmp_path / "b.zip", without_texts=True, **given)


def test_a_report_that_names_somebody_with_a_pseudonym_is_refused(
    given: dict[str, Any], tmp_path: Path
) -> None:
    given["report"].write_text("<p>Zoe Miller is slow</p>", "utf-8")
    with pytest.raises(InputError, match="would name 'Zoe Miller'"):
        bundle(out=tmp_path / "b.zip", pseudonyms=True, **given)


def test_what_a_certificate_was_made_from_must_be_given(given: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="was made from other runs than those given: first"):
        bundle(out=tmp_path / "b.zip", **{**given, "runs": given["runs"][1:]})
    with pytest.raises(InputError, match="was made from other labels than those given: labels.jsonl"):
        bundle(out=tmp_path / "b.zip", **{**given, "labels": ()})


def test_judges_that_this_program_makes_otherwise_are_told_by_the_evidence(
    given: dict[str, Any], tmp_path: Path
) -> None:
    """Runs that another version scored can be handed on; their cascade file is for reading."""
    edit(given["runs"][0] / "run.json", lambda row: row["tiers"][0].update(name="renamed"))
    made = bundle(out=tmp_path / "b.zip", **given)
    told = {part.name: part for part in made.verifications[0].parts}
    assert told["judges"].outcome == "missing" and "cascade.yaml" in contents(made.path)


def test_what_would_not_verify_is_not_packed(given: dict[str, Any], tmp_path: Path) -> None:
    edit(given["calibrations"], lambda row: row["certificate"].update(errors=0, accepted=40))
    with pytest.raises(InputError, match="not packed, since it would not verify") as stopped:
        bundle(out=tmp_path / "b.zip", **given)
    assert "certificate.accepted is 40 in the file" in str(stopped.value)


def rewritten(path: Path, name: str, change: Any) -> Path:
    """The bundle of somebody who edits a file in it, and puts the manifest right."""
    import hashlib

    held = contents(path)
    held[name] = change(held[name])
    held["SHA256SUMS"] = "".join(
        f"{hashlib.sha256(text.encode()).hexdigest()}  {one}\n"
        for one, text in held.items()
        if one != "SHA256SUMS"
    )
    with zipfile.ZipFile(path, "w") as packed:
        for one, text in held.items():
            packed.writestr(one, text)
    return path


@pytest.mark.parametrize(
    ("name", "was", "now", "part"),
    [
        ("runs/first/verdicts.jsonl", '"label": "leaked"', '"label": "withheld"', "verdicts"),
        ("evidence/first/evidence.jsonl", '"question_id": "', '"question_id": "0', "certificate"),
        ("labels/labels.jsonl", '"label": "withheld"', '"label": "leaked"', "labels"),
        ("calibrations/forgetting.json", '"label_set_size": 5', '"label_set_size": 6', "certificate"),
        ("rubrics/forgetting/template.j2", "{% block item %}", "{% block item %}Say leaked.", "rubric"),
    ],
)
def test_an_edit_is_found_though_the_manifest_was_put_right(
    given: dict[str, Any], tmp_path: Path, name: str, was: str, now: str, part: str
) -> None:
    path = bundle(out=tmp_path / "b.zip", **given).path
    assert was in contents(path)[name]

    def change(text: str) -> str:
        return text.replace(was, now, 1)

    (found,) = verify(rewritten(path, name, change))
    assert found.outcome == "differs"
    assert part in {one.name for one in found.parts if one.outcome == "differs"}, found.sentence
    assert "judgekit-" not in found.sentence  # no place of this machine


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ("{}", "key 'certificates'"),
        ("nonsense", "is not JSON"),
        (
            '{"certificates": [{"file": "../a.json", "evidence": []}]}',
            "names '../a.json', which is not in the bundle",
        ),
        ('{"certificates": [{"file": "/etc/passwd", "evidence": []}]}', "which is not in the bundle"),
    ],
)
def test_a_bundle_that_lies_about_itself_is_one_line(
    given: dict[str, Any], tmp_path: Path, about: str, why: str
) -> None:
    path = bundle(out=tmp_path / "b.zip", **given).path
    with pytest.raises(InputError, match=why):
        verify(rewritten(path, ABOUT, lambda _: about))


def test_any_other_zip_is_no_bundle(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("a.txt", "a")
    with pytest.raises(InputError, match="it holds no bundle.json"):
        verify(tmp_path / "a.zip")
    with pytest.raises(ConfigError, match="a bundle holds its own files"):
        verify(tmp_path / "a.zip", labels=tmp_path / "labels.jsonl")
