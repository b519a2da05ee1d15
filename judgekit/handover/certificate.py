"""One certificate against its files: read, found, made again, and compared part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judgekit.calibration.origin import Source
from judgekit.calibration.record import UNPROMISED, Calibration
from judgekit.documents import read_json
from judgekit.errors import InputError, JudgekitError
from judgekit.handover.again import Again, NoPool, Sources, again, plain, same_decisions
from judgekit.handover.compare import Difference, differences
from judgekit.handover.find import in_order, near
from judgekit.handover.judges import cascade_part, code_part, rubric_part
from judgekit.handover.parts import Part, Verification
from judgekit.handover.sample import history_part, sample_part
from judgekit.handover.verdicts import verdicts_part
from judgekit.trust.selective.certificate import SCHEMA

KEYS = {
    "certificate": ("certificate",),
    "policy": ("policy",),
    "judges as asked": ("fingerprints", "prices"),
    "scope": ("schema", "rubric", "labels", "tiers", "group_by", "people", "per", "examples", "split"),
    "certified items": ("reference",),
    "guard": ("ood", "detector"),
    "digest": ("tries",),
    "further reading": ("diagnosis", "outlook", "people_summary", "doubts", "annotators"),
}
"""Part -> the keys of a calibration file that it is about; all but ``origin`` (:func:`_origin`), ``drawn_before``
(:mod:`judgekit.handover.sample` reads the record itself), ``fingerprint`` (:func:`_stated`), ``made`` and
``version``."""

KIND = "judgekit.calibration/"
"""How the schema of a calibration file begins."""

_DECIDE = ("policy", "guard")
"""Parts whose numbers decide: where only their last digits differ, all items at hand must get the same verdicts."""

SHOWN = 3
"""Differences that are told of a part."""


@dataclass(frozen=True)
class Given:
    """The files that a certificate is verified with.

    Attributes
    ----------
    evidence, labels : tuple of Path
        Empty: they are looked for near the certificate.
    rubric, cascade : Path or None
        A rubric folder and a cascade file.
    runs : tuple of Path
        Runs whose verdicts are checked, beside those that are evidence.
    near : bool
        Whether to look for what is not given near the certificate.
    """

    evidence: tuple[Path, ...] = ()
    labels: tuple[Path, ...] = ()
    rubric: Path | None = None
    cascade: Path | None = None
    runs: tuple[Path, ...] = ()
    near: bool = True


def read_certificate(path: Path) -> Calibration:
    """A calibration file, read as what everybody reads in it.

    Raises
    ------
    InputError
        No calibration file of judgekit; or a key stands twice in it, of which programs read one or the other.
    """

    row = read_json(path, "a calibration file")
    if not (isinstance(row, dict) and str(row.get("schema", "")).startswith(KIND)):
        raise InputError(f"no certificate of judgekit: its schema is not {KIND}…", path=path)
    return Calibration.read(path)


def verified(path: Path, given: Given, shown: str = "") -> Verification:
    """A certificate against its files.

    Parameters
    ----------
    path : Path
        The calibration file.
    given : Given
    shown : str
        What the file is called in what is said; by default its path.
    """
    claimed = read_certificate(path)
    parts, sources = _found(path, claimed, given)
    taken: list[str] = []
    if sources is not None:
        try:
            found = again(claimed, sources)
        except NoPool as error:
            parts.append(Part("labels", "missing", error.what, needed=True))
        except JudgekitError as error:
            why = f"cannot be made again from these files: {error}"
            parts.append(Part("certificate", "differs", why, needed=True))
        else:
            parts += _compared(claimed, found)
            parts.append(sample_part(found))
            taken += _at_their_word(claimed, found)
            folders = [one if one.is_dir() else one.parent for one in (*sources.evidence, *sources.labels)]
            parts += filter(None, [history_part(claimed, folders)])
            parts += filter(None, [verdicts_part(claimed, dict.fromkeys((*sources.evidence, *given.runs)))])
    parts.append(code_part(claimed))
    rubric, loaded = rubric_part(claimed, given.rubric)
    parts += [rubric, cascade_part(claimed, given.cascade, loaded, given.rubric)]
    claim = claimed.certificate.claim
    return Verification(shown or str(path), claimed.rubric, claim, tuple(parts), tuple(taken))


def _found(path: Path, claimed: Calibration, given: Given) -> tuple[list[Part], Sources | None]:
    """The files that a certificate was made from; what is said of those that are not there."""
    told = claimed.origin
    found: dict[str, list[Path]] = {"evidence": list(given.evidence), "labels": list(given.labels)}
    parts = []
    for name, files in found.items():
        if files:
            continue
        known: Sequence[Source] = () if told is None else getattr(told, name)
        lacking = [one.name for one in known]
        if known and given.near:
            found[name], lacking = near(path.absolute().parent, known, runs=name == "evidence")
        if lacking:
            what = f"not there: {', '.join(lacking)} (--{name} PATH)"
            parts.append(Part(name, "missing", what, needed=True))
        elif not known and (name == "evidence" or told is None):
            what = f"the certificate does not say from which files it was made (--{name} PATH)"
            parts.append(Part(name, "missing", what, needed=name == "evidence"))
    if any(part.needed for part in parts):
        return parts, None
    for name, files in found.items():
        if told is not None:
            found[name] = in_order(files, getattr(told, name))
    return parts, Sources(tuple(found["evidence"]), tuple(found["labels"]))


def _compared(claimed: Calibration, found: Again) -> Iterator[Part]:
    """Each part of a certificate beside the one made again."""
    yield from _origin(claimed, found)
    one, other = dict(_as_written(claimed)), dict(plain(found.made))
    later = set(UNPROMISED) - ({"doubts"} if claimed.origin else set())  # which came together
    lacking = [name for name in UNPROMISED if name in later and name in other and name not in one]
    for name in (*lacking, "fingerprint", "made", "version", "origin", "drawn_before"):
        one.pop(name, None)
        other.pop(name, None)
    apart = sorted(differences(one, other), key=lambda difference: difference.where.startswith("policy."))
    for name, keys in KEYS.items():
        mine = [difference for difference in apart if _part_of(difference) == name]
        real = [difference for difference in mine if not difference.is_rounding]
        gone = [key for key in lacking if key in keys]
        if not real and mine and name in _DECIDE and not same_decisions(claimed, found.made, found.rows):
            real = mine
        if real:
            yield Part(name, "differs", _told(real, claimed), needed=True)
        elif mine:
            what = f"but for the last digits of {len(mine):,} numbers, which change no decision"
            yield Part(name, "same", what)
        elif gone:
            yield Part(name, "missing", f"the file holds no {', '.join(gone)}")
        else:
            yield Part(name, "same", _same(name, claimed, found))
    yield _stated(claimed)


def _stated(claimed: Calibration) -> Part:
    """Whether the file is the calibration that it says it is."""
    if claimed.stated is None:
        return Part(
            "fingerprint", "missing", f"the file does not state it; what it holds is {claimed.fingerprint}"
        )
    try:
        claimed.unchanged(None)
    except InputError as error:
        return Part("fingerprint", "differs", str(error), needed=True)
    return Part("fingerprint", "same", claimed.fingerprint)


def _as_written(claimed: Calibration) -> Mapping[str, Any]:
    """A calibration of today's form as its file has it; one of an older form as it would be written today."""
    row = claimed.to_row()
    newest = Calibration.model_fields["schema_"].default
    same_form = row["schema"] == newest and row["certificate"].get("schema") == SCHEMA
    return row if same_form else plain(claimed)


