"""``bundle``: one zip file for a reviewer: certificates, all that they were made from, and what they decided."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from judgekit.calibration.record import Calibration
from judgekit.errors import ConfigError, InputError
from judgekit.handover.about import ABOUT, README, readme
from judgekit.handover.archive import write_zip
from judgekit.handover.certificate import read_certificate
from judgekit.handover.clean import Cleaner, check_clean, names_in, pseudonyms
from judgekit.handover.packing import Packing
from judgekit.handover.parts import Verification
from judgekit.handover.verify import verify
from judgekit.readers.labels import read_labels
from judgekit.runs.atomic import replacing_bytes
from judgekit.runs.folder import ITEMS, Paths, RunFolder, evidence, paths

REPORT = "report.html"


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
        packing = Packing(
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
