"""What leaves this machine with a bundle: rows and settings without its paths and addresses, and without texts or names
where that is asked for.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from judgekit.calibration.record import REFUSED
from judgekit.errors import InputError
from judgekit.readers.labels import numbered_labels
from judgekit.records import EvidenceRow, LabelRow, Record
from judgekit.runs.writer import line

ADDRESSES = ("base_url", "api_key_env", "headers")
"""Keys of a judge's entry that say where it is served and who may ask: no part of what it is."""

LEFT_OUT = "left out"
"""In place of a reason, which may quote an output unless it is one of :data:`judgekit.calibration.record.REFUSED`."""

_PATH = re.compile(r"(?<![\w:/.~])(?:~?/|[A-Za-z]:\\|file://)[^\s'\",;:<>|]*[/\\][^\s'\",;:<>|]*")
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PASSPHRASE", re.IGNORECASE)
_LEAST = 8
"""Characters of a value that is looked for."""


@dataclass(frozen=True)
class Cleaner:
    """How rows are cleaned.

    Attributes
    ----------
    without_texts : bool
        Leave out whatever may quote a question, a reference, an output or a comment.
    pseudonyms : mapping
        Annotator -> pseudonym, in the same order; empty: names stay.
    """

    without_texts: bool = False
    pseudonyms: Mapping[str, str] = field(default_factory=dict)

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row of a run's files."""
        made = dict(row)
        if "human" in made:
            made["human"] = [self.label(one) for one in made["human"]]
        if isinstance(made.get("tiers"), dict):
            made["tiers"] = {name: self._evidence(said) for name, said in made["tiers"].items()}
        if made.get("reason"):
            made["reason"] = self._reason(made["reason"])
        return made

    def label(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A human label; comments may name people, and quote."""
        made = dict(row)
        name = str(made.get("annotator", ""))
        if name in self.pseudonyms:
            made["annotator"] = self.pseudonyms[name]
        if self.pseudonyms or self.without_texts:
            made.pop("note", None)
        return made

    def _evidence(self, said: Mapping[str, Any]) -> dict[str, Any]:
        made = dict(said)
        if made.get("reason"):
            made["reason"] = self._reason(made["reason"])
        if made.get("model"):
            made["model"] = without_paths(made["model"])
        if self.without_texts:
            made.pop("calls", None)  # hashes of prompts: whoever guesses a text can tell
        return made

    def _reason(self, reason: str) -> str:
        if self.without_texts and not reason.startswith(REFUSED):
            return LEFT_OUT
        return _PATH.sub(_last, reason)


def without_paths(value: Any) -> Any:
    """A decoded JSON value in which texts that are paths of a machine keep their last part only."""
    if isinstance(value, str):
        is_path = value.startswith(("/", "~", "file:", "\\\\")) or re.match(r"[A-Za-z]:[\\/]", value)
        return (
            (PureWindowsPath(value).name if "\\" in value else PurePosixPath(value).name)
            if is_path
            else value
        )
    if isinstance(value, Mapping):
        return {key: without_paths(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_paths(one) for one in value]
    return value


def judge_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A judge's entry in a cascade file, without where it is served."""
    made: dict[str, Any] = without_paths({key: one for key, one in entry.items() if key not in ADDRESSES})
    return made


def lines(path: Path, edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[str]:
    """The lines of a JSONL file; those that are not edited stay as they are, digit by digit."""
    with path.open("r", encoding="utf-8", newline="") as file:
        for text in file:
            row = json.loads(text) if text.strip() else None
            edited = row if row is None else edit(row)
            yield text if edited == row else json.dumps(edited, ensure_ascii=False) + "\n"


def plain_labels(path: Path, cleaner: Cleaner) -> Iterator[str]:
    """The labels of any label file as JSONL of judgekit's own: what a tool adds is left behind."""
    for _, row in numbered_labels(path):
        if not isinstance(row, LabelRow):
            yield '{"id": "", "label": ""}\n'  # that somebody passed over it is told of
        else:
            yield line(LabelRow.model_validate(cleaner.label(Record.to_row(row))))


def pseudonyms(names: Iterable[str]) -> dict[str, str]:
    """``person-001``, … for names, in the same order, which ties in calibration may hang on."""
    return {name: f"person-{number:03}" for number, name in enumerate(sorted(set(names) - {""}), 1)}


def names_in(rows: Iterable[EvidenceRow]) -> set[str]:
    """The annotators that evidence names."""
    return {label.annotator for row in rows for label in row.human}


def check_clean(folder: Path, names: Iterable[str], files: Iterable[str]) -> None:
    """Look once more for what must not be in a bundle.

    Parameters
    ----------
    folder : Path
        What is to be packed.
    names : iterable of str
        Of annotators with pseudonyms.
    files : iterable of str
        The files that may name no person and no place of this machine: those without texts by a model.

    Raises
    ------
    InputError
        A file holds a secret of the environment, a path of this machine, or a name.
    """
    secrets = {
        value.encode(): name
        for name, value in os.environ.items()
        if _SECRET.search(name) and len(value) >= _LEAST and not value.startswith("/")
    }
    places = {str(place) for place in (Path.home(), Path.cwd(), Path.cwd().resolve()) if len(place.parts) > 2}
    people = [name for name in names if len(name) > 2]
    for path in (one for one in sorted(folder.rglob("*")) if one.is_file()):
        name, content = path.relative_to(folder).as_posix(), path.read_bytes()
        for secret, variable in secrets.items():
            if secret in content:
                raise InputError(
                    f"{name} would hold the value of {variable}; take it out, and give that key anew"
                )
        if name not in files:
            continue
        for place in places:
            if f"{place}/".encode() in content:
                raise InputError(
                    f"{name} would name a folder of this machine ({place}); make it anew without"
                )
        for person in people:
            if re.search(rf"\b{re.escape(person)}\b".encode(), content):
                raise InputError(
                    f"{name} would name '{person}', who has a pseudonym; make it anew without, or leave it out"
                )


def _last(found: re.Match[str]) -> str:
    return str(without_paths(found[0]))
