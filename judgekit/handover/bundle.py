"""``bundle``: one zip file for a reviewer: certificates, all that they were made from, and what they decided."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from judgekit import __version__
from judgekit.calibration.attacked import AttackedPolicy, attacks_file
from judgekit.calibration.origin import Source
from judgekit.calibration.pool import SUFFIX
from judgekit.calibration.record import Calibration
from judgekit.calibration.tries import FILE as TRIES
from judgekit.cascade.spec import CascadeSpec
from judgekit.errors import ConfigError, InputError
from judgekit.handover.about import ABOUT, README, BundleAbout, BundledCertificate, readme
from judgekit.handover.archive import write_zip
from judgekit.handover.certificate import read_certificate
from judgekit.handover.clean import (
    Cleaner,
    check_clean,
    judge_entry,
    lines,
    names_in,
    plain_labels,
    pseudonyms,
    without_paths,
)
from judgekit.handover.parts import Verification
from judgekit.handover.verify import verify
from judgekit.readers.labels import read_labels
from judgekit.resources import data
from judgekit.rubrics import load_rubric, shipped_rubrics
from judgekit.runs.atomic import create, replacing_bytes
from judgekit.runs.folder import ABOUT as RUN
from judgekit.runs.folder import FILES, ITEMS, Paths, RunFolder, evidence, paths

CASCADE, REPORT = "cascade.yaml", "report.html"
_RUBRIC = ("rubric.yaml", "template.j2", "examples.jsonl")


@dataclass(frozen=True)
class Bundle:
    """A bundle as it was written.

    Attributes
    ----------
    path : Path
    files : int
    verifications : tuple of Verification
        Of the zip file that was written, one for each certificate.
    """

    path: Path
    files: int
    verifications: tuple[Verification, ...]


def bundle(
    runs: Paths,
    out: str | Path,
    *,
    calibrations: Paths,
    labels: Paths = (),
    report: str | Path | None = None,
    cascade: str | Path | None = None,
    rubrics: Paths = (),
    without_texts: bool = False,
    pseudonyms: bool = False,
) -> Bundle:
    """Pack certificates with all that they were made from into one zip file, and verify it.

    The same files give the same bytes. No key, and no path or address of this machine, goes in.

    Parameters
    ----------
    runs : path or paths
        Run folders and evidence files: those that the certificates were made from, and those decided by them.
    out : str | Path
        The zip file.
    calibrations : path or paths
        Calibration files.
    labels : path or paths
        The label files that they were made from; pools beside them are packed too.
    report : str | Path | None
        A report, as HTML.
    cascade : str | Path | None
        The cascade file; by default what the runs tell of it.
    rubrics : path or paths
        Folders of rubrics that do not come with judgekit.
    without_texts : bool
        Leave out questions, references, outputs, comments and reasons.
    pseudonyms : bool
        Replace annotators' names.

    Raises
    ------
    InputError
        A certificate's evidence or labels are not among what is given; what would be packed is not what the certificate
        was made from, or holds a key or a path of this machine.
    ConfigError
        A report is to go without texts, which it shows.
    """
    if report is not None and without_texts:
        raise ConfigError(
            "a report shows questions and outputs: leave --report or --without-texts out; the reviewer makes a report "
            "from the bundle"
        )
    sources = [Path(one) for one in paths(runs)]
    label_files = [Path(one) for one in paths(labels)]
    made = {Path(one): read_certificate(Path(one)) for one in paths(calibrations)}
    if not made:
        raise ConfigError("nothing to hand over: give a certificate (--calibration FILE)")
    with TemporaryDirectory(prefix="judgekit-") as temporary:
        packing = _Packing(
            Path(temporary) / "bundle",
            Cleaner(without_texts, _names(sources, label_files) if pseudonyms else {}),
        )
        about = packing.pack(
            sources,
            label_files,
            made,
            None if cascade is None else Path(cascade),
            [Path(one) for one in paths(rubrics)],
        )
        if report is not None:
            packing.copy(Path(report), REPORT)
        packing.write(ABOUT, json.dumps(about.to_row(), indent=1, ensure_ascii=False) + "\n")
        claims = {one.file: claim for one, claim in zip(about.certificates, _claims(made), strict=True)}
        packing.write(README, "")
        first = verify(packing.folder)
        if any(part.name == "judges" and part.outcome == "differs" for one in first for part in one.parts):
            # asked by another version of judgekit, say: then the cascade is for reading
            about = about.model_copy(update={"cascade": ""})
            packing.write(ABOUT, json.dumps(about.to_row(), indent=1, ensure_ascii=False) + "\n")
        taken = tuple(dict.fromkeys(said for one in first for said in one.taken))
        packing.write(README, readme(about, claims, taken, report is not None))
        texts = {name for name in packing.names() if name.endswith((ITEMS, "examples.jsonl"))}
        check_clean(packing.folder, packing.cleaner.pseudonyms, packing.names() - texts)
        whole = Path(temporary) / "bundle.zip"
        write_zip(whole, packing.folder)
        verifications = tuple(verify(whole))
        for one in verifications:
            if one.outcome != "same":
                raise InputError(f"not packed, since it would not verify: {one.certificate}: {one.sentence}")
        with replacing_bytes(Path(out)) as file, whole.open("rb") as packed:
            shutil.copyfileobj(packed, file)
        return Bundle(Path(out), len(packing.names()), verifications)


class _Packing:
    """A folder that is filled, and later packed."""

    def __init__(self, folder: Path, cleaner: Cleaner) -> None:
        self.folder, self.cleaner = folder, cleaner
        self._taken: set[str] = set()

    def names(self) -> set[str]:
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
            f"was made from other {what} than those given: {', '.join(lacking)} (as it was then) is not among them",
            path=certificate,
        )
    return [given[one.sha256] for one in told]


def _claims(made: dict[Path, Calibration]) -> Iterable[str]:
    return (one.certificate.claim for one in made.values())


def _names(sources: Sequence[Path], labels: Sequence[Path]) -> dict[str, str]:
    """Pseudonyms for everybody whom evidence or labels name."""
    found = {row.annotator for path in labels for row in read_labels(path)}
    for path in sources:
        found |= names_in(evidence(path))
        if path.is_dir():
            found |= {label.annotator for verdict in RunFolder(path).verdicts() for label in verdict.human}
            found |= {label.annotator for item in RunFolder(path).items() for label in item.human}
    return pseudonyms(found)
