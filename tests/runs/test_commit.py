"""A run appears at one moment: killed at any step before, it is unfinished, and never a mixture of two runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgekit import api
from judgekit.errors import InputError
from judgekit.records import Evidence, EvidenceRow, Item, ItemResult, Verdict
from judgekit.runs.about import RunAbout
from judgekit.runs.atomic import PART
from judgekit.runs.folder import ABOUT, FILES, VERDICTS, RunFolder, finished, is_finished, is_unfinished
from judgekit.runs.writer import RunWriter
from tests.runs.older import without_digests


def results(label: str, count: int = 3) -> list[ItemResult]:
    return [
        ItemResult(
            Item(id=str(i), question="q", output=label, split="forget"),
            EvidenceRow(id=str(i), rubric="forgetting", tiers={"j": Evidence(probs={label: 1.0})}),
            Verdict(id=str(i), rubric="forgetting", state="verdict", label=label, tier="j"),
        )
        for i in range(count)
    ]


def write(folder: Path, label: str, count: int = 3) -> None:
    with RunWriter(folder) as writer:
        writer.write(results(label, count))
        writer.finish(RunAbout(source=label))


class Killed(BaseException):
    """Stands for kill -9: nothing is cleaned up after it."""


@pytest.mark.parametrize("old", [True, False], ids=["over a finished run", "in a new folder"])
@pytest.mark.parametrize("renames", range(4))
def test_killed_between_two_renames_a_run_is_unfinished(
    renames: int, old: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if old:
        write(tmp_path, "leaked")
    replace, left = Path.replace, [renames]

    def dying(self: Path, target: Path) -> Path:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return replace(self, target)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Path, "replace", dying)
        write(tmp_path, "wrong")
    assert is_unfinished(tmp_path) and not is_finished(tmp_path)
    with pytest.raises(InputError, match="an unfinished run: the same 'judgekit score' again goes on"):
        RunFolder.open(tmp_path)
    with pytest.raises(InputError, match="unfinished"):
        finished(tmp_path)
    (examined,) = api.validate(tmp_path)
    assert not examined.sound and "an unfinished run" in str(examined.faults[0])
    write(tmp_path, "wrong")
    run = RunFolder.open(tmp_path)
    assert {item.output for item in run.items()} == {row.label for row in run.verdicts()} == {"wrong"}
    assert run.about.source == "wrong" and not list(tmp_path.glob("*" + PART))


def test_an_old_run_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    write(tmp_path, "leaked")
    with RunWriter(tmp_path) as writer:
        writer.write(results("wrong"))
    assert {row.label for row in RunFolder.open(tmp_path).verdicts()} == {"leaked"}
    (examined,) = api.validate(tmp_path)
    assert examined.sound


def test_a_disk_that_is_full_before_the_last_step_leaves_the_old_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "leaked")

    def full(*_: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    with (
        monkeypatch.context() as patched,
        pytest.raises(OSError, match="No space"),
        RunWriter(tmp_path) as writer,
    ):
        writer.write(results("wrong"))
        patched.setattr("judgekit.runs.writer.json.dumps", full)
        writer.finish(RunAbout())
    assert {row.label for row in RunFolder.open(tmp_path).verdicts()} == {"leaked"}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_run_is_noticed_where_it_is_read(name: str, tmp_path: Path) -> None:
    for label in ("leaked", "wrong"):
        write(tmp_path / label, label)
    (tmp_path / "wrong" / name).write_bytes((tmp_path / "leaked" / name).read_bytes())
    run = RunFolder.open(tmp_path / "wrong")
    with pytest.raises(
        InputError, match=rf"{name}: changed since it was written: .* not the one in run\.json"
    ):
        list(run.results())
    with pytest.raises(InputError, match="changed since"):
        run.check(name)
    (examined,) = api.validate(tmp_path / "wrong")
    assert [name in str(fault) and "changed since" in str(fault) for fault in examined.faults] == [True]


@pytest.mark.parametrize("name", FILES)
def test_lines_that_are_gone_are_counted(name: str, tmp_path: Path) -> None:
    write(tmp_path, "leaked")
    path = tmp_path / name
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    run = RunFolder.open(tmp_path)
    with pytest.raises(
        InputError, match=rf"{name}: holds 2 rows, not the 3 in run\.json; the same 'judgekit"
    ):
        run.check(name)
    with pytest.raises(InputError, match=r"2 rows, not the 3|of different runs"):
        list(run.results())


def test_evidence_that_was_taken_away_is_missed_and_texts_are_not(tmp_path: Path) -> None:
    """No check of a promise is to be escaped by what is left out; texts may be kept back."""
    write(tmp_path, "leaked")
    for name in FILES[:2]:
        (tmp_path / name).unlink()
    run = RunFolder.open(tmp_path)
    assert list(run.items()) == []
    with pytest.raises(
        InputError, match=r"evidence\.jsonl: is not there, and run\.json says that it was written"
    ):
        list(run.evidence())


def test_a_run_of_an_earlier_version_is_read_as_before(tmp_path: Path) -> None:
    write(tmp_path, "leaked")
    path = without_digests(tmp_path) / VERDICTS
    path.write_text(path.read_text("utf-8").replace("leaked", "wrong"), "utf-8")
    assert {row.label for row in RunFolder.open(tmp_path).verdicts()} == {"wrong"}
    for name in (*FILES[:2], ABOUT):
        (tmp_path / name).unlink()
    run = RunFolder.open(tmp_path)
    assert [item for item, _ in run.judged()] == [None] * 3
    (examined,) = api.validate(tmp_path)
    assert examined.sound


def test_rows_beside_verdicts_that_end_too_early_are_noticed(tmp_path: Path) -> None:
    """Also in runs of earlier versions, which do not say what their files held."""
    write(tmp_path, "leaked")
    (tmp_path / ABOUT).unlink()
    path = tmp_path / VERDICTS
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    with pytest.raises(InputError, match=r"items\.jsonl:3: a row without a verdict"):
        list(RunFolder.open(tmp_path).results())
