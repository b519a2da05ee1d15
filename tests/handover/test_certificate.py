"""A certificate against its files: what is the same, and that no edit of anything that matters goes unseen."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judgekit.calibration.record import Calibration
from judgekit.cascade.decide import decide
from judgekit.errors import InputError, JudgekitError
from judgekit.handover import again as making
from judgekit.handover import certificate
from judgekit.handover.certificate import Given, read_certificate, verified
from judgekit.handover.parts import Verification
from tests.handover.files import FORGETTING, edit, handed_over, restate

DESCRIPTIVE = ("made", "version", "origin.code")
"""Of a certificate: what nobody can compute, and what tells which program made it. The name of a file is one more."""

PASSED_OVER = {"reason", "seconds", "model", "calls"}
"""Of what a judge said: what no figure hangs on, as none does on a label's note. The SHA-256 of the file tells that it
was written anew."""

Place = tuple[str | int, ...]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handed_over(tmp_path_factory.mktemp("handed"))


MANY = 12
"""Of longer lists the first entry, the last and one between are edited."""


def leaves(value: Any, place: Place = ()) -> Iterator[Place]:
    if isinstance(value, dict) and value:
        for key, one in value.items():
            yield from leaves(one, (*place, key))
    elif isinstance(value, list) and value:
        few = len(value) <= MANY
        for at in range(len(value)) if few else (0, len(value) // 2, len(value) - 1):
            yield from leaves(value[at], (*place, at))
    else:
        yield place


def mutated(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case float():
            return value * (1 + 1e-6) if value else 1e-6
        case str():
            return value + "x"
        case _:
            return 1


def at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value


def put(value: Any, place: Place, new: Any) -> None:
    at(value, place[:-1])[place[-1]] = new


def outcome(path: Path, **given_: Any) -> tuple[str, str]:
    """The outcome, and the line that says it; what is not read at all is refused too."""
    try:
        found = verified(path, Given(**given_))
    except JudgekitError as error:
        return "not read", str(error)
    return found.outcome, found.sentence


def parts(found: Verification) -> dict[str, tuple[str, str]]:
    return {part.name: (part.outcome, part.said) for part in found.parts}


def test_from_its_files_a_certificate_is_the_same(made: Path) -> None:
    found = verified(made, Given())
    assert found.outcome == "same", found.sentence
    assert found.sentence.startswith("SAME") and "Not checked: judges" in found.sentence
    assert {name for name, (said, _) in parts(found).items() if said != "same"} == {"judges"}
    assert "SHA-256" in parts(found)["evidence"][1]
    assert any("asked from no pool" in said for said in found.taken)


def test_every_leaf_of_a_certificate_matters_but_those_that_only_describe(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made again once; options, on which that hangs, are edited in another test."""
    claimed = json.loads(made.read_text("utf-8"))
    whole = Calibration.load(made)
    sources = making.Sources((made.parent / "run",), (made.parent / "labels.jsonl",))
    sources = making.Sources((made.parent / "run" / "evidence.jsonl",), sources.labels)
    once = making.again(whole, sources)
    monkeypatch.setattr(certificate, "again", lambda *_: once)
    unseen = []
    for place in leaves(claimed):
        row = copy.deepcopy(claimed)
        put(row, place, mutated(at(row, place)))
        if place != ("fingerprint",):
            restate(row)
        (made.parent / "edited.json").write_text(json.dumps(row), "utf-8")
        said, _ = outcome(made.parent / "edited.json", evidence=sources.evidence, labels=sources.labels)
        if said not in ("differs", "not read"):
            unseen.append(".".join(map(str, place)))
    (made.parent / "edited.json").unlink()
    names = {f"origin.{kind}.0.{key}" for kind in ("evidence", "labels") for key in ("name", "sha256")}
    assert set(unseen) == {
        *DESCRIPTIVE,
        *names,
    }  # a file's own digest: where what counts has another, that is said


def test_every_field_of_a_calibration_belongs_to_a_part() -> None:
    """A field that is compared with nothing would be one that anybody may edit."""
    fields = {one.alias or name for name, one in Calibration.model_fields.items()}
    told = [key for keys in certificate.KEYS.values() for key in keys]
    assert fields == {*told, "origin", "drawn_before", "made", "version"} and len(told) == len(set(told))


