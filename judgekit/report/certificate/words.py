"""What a certificate promises, what it does not, and what it rests on: in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator

from judgekit.calibration.ood import FEWEST
from judgekit.calibration.record import Calibration
from judgekit.report.words import listed
from judgekit.trust.risk import percent
from judgekit.trust.selective.certificate import Part

KINDS = 8
"""Runs that a sentence names."""


def promises(calibration: Calibration) -> Iterator[str]:
    """What a certified calibration promises."""
    certificate = calibration.certificate
    yield (
        "Verdicts of these judges under this policy, on further items like those labeled, keep the sentence above. "
        "Which items get a verdict is decided by the policy alone."
    )
    yield (
        "The sentence itself can be wrong by bad luck in the draw of labels. Were the calibration repeated with fresh "
        f"labels, at most {percent(certificate.delta)} of such sentences would be wrong."
    )
    yield (
        "It needs no assumption about the judges. They may be weak, alike or overconfident; then fewer verdicts are "
        "given. It needs labels of items that were drawn fairly."
    )
    if len(certificate.parts) > 1:
        yield f"It holds for all {len(certificate.parts)} parts together, with the stated confidence."


def limits(calibration: Calibration) -> Iterator[str]:
    """What it does not say, what speaks against its labels first."""
    yield from calibration.against
    yield (
        f"It speaks of the verdicts given, about {percent(calibration.certificate.coverage)} of the items. The others "
        "are left open, and their share is an estimate, as is the cost."
    )
    if calibration.group_by is None and len({kind[:2] for kind in calibration.reference.kinds}) > 1:
        yield (
            "It is one promise for all runs together. Verdicts on one of them may agree less often; 'judgekit "
            "calibrate --group-by method' makes the promise for each."
        )
    yield (
        "It is about items like those labeled. Other questions, models or methods are other items. 'judgekit report' "
        "tests for such a shift, and spot checks ('judgekit audit') test the promise itself."
    )
    yield "It measures agreement with people's label. Where people are wrong, an agreeing verdict is wrong too."
    if calibration.annotators == 1:
        yield "One person gave all labels: it is agreement with that person."
    if calibration.person:
        yield "People differ: the promise is about the label of one of an item's people, drawn at random."
    elif calibration.split:
        yield f"It leaves out items on which people have no majority: {calibration.split:,} of those labeled."
    yield "The agreement that was seen, and its exact bound, are for reading. What is promised is the target."
    yield "A further calibration on these labels is a further try, and both together promise less than each alone."


def guard(calibration: Calibration) -> str:
    """What becomes of items that look unlike those of the calibration."""
    if calibration.ood is None:
        return f"None: it takes {FEWEST} unlabeled questions to tell what ordinary items look like."
    return (
        f"Items that look unlike {len(calibration.ood.features):,} unlabeled ones get no verdict; of ordinary items at "
        f"most {percent(calibration.ood.level)} are refused so."
    )


def covered(calibration: Calibration) -> str:
    """Whose outputs the promise is about."""
    methods: dict[tuple[str, str], list[str]] = {}
    for model, method, split in calibration.reference.kinds:
        methods.setdefault((model, split), []).append(method)
    found = []
    for (model, split), names in methods.items():
        of = [f"of {model}"] if model else []
        named = [listed([name for name in names if name], KINDS)] if any(names) else []
        found.append(", ".join(filter(None, (" ".join([*named, *of]), split and f"split {split}"))))
    known = [one for one in found if one]
    return (
        "; ".join([*known[:KINDS], *([f"{len(known) - KINDS:,} more"] if len(known) > KINDS else [])])
        or "not recorded"
    )


def nearest(part: Part) -> str:
    """Why a part is not certified: what comes nearest."""
    if part.nearest is None:
        return "None of the labeled items gets a verdict anywhere on the path."
    right = 1 - part.nearest.errors / part.nearest.accepted
    said = (
        f"The surest {part.nearest.accepted:,} of {part.labels:,} labeled items come nearest: {percent(right)} of the "
        f"verdicts on them are no errors, where {percent(part.agreement)} are wanted."
    )
    if part.waiting:
        return f"{said} The next test hangs on {part.waiting:,} items without a label, which count as errors so far."
    if part.hopeless:
        return f"{said} No part of the verdicts is right often enough, so that more labels alone will hardly help."
    if part.labels_needed:
        return f"{said} So few labels do not prove it: about {part.labels_needed:,} would."
    return f"{said} So few labels do not prove it, and do not tell how many would."


def helps(calibration: Calibration) -> Iterator[str]:
    """What would help, where nothing is certified."""
    certificate, found = calibration.certificate, calibration.diagnosis
    asked = next((target for target in found.targets if target.asked), None) if found else None
    if certificate.labels_needed:
        yield (
            f"More labels: about {certificate.labels_needed:,} in all, of questions that were not calibrated on "
            "('judgekit label' or 'judgekit queue' draws them)."
        )
    if found is not None and found.weakest is not None:
        better = (
            ""
            if asked is None or asked.corrected is None
            else (
                ": with that label right these labels would do"
                if asked.corrected <= found.n
                else f": with that label right about {asked.corrected:,} labels would do"
            )
        )
        yield f"Better judges, first of all on the label '{found.weakest}', which they get wrong most often{better}."
    lower = [target for target in found.targets if target.certified] if found else []
    if lower:
        best = max(lower, key=lambda target: target.agreement)
        yield (
            f"A lower target: in hindsight these labels would have certified {percent(best.agreement)} on "
            f"{percent(best.coverage)} of the items. That is no promise; it takes fresh labels."
        )
    else:
        yield "A lower target, tried on fresh labels."