def _part_of(difference: Difference) -> str:
    """The part that a difference belongs to; a policy holds its certificate once more."""
    if difference.where.startswith("policy.certificate"):
        return "certificate"
    key = difference.where.partition(".")[0].partition("[")[0]
    return next((name for name, keys in KEYS.items() if key in keys), "scope")


def _origin(claimed: Calibration, found: Again) -> Iterator[Part]:
    """Evidence and labels against the digests that the certificate holds of them."""
    told, here = claimed.origin, found.origin
    counts = {
        "evidence": f"{len(found.rows):,} outputs",
        "labels": f"{claimed.certificate.labels:,} labeled items",
    }
    for name, count in counts.items():
        if told is None:
            yield Part(
                name,
                "missing",
                f"the certificate holds no digest of its {name}; made again from what is given",
            )
            continue
        files: tuple[Source, ...] = getattr(here, name)
        noted = {one.sha256 for one in getattr(told, name)}
        if getattr(told, f"{name}_digest") != getattr(here, f"{name}_digest"):
            strange = [one.name for one in files if one.sha256 not in noted]
            which = f" ({', '.join(strange)})" if strange else ""
            what = f"not the {name} that the certificate was made from{which}: what counts in it has another SHA-256"
            yield Part(name, "differs", what, needed=True)
        elif {one.sha256 for one in files} == noted:
            yield Part(
                name,
                "same",
                f"{count}, files with the SHA-256 noted" if files else f"{count}, in the evidence",
            )
        else:
            yield Part(name, "same", f"{count}; files were written anew, and nothing that counts has changed")
    if told is not None:
        wrong = list(differences(_settled(told), _settled(here), "origin"))
        if wrong:
            yield Part("origin", "differs", _told(wrong, claimed), needed=True)