def test_a_leaf_that_is_taken_away_is_seen_too(made: Path, tmp_path: Path) -> None:
    """Of what is for reading only, that it is not there is said."""
    claimed = json.loads(made.read_text("utf-8"))
    shutil.copytree(made.parent, tmp_path / "copy")
    path = tmp_path / "copy" / made.name
    for key in claimed:
        left = {name: one for name, one in claimed.items() if name != key}
        restate(left)
        path.write_text(json.dumps(left), "utf-8")
        said, sentence = outcome(path)
        if key in ("made", "version"):
            assert said == "same"
        elif key == "origin":
            assert said == "missing" and "does not say from which files" in sentence
        elif key == "fingerprint":
            assert parts(verified(path, Given()))[key][0] == "missing"
        elif key in ("diagnosis", "people_summary", "annotators"):
            found = parts(verified(path, Given()))["further reading"]
            assert key in found[1]
        else:
            assert said in ("differs", "not read"), key


@pytest.mark.parametrize(
    "change",
    [
        {"agreement": 0.91},
        {"delta": 0.11},
        {"tries": 2},
        {"people": "random"},
        {"group_by": "method"},
        {"per": "item"},
        {"tolerance": 1},
        {"per_label": {"leaked": 0.91}},
        {"at_most": {"withheld:leaked": 0.1}},
        {"max_mean_cost": 0.001},
        {"tiers": ["large", "small"]},
        {"costs": {"small": 0.001, "large": 0.002}},
    ],
)
def test_options_are_those_it_was_made_with(made: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    shutil.copytree(made.parent, tmp_path / "copy")
    path = tmp_path / "copy" / made.name
    edit(path, lambda row: row["origin"]["options"].update(change))
    assert outcome(path)[0] == "differs"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_edit_of_evidence_or_labels_that_matters_is_seen(
    made: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("edited")
    shutil.copytree(made.parent, folder, dirs_exist_ok=True)
    path = folder / data.draw(st.sampled_from(["run/evidence.jsonl", "labels.jsonl"]))
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    place = data.draw(st.sampled_from(sorted(leaves(rows), key=str)))
    was = at(rows, place)
    new = data.draw(st.sampled_from(FORGETTING)) if place[-1] == "label" else mutated(was)
    put(rows, place, new)
    if new == was:
        return
    if place[-2:-1] == ("probs",):  # the others make up for it: what is read sums to one
        put(rows, place, was * 0.9)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    said, sentence = outcome(folder / made.name)
    if place[-1] == "note" or ("tiers" in place and PASSED_OVER & set(place)):
        assert said == "same", (place, sentence)
    else:
        assert said in ("differs", "not read"), (place, sentence)


def test_what_differs_is_named_with_both_numbers_and_its_item(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made.parent, tmp_path / "copy")
    path = tmp_path / "copy" / made.name
    edit(path, lambda row: row["certificate"].update(accepted=28))
    assert (
        outcome(path)[1] == "REFUSED: certificate: certificate.accepted is 28 in the file, 29 computed anew"
    )
    shutil.copy(made, path)
    edit(path, lambda row: row["reference"]["rows"][3]["text_features"].__setitem__(0, 9.5))
    said = outcome(path)[1]
    assert "reference.rows[3].text_features[0] is 9.5 in the file" in said and "(item 'forget/" in said


def test_a_file_changed_by_hand_is_refused_wherever_it_would_decide_and_verified_to_the_place(
    made: Path, tmp_path: Path
) -> None:
    shutil.copytree(made.parent, tmp_path / "copy")
    path = tmp_path / "copy" / made.name
    row = json.loads(path.read_text("utf-8"))
    row["policy"]["threshold"][0][0] = 0.5
    path.write_text(json.dumps(row), "utf-8")
    with pytest.raises(InputError, match="changed after it was made: it says that it is calibration"):
        Calibration.load(path)
    with pytest.raises(InputError, match="changed after it was made"):
        decide(tmp_path / "copy" / "run" / "evidence.jsonl", path)
    found = verified(path, Given())
    assert found.sentence.startswith("REFUSED: policy: policy.threshold[0][0] is 0.5 in the file, ")
    assert "(and: fingerprint)" in found.sentence


def test_labels_of_another_run_and_evidence_of_another_calibration_are_refused(
    made: Path, tmp_path: Path
) -> None:
    shutil.copytree(made.parent, tmp_path / "copy")
    folder = tmp_path / "copy"
    edit(folder / "labels.jsonl", lambda rows: [row.update(id=f"other/{i}") for i, row in enumerate(rows)])
    said, sentence = outcome(folder / made.name)
    assert said == "differs" and "no label belongs to an item" in sentence
    shutil.copytree(made.parent, tmp_path / "more")
    folder = tmp_path / "more"
    edit(
        folder / "run" / "evidence.jsonl",
        lambda rows: [tier.update(fingerprint="other") for row in rows for tier in row["tiers"].values()],
    )
    said, sentence = outcome(folder / made.name)
    assert said == "differs" and "not the evidence that the certificate was made from" in sentence


def test_without_its_files_nothing_is_verified(made: Path, tmp_path: Path) -> None:
    alone = Path(shutil.copy(made, tmp_path))
    said, sentence = outcome(alone)
    assert said == "missing" and sentence.startswith("NOT VERIFIED: evidence: not there: evidence.jsonl")
    run = made.parent / "run" / "evidence.jsonl"
    assert outcome(alone, evidence=(run,), labels=(made.parent / "labels.jsonl",))[0] == "same"


def test_an_older_file_is_made_again_from_what_its_promise_tells(made: Path, tmp_path: Path) -> None:
    """It says which digests it lacks."""
    shutil.copytree(made.parent, tmp_path / "copy")
    path = tmp_path / "copy" / made.name
    edit(path, lambda row: row.pop("origin"))
    given_ = Given(evidence=(path.parent / "run" / "evidence.jsonl",), labels=(path.parent / "labels.jsonl",))
    found = verified(path, given_)
    assert found.outcome == "same"
    assert parts(found)["evidence"] == (
        "missing",
        "the certificate holds no digest of its evidence; made again from what is given",
    )
    assert "code unknown" in parts(found)["code"][1]


def test_other_code_is_named_where_something_differs(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made.parent, tmp_path / "copy")
    path = tmp_path / "copy" / made.name
    edit(path, lambda row: (row.update(version="0.0.9"), row["certificate"].update(errors=1)))
    said, sentence = outcome(path)
    assert said == "differs" and "made by judgekit 0.0.9" in sentence and "may compute otherwise" in sentence


def test_a_hair_of_rounding_is_the_same_where_it_changes_no_decision(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made.parent, tmp_path / "copy")
    path = tmp_path / "copy" / made.name

    def nudge(row: Any) -> None:
        row["certificate"]["bound"] *= 1 + 1e-15
        row["policy"]["certificate"]["bound"] *= 1 + 1e-15

    edit(path, nudge)
    found = verified(path, Given())
    assert found.outcome == "same" and "last digits" in parts(found)["certificate"][1]


def test_a_key_that_stands_twice_is_refused(made: Path, tmp_path: Path) -> None:
    """Programs read one or the other."""
    twice = tmp_path / "twice.json"
    twice.write_text(made.read_text("utf-8").replace('"rubric"', '"rubric": "utility", "rubric"', 1), "utf-8")
    with pytest.raises(JudgekitError, match="'rubric' stands twice"):
        read_certificate(twice)


def test_labels_may_be_renamed_and_notes_taken_away(made: Path, tmp_path: Path) -> None:
    """What counts is the same, and it is said that the file is another."""
    shutil.copytree(made.parent, tmp_path / "copy")
    folder = tmp_path / "copy"
    names = {"Ann Lee": "person-001", "zoe": "person-002"}
    edit(
        folder / "labels.jsonl",
        lambda rows: [(row.pop("note"), row.update(annotator=names[row["annotator"]])) for row in rows],
    )
    found = verified(folder / made.name, Given())
    assert found.outcome == "same" and "written anew" in parts(found)["labels"][1]
    edit(folder / "labels.jsonl", lambda rows: rows[-1].update(annotator="person-003"))
    assert verified(folder / made.name, Given()).outcome == "differs"
