"""Audits of runs: spot checks of every promise that their verdicts were given under."""

from __future__ import annotations

from collections.abc import Iterator

from judgekit.calibration.record import Calibration, one_a_rubric
from judgekit.calibration.record import calibrations as of_run
from judgekit.cascade.anew import decided_anew
from judgekit.errors import InputError
from judgekit.labeling.spotchecks import SpotChecks, spot_checks
from judgekit.readers.join import Labels
from judgekit.records import HumanLabel, Verdict
from judgekit.runs.folder import Paths, RunFolder, finished, paths
from judgekit.runs.folder import verdicts as verdicts_of


def audit(
    verdicts: Paths,
    labels: Paths,
    *,
    calibrations: Paths = (),
) -> list[SpotChecks]:
    """Whether promises still hold, by fresh labels on a fair sample of the verdicts: one finding a calibration.

    Parameters
    ----------
    verdicts : path or paths
        Run folders, which hold their calibrations, and verdict files.
    labels : path or paths
        Files of human labels, joined by id; labels that certified a promise do not count.
    calibrations : path or paths
        The calibrations of the verdict files; run folders of their rubrics are decided by them anew.
    """
    given = [Calibration.load(path) for path in paths(calibrations)]
    sources = finished(verdicts)
    wanted = one_a_rubric(given) if any(source.is_dir() for source in sources) else {}
    promises = {made.fingerprint: made for made in given}
    people = Labels.read(paths(labels))
    rows: dict[str, list[tuple[Verdict, tuple[HumanLabel, ...]]]] = {}
    others: list[tuple[Verdict, tuple[HumanLabel, ...]]] = []
    for source in sources:
        said: Iterator[Verdict] = verdicts_of(source)
        if source.is_dir():
            run = RunFolder.open(source)
            promises = of_run(run) | promises
            said = (verdict for _, verdict in decided_anew(run, wanted))
        for verdict in said:
            labeled = (verdict, people.of(verdict))
            if verdict.calibration is None:
                others.append(labeled)
                continue
            if verdict.calibration not in promises:
                raise InputError(
                    f"was decided under the calibration {verdict.calibration}; give it with --calibration",
                    path=source,
                )
            rows.setdefault(verdict.calibration, []).append(labeled)
    if not rows:
        raise InputError(
            "no verdict is under a promise, so there is nothing to audit", path=paths(verdicts)[0]
        )
    people.check_used("verdicts")
    return [
        spot_checks(
            part + [one for one in others if one[0].rubric == part[0][0].rubric],
            promises[name],
            name,
            unmatched=people.unmatched(),
        )
        for name, part in rows.items()
    ]
