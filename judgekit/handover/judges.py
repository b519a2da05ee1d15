"""Whether rubric and cascade, as files, are those that a certificate was made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from judgekit import __version__
from judgekit.calibration.origin import code_digest
from judgekit.calibration.record import Calibration
from judgekit.cascade.spec import CascadeSpec
from judgekit.errors import ConfigError, JudgekitError
from judgekit.handover.parts import Part
from judgekit.rubrics import Rubric, installed_rubrics, load_rubric, shipped_rubrics


def rubric_part(claimed: Calibration, folder: Path | None) -> tuple[Part, Rubric | None]:
    """Whether a rubric folder, or the installed rubric of the name, is the one that the items were judged by."""
    if folder is None and claimed.rubric not in (*shipped_rubrics(), *installed_rubrics()):
        return Part("rubric", "missing", f"no rubric '{claimed.rubric}' here (--rubric FOLDER)"), None
    try:
        rubric = load_rubric(folder or claimed.rubric)
    except JudgekitError as error:
        return Part("rubric", "differs", str(error)), None
    told = () if claimed.origin is None else claimed.origin.rubrics
    if rubric.name != claimed.rubric or rubric.labels != claimed.labels:
        what = f"'{rubric.name}' with the labels {', '.join(rubric.labels)} is not the certificate's '{claimed.rubric}'"
        return Part("rubric", "differs", what), rubric
    if not told:
        return Part("rubric", "missing", "the certificate holds no fingerprint of its rubric"), rubric
    if set(told) == {rubric.fingerprint}:
        return Part("rubric", "same", f"'{rubric.name}', {rubric.fingerprint}"), rubric
    what = f"the fingerprint of '{rubric.name}' is {' and '.join(told)} in the certificate, {rubric.fingerprint} here"
    return Part("rubric", *other_code(claimed, what, folder is None)), rubric


def cascade_part(
    claimed: Calibration, cascade: Path | None, rubric: Rubric | None, folder: Path | None
) -> Part:
    """Whether the judges of a cascade file are those of the certificate; nobody is asked."""
    known = ", ".join(f"{tier} {name}" for tier, name in claimed.fingerprints.items() if name)
    if cascade is None or rubric is None:
        lacking = "no cascade file (--cascade FILE)" if cascade is None else "the rubric is not here"
        return Part("judges", "missing", f"fingerprints are as in the evidence ({known}); {lacking}")
    try:
        spec = CascadeSpec.load(cascade)
        _check_inside(spec)
        found = spec.build(
            _as_installed(rubric) or str(folder), asks=False, allow_uncertified=True
        ).fingerprints
    except JudgekitError as error:
        return Part("judges", "missing", f"the judges of {cascade.name} cannot be made here: {error}")
    wrong = [
        f"'{tier}' is {name or 'unknown'} in the certificate, {found.get(tier, 'absent')} by {cascade.name}"
        for tier, name in claimed.fingerprints.items()
        if found.get(tier) != name
    ]
    if not wrong:
        return Part("judges", "same", f"{known}, as {cascade.name} makes them")
    what = f"{', '.join(wrong)} (other judges, or asked by another version of judgekit)"
    return Part("judges", *other_code(claimed, what, True))


def _as_installed(rubric: Rubric) -> str:
    """The name of the rubric that is installed and asks the same, with its examples; empty where none does."""
    installed = rubric.name in (*shipped_rubrics(), *installed_rubrics())
    return rubric.name if installed and load_rubric(rubric.name).fingerprint == rubric.fingerprint else ""


def other_code(claimed: Calibration, what: str, by_program: bool) -> tuple[Any, str]:
    """An outcome and what is said, where a program of another state may be why something differs."""
    if by_program and (by := made_by(claimed)):
        return "missing", f"{what}; {by}, whose judges may be others: check with that version"
    return "differs", what


def made_by(claimed: Calibration) -> str:
    """Which other judgekit made a certificate; empty where it was this one."""
    code = claimed.origin.code if claimed.origin else ""
    if (claimed.version, code) == (__version__, code_digest()):
        return ""
    return (
        f"it was made by judgekit {claimed.version or 'of an unknown version'} (code {code[:12] or 'unknown'}), "
        f"and this is {__version__} (code {code_digest()[:12]})"
    )


def code_part(claimed: Calibration) -> Part:
    """Whether the judgekit that made a certificate is this one."""
    other = made_by(claimed)
    return (
        Part("code", "missing", other)
        if other
        else Part("code", "same", f"judgekit {__version__}, the same code")
    )


def _check_inside(spec: CascadeSpec) -> None:
    """Refuse a cascade of somebody else that names files outside its folder.

    Raises
    ------
    ConfigError
        Naming the path.
    """
    root = spec.folder.resolve()
    for tier in spec.file.tiers:
        for text in _texts(tier):
            path = Path(text)
            outside = path.is_absolute() or not (root / path).resolve().is_relative_to(root)
            if outside and "://" not in text:
                raise ConfigError(f"it names a path outside its folder, '{text}'")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
