"""The recorded judge: evidence that was gathered before, read from an evidence file by item id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from judgekit.errors import InputError
from judgekit.judges.base import NOTHING, Need
from judgekit.judges.rows import Index
from judgekit.records import Evidence, EvidenceRow, Item, Record, parse
from judgekit.rubrics import Rubric
from judgekit.runs.folder import examples

if TYPE_CHECKING:
    from judgekit.judges import Context


class RecordedSpec(Record):
    """The judge's entry in a cascade file: the evidence file, and which of its tiers (by default ``name``)."""

    name: str = "recorded"
    path: Path
    tier: str = ""


class RecordedJudge:
    """Answers with one tier of an evidence file; of an item that the file does not have, it was not asked.

    Of the file only where its rows begin is held in memory (:class:`judgekit.judges.rows.Index`).

    Parameters
    ----------
    path : Path
        Evidence JSONL.
    tier : str
        Which of its tiers.
    name : str
        This judge's name in the cascade.

    Raises
    ------
    InputError
        The file cannot be read, a row is not evidence, an id stands twice, or no row has the tier.
    """

    description = "evidence from a file"
    stages = 1

    def __init__(self, path: Path, tier: str, name: str = "") -> None:
        self.name = name or tier
        self._path, self._tier = path, tier
        self._index = Index.of(path)
        self._file: BinaryIO | None = None
        if tier not in self._index.judges:
            known = ", ".join(sorted(self._index.judges)) or "none"
            raise InputError(f"no row has the tier '{tier}'; tiers in the file: {known}", path=path)
        self._judges = sorted(self._index.judges[tier])

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any], context: Context) -> RecordedJudge:
        """Make the judge from its entry in a cascade file; the path starts from the file's folder."""
        found = RecordedSpec.model_validate(spec)
        return cls(context.folder / found.path, found.tier or found.name, found.name)

    def fingerprint(self, rubric: Rubric) -> str:
        """That of the judge that was recorded, so that a calibration holds for any recording of it.

        Where the file does not tell it, or holds a mixture, a hash of the tier's name and what it does tell.
        """
        if len(self._judges) == 1 and self._judges[0]:
            return self._judges[0]
        return hashlib.sha256(json.dumps(["recorded", self._tier, self._judges]).encode()).hexdigest()[:12]

    def need(self, items: Sequence[Item], rubric: Rubric, stage: int) -> Need:
        """Nothing: it was asked before."""
        return NOTHING

    def shown(self, rubric: Rubric) -> frozenset[str]:
        """What stood in the prompts of the judge that was recorded, as the run says that the file belongs to."""
        return frozenset(examples(self._path.parent))

    async def evidence(self, items: Sequence[Item], rubric: Rubric, stage: int) -> list[Evidence]:
        """Evidence for each item, in order, as the file has it."""
        return [self._one(item, rubric) for item in items]

    async def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _one(self, item: Item, rubric: Rubric) -> Evidence:
        row = self._row(item.id)
        if row is None:
            return Evidence.unasked(f"not in the recorded file {self._path.name}")
        if row.model and item.model and row.key != item.key:
            whose = " ".join(filter(None, (row.model, row.method)))
            return Evidence.unasked(f"the recorded file {self._path.name} has this id of {whose}")
        found = row.tiers.get(self._tier)
        if found is None:
            return Evidence.unasked(
                f"the recorded file {self._path.name} has no tier '{self._tier}' for this item"
            )
        if row.rubric not in ("", rubric.name):
            return Evidence.unasked(f"recorded under the rubric '{row.rubric}', not '{rubric.name}'")
        if unknown := set(found.probs) - set(rubric.labels):
            return Evidence.missing(f"recorded label '{min(unknown)}' is not one of rubric '{rubric.name}'")
        return found

    def _row(self, identity: str) -> EvidenceRow | None:
        if self._file is None:
            self._file = self._path.open("rb")
        found = self._index.find(identity, self._file)
        if found is None:
            return None
        offset, content = found
        try:
            return parse(EvidenceRow, content)
        except InputError as error:
            raise InputError(error.what, path=self._path, row=self._index.line(offset)) from None