def _settled(origin: Any) -> Mapping[str, Any]:
    """What an origin says beside the digests of files, which are compared in words, and of the code."""
    row = dict(plain(origin))
    for name in ("evidence", "labels", "evidence_digest", "labels_digest", "code", "rubrics"):
        row.pop(name, None)
    return row


def _told(apart: Sequence[Difference], claimed: Calibration) -> str:
    """The first differences, with the item that a certified row is of."""
    first = "; ".join(f"{one}{_item(one, claimed)}" for one in apart[:SHOWN])
    return first + (f"; {len(apart):,} places in all" if len(apart) > SHOWN else "")


def _item(one: Difference, claimed: Calibration) -> str:
    head, _, rest = one.where.partition("[")
    number = rest.partition("]")[0]
    if head in ("reference.rows", "reference.questions") and number.isdigit():
        rows = claimed.reference.rows
        return f" (item '{rows[int(number)].id}')" if int(number) < len(rows) else ""
    return ""


def _same(name: str, claimed: Calibration, found: Again) -> str:
    """What is said of a part in which nothing differs."""
    certificate = claimed.certificate
    if name == "certificate":
        counted = (
            f"{certificate.accepted:,} verdicts on {certificate.items:,} items, {certificate.errors:g} errors"
        )
        return f"{certificate.status}: {counted}"
    if name == "digest":
        return f"{claimed.tries[-1].digest} of evidence, labels and options" if claimed.tries else "none"
    if name == "scope":
        return f"'{claimed.rubric}', {' > '.join(claimed.tiers)}"
    if name == "guard":
        return "none" if claimed.ood is None else f"{len(claimed.ood.features):,} items"
    if name == "certified items":
        return f"{len(claimed.reference.rows):,} items"
    if name == "judges as asked":
        return ", ".join(f"{tier} {one or 'unknown'}" for tier, one in claimed.fingerprints.items())
    return "every number"


def _at_their_word(claimed: Calibration, found: Again) -> Iterator[str]:
    """What no file shows."""
    yield "that people gave these labels, and judges this evidence"
    if found.origin.undrawn:
        yield f"that {found.origin.undrawn:,} labeled items, asked from no pool, were drawn fairly"
    if claimed.made:
        yield f"the day it was made, {claimed.made}"
    if len(claimed.tries) > 1:
        yield f"that no more calibrations were made on these labels before than the {len(claimed.tries) - 1} told of"
    if found.unseen:
        yield f"that {found.unseen:,} outputs left out repeat the texts of others, which are not here"
    if found.by_hand:
        first = found.by_hand[0]
        yield f"that {len(found.by_hand):,} questions had to be left out by hand, '{first}' the first"
