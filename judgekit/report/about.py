"""What a report is about: which outputs, judged by whom, when, under which promise, at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judgekit import __version__
from judgekit.display import brief_repr
from judgekit.report.claims.claims import Claim
from judgekit.report.run import Run


@dataclass(frozen=True)
class About:
    """The head of a report.

    Attributes
    ----------
    runs, items, questions : int
        Runs, judged items in all, and distinct questions among them.
    models : tuple of str
        The base models that the outputs name.
    judges : tuple of str
        In the order in which they are asked, each with the model behind it where that is known; one that answered
        nothing says so.
    judged : (str, str) or None
        Days of the first and the last judging, ISO-8601; None where no run says.
    version : str
        Of the judgekit that made the report.
    certificates : tuple of str
        Fingerprints of the calibrations whose promise stands in at least one run.
    promises : tuple of str
        Their claims, one a certificate.
    cost, seconds : float or None
        US dollars and judge time of all runs; None where it is known of none.
    """

    runs: int
    items: int
    questions: int
    models: tuple[str, ...]
    judges: tuple[str, ...]
    judged: tuple[str, str] | None
    version: str
    certificates: tuple[str, ...]
    promises: tuple[str, ...]
    cost: float | None
    seconds: float | None

    __repr__ = brief_repr


def about(runs: Sequence[Run], claims: Mapping[tuple[str, str], Claim]) -> About:
    """What the runs say of themselves.

    Parameters
    ----------
    runs : sequence of Run
    claims : mapping
        Run name and rubric to what is promised.
    """
    verdicts = [row.verdict for run in runs for row in run.rows]
    days = sorted(run.about.created[:10] for run in runs if run.about.created)
    standing = {
        made.fingerprint: claims[run.name, rubric].text
        for run in runs
        for rubric in run.by_rubric
        if (made := run.calibration(rubric)) is not None and claims[run.name, rubric].stands
    }
    known = [verdict.cost for verdict in verdicts if verdict.cost is not None]
    spent = [
        said.seconds
        for run in runs
        for row in run.rows
        for said in (row.evidence.tiers.values() if row.evidence else ())
        if said.seconds is not None
    ]
    return About(
        runs=len(runs),
        items=len(verdicts),
        questions=len({(verdict.rubric, verdict.question_id or verdict.id) for verdict in verdicts}),
        models=tuple(dict.fromkeys(verdict.model for verdict in verdicts if verdict.model)),
        judges=tuple(_judges(runs)),
        judged=(days[0], days[-1]) if days else None,
        version=__version__,
        certificates=tuple(standing),
        promises=tuple(standing.values()),
        cost=sum(known) if known else None,
        seconds=sum(spent) if spent else None,
    )


def _judges(runs: Sequence[Run]) -> list[str]:
    """Tiers in cascade order, with the models that answered: ``small (qwen3-4b)``, ``large (gave no answer)``."""
    models: dict[str, dict[str, None]] = {}
    asked, answered = set[str](), set[str]()
    for run in runs:
        for cascade in run.about.cascades.values():
            for tier in cascade.tiers:
                models.setdefault(tier, {})
        for row in run.rows:
            for tier, said in (row.evidence.tiers if row.evidence else {}).items():
                found = models.setdefault(tier, {})
                if said.model and not said.model.startswith("lexical-"):  # that judge is its own model
                    found[said.model] = None
                asked.add(tier)
                answered |= {tier} if said.probs else set()
            if row.verdict.tier:
                models.setdefault(row.verdict.tier, {})
                answered.add(row.verdict.tier)
    is_known = all(row.evidence for run in runs for row in run.rows)  # else nobody knows who was asked
    silent = {tier: "gave no answer" if tier in asked else "not asked" for tier in models.keys() - answered}
    told = {
        tier: ", ".join([*found, *([silent[tier]] if is_known and tier in silent else [])])
        for tier, found in models.items()
    }
    return [f"{tier} ({more})" if more else tier for tier, more in told.items()]
