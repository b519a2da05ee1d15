"""What goes into a bundle: a folder that is filled, cleaned of keys and of this machine's paths, and then zipped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from judgekit import __version__
from judgekit.calibration.attacked import AttackedPolicy, attacks_file
from judgekit.calibration.origin import Source
from judgekit.calibration.pool import SUFFIX
from judgekit.calibration.record import Calibration
from judgekit.calibration.tries import FILE as TRIES
from judgekit.cascade.spec import CascadeSpec
from judgekit.errors import InputError
from judgekit.handover.about import BundleAbout, BundledCertificate
from judgekit.handover.clean import Cleaner, judge_entry, lines, plain_labels, without_paths
from judgekit.resources import data
from judgekit.rubrics import load_rubric, shipped_rubrics
from judgekit.runs.atomic import create
from judgekit.runs.folder import ABOUT as RUN
from judgekit.runs.folder import FILES, ITEMS, RunFolder

CASCADE = "cascade.yaml"
_RUBRIC = ("rubric.yaml", "template.j2", "examples.jsonl")


class Packing:
    """A folder that is filled, and later packed."""

    def __init__(self, folder: Path, cleaner: Cleaner) -> None:
        self.folder, self.cleaner = folder, cleaner
        self._taken: set[str] = set()

    def names(self) -> set[str]:
        """The paths of the files in it, relative to it, with ``/`` between their parts."""
        return {one.relative_to(self.folder).as_posix() for one in self.folder.rglob("*") if one.is_file()}

    def pack(
        self,
        sources: Sequence[Path],
        labels: Sequence[Path],
        made: dict[Path, Calibration],
        cascade: Path | None,
        rubrics: Sequence[Path],
    ) -> BundleAbout:
        """Everything but the report and the pages; what is where."""
        evidence = {Source.of(path).sha256: path for path in sources}
        given = {Source.of(path).sha256: path for path in labels}
        promises = {one.fingerprint for one in made.values()}
        runs = {
            path: self._run(path, promises) if path.is_dir() else self._evidence(path) for path in sources
        }
        said = {path: self._labels(path) for path in labels}
        self._beside(labels)
        folders = {
            name: self._rubric(name, rubrics) for name in dict.fromkeys(one.rubric for one in made.values())
        }
        certificates = []
        for path, one in made.items():
            of, by = one.origin.evidence if one.origin else (), one.origin.labels if one.origin else ()
            certificates.append(
                BundledCertificate(
                    file=self._certificate(path, one),
                    evidence=tuple(runs[found] for found in _those(path, of, evidence, sources, "runs")),
                    labels=tuple(said[found] for found in _those(path, by, given, labels, "labels"))
                    if of or labels
                    else (),
                    rubric=folders[one.rubric],
                )
            )
        return BundleAbout(
            version=__version__,
            without_texts=self.cleaner.without_texts,
            pseudonyms=bool(self.cleaner.pseudonyms),
            certificates=tuple(certificates),
            runs=tuple(name for path, name in runs.items() if path.is_dir()),
            cascade=self._cascade(cascade, sources),
        )

    def _certificate(self, path: Path, one: Calibration) -> str:
        """A calibration, and beside it what became of it under attack."""
        name = self.copy(path, f"calibrations/{path.stem}.json")
        attacks = attacks_file(path)
        if attacks.is_file() and AttackedPolicy.load(attacks).calibration == one.fingerprint:
            self.copy(attacks, attacks_file(Path(name)).as_posix())
        return name

    def copy(self, path: Path, name: str) -> str:
        """A file as it is."""
        where = self._place(name)
        try:
            shutil.copyfile(path, self.folder / where)
        except FileNotFoundError:
            raise InputError("no such file", path=path) from None
        return where

    def write(self, name: str, text: str | Iterable[str]) -> None:
        """A file of these lines, in place of an earlier one."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with create(target) as file:
            file.writelines([text] if isinstance(text, str) else text)

    def _place(self, name: str) -> str:
        """A name that no other file has, whatever the case of its letters."""
        path = Path(name)
        found, number = name, 1
        while found.casefold() in self._taken:
            number += 1
            found = path.with_name(f"{path.stem}-{number}{path.suffix}").as_posix()
        self._taken.add(found.casefold())
        (self.folder / found).parent.mkdir(parents=True, exist_ok=True)
        return found

    def _run(self, path: Path, promises: set[str]) -> str:
        """A run folder; under ``runs`` where one of the certificates decided its verdicts."""
        run = RunFolder.open(path)
        decided = any(verdict.calibration in promises for verdict in run.verdicts())
        name = self._place(f"{'runs' if decided else 'evidence'}/{path.absolute().name}")
        about = run.about.to_row()
        for file in FILES:
            if not (path / file).is_file() or (file == ITEMS and self.cleaner.without_texts):
                about.get("files", {}).pop(file, None)
                continue
            run.check(file)
            self.write(f"{name}/{file}", lines(path / file, self.cleaner.row))
            if file in about.get("files", {}):
                about["files"][file]["sha256"] = Source.of(self.folder / name / file).sha256
        if (path / TRIES).is_file():
            self.copy(path / TRIES, f"{name}/{TRIES}")
        about["source"] = without_paths(about.get("source", ""))
        about["tiers"] = [judge_entry(one) for one in about.get("tiers", ())]
        if self.cleaner.without_texts:
            about.pop("answers", None)  # reasons, shortened
        self.write(f"{name}/{RUN}", json.dumps(about, indent=1, ensure_ascii=False) + "\n")
        return name

    def _evidence(self, path: Path) -> str:
        name = self._place(f"evidence/{path.name}")
        self.write(name, lines(path, self.cleaner.row))
        return name

    def _labels(self, path: Path) -> str:
        """Own JSONL as it is; everything else, and what is to be cleaned, as plain labels."""
        if self.cleaner.pseudonyms or self.cleaner.without_texts or path.suffix != ".jsonl":
            name = self._place(f"labels/{path.stem}.jsonl")
            self.write(name, plain_labels(path, self.cleaner))
            return name
        return self.copy(path, f"labels/{path.name}")

    def _beside(self, labels: Sequence[Path]) -> None:
        """Pools, and the record of calibrations, that stand with the labels."""
        record: dict[str, None] = {}
        for folder in dict.fromkeys(path.absolute().parent for path in labels):
            for pool in sorted(folder.glob("*" + SUFFIX)):
                if not pool.is_symlink():  # nobody named it, and it may lead to any file
                    self.copy(pool, f"labels/{pool.name}")
            if (folder / TRIES).is_file():
                record |= dict.fromkeys((folder / TRIES).read_text("utf-8").splitlines(keepends=True))
        if record:
            self.write(f"labels/{TRIES}", record)

    def _rubric(self, name: str, folders: Sequence[Path]) -> str:
        """A rubric's files, of a folder that is given or as they come with judgekit."""
        own = [folder for folder in folders if load_rubric(folder).name == name]
        if not own and name not in shipped_rubrics():
            return ""
        root: Any = own[0] if own else data("prompts") / name
        for file in _RUBRIC:
            if (root / file).is_file() and not (file == "examples.jsonl" and self.cleaner.without_texts):
                self.write(f"rubrics/{name}/{file}", (root / file).read_text("utf-8"))
        return f"rubrics/{name}"

    def _cascade(self, given: Path | None, sources: Sequence[Path]) -> str:
        """The judges; empty where they cannot be made again from what is packed."""
        if given is not None:
            spec = CascadeSpec.load(given)
            tiers, rubrics = spec.tiers, dict(spec.file.rubrics)
        else:
            told = [RunFolder(path).about.tiers for path in sources if path.is_dir()]
            tiers, rubrics = next(filter(None, told), ()), {}
        if not tiers:
            return ""
        row: dict[str, Any] = {"tiers": [judge_entry(one) for one in tiers]}
        if rubrics:
            row["rubrics"] = {split: Path(name).name for split, name in rubrics.items()}
        self.write(CASCADE, yaml.safe_dump(row, sort_keys=False, allow_unicode=True))
        return "" if self.cleaner.without_texts and any("annotators" in one for one in tiers) else CASCADE


def _those(
    certificate: Path, told: Sequence[Source], given: dict[str, Path], every: Sequence[Path], what: str
) -> list[Path]:
    """The files that a certificate was made from; all that are given where it does not tell.

    Raises
    ------
    InputError
        One is not among those given.
    """
    if not told:
        return list(every)
    if lacking := [one.name for one in told if one.sha256 not in given]:
        raise InputError(
            f"was made from other {what} than those given: {', '.join(lacking)}. Give those too, as they were then "
            "(what has the same name may be another)",
            path=certificate,
        )
    return [given[one.sha256] for one in told]
