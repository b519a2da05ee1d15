"""Finding the files of a certificate near it."""

from __future__ import annotations

from pathlib import Path

from judgekit.calibration.origin import Source
from judgekit.handover.find import in_order, near


def file(path: Path, text: str) -> Source:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return Source.of(path)


def test_by_content_whatever_it_is_called_and_by_name_where_the_content_is_another(tmp_path: Path) -> None:
    a = file(tmp_path / "labels" / "a.jsonl", "a")
    b = file(tmp_path / "b.jsonl", "b")
    (tmp_path / "labels" / "a.jsonl").rename(tmp_path / "moved.jsonl")
    (tmp_path / "b.jsonl").write_text("changed", "utf-8")
    found, lacking = near(tmp_path, [a, b, Source(name="c.jsonl", sha256="0" * 64)], runs=False)
    assert found == [tmp_path / "moved.jsonl", tmp_path / "b.jsonl"]
    assert lacking == ["c.jsonl"]


def test_two_files_of_one_name_are_not_guessed_between(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        file(tmp_path / folder / "labels.jsonl", folder)
    found, lacking = near(tmp_path, [Source(name="labels.jsonl", sha256="0" * 64)], runs=False)
    assert (found, lacking) == ([], ["labels.jsonl (none of 2 files of that name has its SHA-256)"])


def test_a_run_folder_is_found_as_one_and_an_evidence_file_as_a_file(tmp_path: Path) -> None:
    one = file(tmp_path / "run" / "evidence.jsonl", "one")
    file(tmp_path / "run" / "verdicts.jsonl", "")
    two = file(tmp_path / "plain" / "evidence.jsonl", "two")
    found, _ = near(tmp_path, [one, two], runs=True)
    assert found == [tmp_path / "run", tmp_path / "plain" / "evidence.jsonl"]


def test_it_looks_neither_deep_nor_at_hidden_folders_nor_through_links(tmp_path: Path) -> None:
    sources = [
        file(tmp_path / "/".join("abcdef") / "deep.jsonl", "deep"),
        file(tmp_path / ".hidden" / "hidden.jsonl", "hidden"),
    ]
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    sources.append(file(outside / "link.jsonl", "link"))
    (tmp_path / "link.jsonl").symlink_to(outside / "link.jsonl")
    assert near(tmp_path, sources, runs=False)[0] == []


def test_files_are_taken_in_the_order_of_the_certificate(tmp_path: Path) -> None:
    """Which item of a question certifies does not hang on it, but the order of what is listed does."""
    told = [file(tmp_path / f"{name}.jsonl", name) for name in "ba"]
    paths = [tmp_path / "other.jsonl", tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    file(paths[0], "other")
    assert in_order(paths, told) == [paths[2], paths[1], paths[0]]
