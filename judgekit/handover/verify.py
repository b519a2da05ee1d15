"""``verify``: certificates, alone or in a bundle, against the files that they were made from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import is_zipfile

from judgekit.documents import read_json
from judgekit.errors import ConfigError, InputError
from judgekit.handover.about import ABOUT, BundleAbout
from judgekit.handover.archive import manifest_part, opened
from judgekit.handover.certificate import Given, verified
from judgekit.handover.parts import Verification
from judgekit.records import parse
from judgekit.runs.folder import Paths, paths


def verify(
    certificate: str | Path,
    *,
    evidence: Paths = (),
    labels: Paths = (),
    rubric: str | Path | None = None,
    cascade: str | Path | None = None,
) -> list[Verification]:
    """Make a certificate again from its files, and say of every part whether it is the same.

    Nothing that the certificate says is trusted where it can be computed: of its file only the options that it was
    made with are taken, and what they give is compared with it, number by number.

    Parameters
    ----------
    certificate : str | Path
        A calibration file, or a bundle (:func:`judgekit.handover.bundle.bundle`): a zip file or its folder.
    evidence : path or paths
        Run folders or evidence files; by default they are looked for near the certificate, by SHA-256 and by name.
    labels : path or paths
        Label files; looked for likewise.
    rubric, cascade : str | Path | None
        A rubric folder and a cascade file, whose fingerprints are then compared too.

    Returns
    -------
    list of Verification
        One for each certificate; a bundle may hold several.

    Raises
    ------
    InputError
        It is no certificate of judgekit, or a bundle that is not safe to open.
    """
    path = Path(certificate)
    given = Given(
        tuple(paths(evidence)),
        tuple(paths(labels)),
        None if rubric is None else Path(rubric),
        None if cascade is None else Path(cascade),
    )
    if path.is_dir() or is_zipfile(path):
        if given != Given():
            raise ConfigError(
                "a bundle holds its own files: give no others, or verify the certificate in it alone"
            )
        return _bundle(path) if path.is_dir() else _zip(path)
    return [verified(path, given)]


def _zip(path: Path) -> list[Verification]:
    with TemporaryDirectory(prefix="judgekit-") as temporary:
        opened(path, Path(temporary))
        return _bundle(Path(temporary), path)


def _bundle(folder: Path, zipped: Path | None = None) -> list[Verification]:
    """Every certificate of an unpacked bundle."""
    said = zipped or folder
    if not (folder / ABOUT).is_file():
        raise InputError(f"no bundle: it holds no {ABOUT}", path=said)
    try:
        row = read_json(folder / ABOUT)
    except InputError as error:
        raise InputError(f"{ABOUT} is {error.what}", path=said) from None
    about = parse(BundleAbout, row, path=said)
    about.check_inside(folder)
    files = manifest_part(folder)
    found = []
    for one in about.certificates:
        given = Given(
            evidence=tuple(folder / name for name in one.evidence),
            labels=tuple(folder / name for name in one.labels),
            rubric=folder / one.rubric if one.rubric else None,
            cascade=folder / about.cascade if about.cascade else None,
            runs=tuple(folder / name for name in about.runs),
            near=False,
        )
        made = verified(folder / one.file, given, one.file)
        parts = (replace(part, said=part.said.replace(f"{folder}/", "")) for part in made.parts)
        found.append(replace(made, parts=(files, *parts)))
    return found
