"""Asks judges tier by tier until the policy accepts: the only place that decides to spend.

A :class:`Cascade` holds one rubric, its judges in order and, once calibrated, a policy. Without a policy every
tier is asked (that is how evidence for calibration is gathered) and the verdict is the last judge's opinion,
which promises nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from judgekit.calibration.evidence_table import no_such_label, tier_probs
from judgekit.calibration.record import Calibration
from judgekit.calibration.stages import STAGE
from judgekit.calibration.suspects import DETECTOR, routed, suspect
from judgekit.calibration.text_features import text_features
from judgekit.cascade.decide import Decision, check_fingerprints, each, fluent, verdict
from judgekit.errors import ConfigError, FingerprintMismatch
from judgekit.judges.base import Judge, Pending, of_people, shown
from judgekit.judges.lexical import reads_as_answer
from judgekit.records import PEOPLE, Evidence, EvidenceRow, HumanLabel, Item, ItemResult, Verdict
from judgekit.rubrics import Rubric


class Look(NamedTuple):
    """What an item's texts look like: in numbers, and what about them may mislead a judge."""

    text_features: tuple[float, ...]
    suspect: str


@dataclass(frozen=True)
class Tier:
    """A judge, or one stage of it, at its place in the cascade."""

    name: str
    judge: Judge
    stage: int


def tiers_of(judges: Sequence[Judge]) -> tuple[Tier, ...]:
    """The tiers of judges in order; a judge with several stages is one tier a stage (``name@1``, …)."""
    tiers = []
    for judge in judges:
        if judge.name == PEOPLE:
            raise ConfigError(
                f"the name '{PEOPLE}' is kept for people's labels: give the judge another 'name'"
            )
        for stage in range(1, judge.stages + 1):
            name = judge.name if judge.stages == 1 else f"{judge.name}{STAGE}{stage}"
            tiers.append(Tier(name, judge, stage))
    names = [tier.name for tier in tiers]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ConfigError(f"two tiers are named '{twice.pop()}': give one of them another 'name'")
    return tuple(tiers)


class Cascade:
    """One rubric, judges in order, and a policy if there is one.

    Parameters
    ----------
    judges : Sequence[Judge]
        Cheapest first; one that answers for people is asked last and only for what the policy left
        open.
    calibration : Calibration | None
        The policy and what it is bound to.
    allow_uncertified : bool
        Use the policy although the judges behind its tiers are not those calibrated, or the rubric's
        texts; verdicts then promise nothing.
    complete : bool
        Ask every tier about items that people labeled, also those that the policy decides without, so
        that they can be calibrated on again.

    Raises
    ------
    ConfigError
        No judge, two of people, or a name that means something else.
    FingerprintMismatch
        The calibration was made for other judges or another rubric; or, even ``allow_uncertified``, for
        other tiers or labels, of which its policy says nothing.
    """

    def __init__(
        self,
        rubric: Rubric,
        judges: Sequence[Judge],
        calibration: Calibration | None = None,
        *,
        allow_uncertified: bool = False,
        complete: bool = False,
    ) -> None:
        if not judges:
            raise ConfigError("a cascade needs at least one judge")
        self.rubric = rubric
        people = [judge for judge in judges if of_people(judge)]
        if len(people) > 1:
            raise ConfigError("people stand twice in the cascade: give one 'judge: human'")
        self.people = people[0] if people else None
        self.tiers = tiers_of([judge for judge in judges if not of_people(judge)])
        self.calibration = calibration
        self.complete = complete
        self._asks_fluency = (
            rubric.role.side == "forget"
        )  # what is revealed, so that how it reads is another question
        self.fingerprints = {tier.name: tier.judge.fingerprint(rubric) for tier in self.tiers}
        self._promise: str | None = None
        if calibration is not None:
            wrong = self._unlike(calibration)
            if strange := self._strange(calibration):
                raise FingerprintMismatch(
                    f"the calibration says nothing of this cascade: {'; '.join([*strange, *wrong])}. "
                    "Give a cascade like the one calibrated, calibrate again, or score without a calibration"
                )
            if wrong and not allow_uncertified:
                raise FingerprintMismatch(
                    f"the calibration does not fit this cascade: {'; '.join(wrong)}. "
                    "Calibrate again, or score without a promise (--allow-uncertified)"
                )
            self._policy = calibration.load_policy()
            self._promise = calibration.fingerprint if calibration.certified and not wrong else None

    async def run(self, items: Sequence[Item]) -> list[ItemResult]:
        """Judge a block of items; outcomes in the same order."""
        found: list[dict[str, Evidence]] = [{} for _ in items]
        looks = [Look(text_features(item), suspect(item)) for item in items]
        if self.calibration is not None:
            decided = await self._by_policy(self.calibration, items, looks, found)
        else:
            decided = await self._ask_all(items, looks, found)
        if self.complete:
            await self._ask_the_rest(items, found)
        rows = list(map(self._row, items, looks, found))
        verdicts = [self._verdict(row, decision) for row, decision in zip(rows, decided, strict=True)]
        if self.people is not None:
            await self._ask_people(items, rows, verdicts)
        return list(map(ItemResult, items, rows, verdicts))

    @property
    def examples(self) -> frozenset[str]:
        """Question ids that stand as examples in prompts: they must not serve for calibration."""
        return frozenset().union(*(shown(tier.judge, self.rubric) for tier in self.tiers))

    async def close(self) -> None:
        """Release what the judges hold."""
        for judge in {id(tier.judge): tier.judge for tier in self.tiers}.values():
            await judge.close()

    async def _by_policy(
        self,
        calibration: Calibration,
        items: Sequence[Item],
        looks: Sequence[Look],
        found: list[dict[str, Evidence]],
    ) -> list[Decision]:
        """Ask one tier after the other, each only about the items that the policy sends on."""
        by = calibration.group_by
        walk = self._policy.start(len(items), [getattr(item, by) for item in items] if by else None)
        refused = calibration.refuses(looks)
        for t, tier in enumerate(self.tiers):
            if not len(walk.active):
                break
            asked = walk.active.tolist()
            await self._ask(tier, asked, items, found)
            said = (found[i][tier.name] for i in asked)
            walk.add(tier_probs([items[i].id for i in asked], said, calibration.labels))
            if t == 0:  # one tier is asked even about those: the shift check sees it
                walk.drop(np.array([bool(why) for why in refused], np.bool_))
        return list(each(walk.decisions, calibration.labels, refused))

    async def _ask_all(
        self, items: Sequence[Item], looks: Sequence[Look], found: list[dict[str, Evidence]]
    ) -> list[Decision]:
        """Ask every tier about every item; the decision is what the last judge that answered says.

        On what may mislead a judge there is none: it is left to people.
        """
        pending = Pending()
        for tier in self.tiers:
            with pending:
                await self._ask(tier, range(len(items)), items, found)
        pending.raise_if_any()
        return [
            answer._replace(label=None, refused=routed(look.suspect))
            if look.suspect and not answer.unscored
            else answer
            for answer, look in zip(map(self._last_answer, items, found), looks, strict=True)
        ]

    def _last_answer(self, item: Item, said: Mapping[str, Evidence]) -> Decision:
        for t, tier in reversed(list(enumerate(self.tiers))):
            label = said[tier.name].label
            if label is not None:
                if label not in self.rubric.labels:
                    raise no_such_label(item.id, label, self.rubric.labels)
                return Decision(label, t, said[tier.name].probs[label], unscored=False)
        return Decision(None, -1, math.nan, unscored=True)

    async def _ask_the_rest(self, items: Sequence[Item], found: list[dict[str, Evidence]]) -> None:
        """Ask the tiers that the policy did without about the items that people labeled."""
        pending = Pending()
        for tier in self.tiers:
            rest = [i for i, item in enumerate(items) if tier.name not in found[i] and self._labels_of(item)]
            with pending:
                await self._ask(tier, rest, items, found)
        pending.raise_if_any()

    async def _ask(
        self, tier: Tier, which: Iterable[int], items: Sequence[Item], found: list[dict[str, Evidence]]
    ) -> None:
        """Gather a tier's evidence for some of the items; items the rubric cannot be asked of stay missing."""
        askable = []
        for i in which:
            reason = self.rubric.check(items[i])
            if reason is None:
                askable.append(i)
            else:
                found[i][tier.name] = Evidence.missing(reason)
        answers = await tier.judge.evidence([items[i] for i in askable], self.rubric, tier.stage)
        for i, evidence in zip(askable, answers, strict=True):
            found[i][tier.name] = evidence.model_copy(update={"fingerprint": self.fingerprints[tier.name]})

    async def _ask_people(
        self, items: Sequence[Item], rows: list[EvidenceRow], verdicts: list[Verdict]
    ) -> None:
        """Let people's labels settle what the policy left open; no promise speaks of such a verdict."""
        assert self.people is not None
        still = [i for i, outcome in enumerate(verdicts) if outcome.state != "verdict"]
        answers = await self.people.evidence([items[i] for i in still], self.rubric, 1)
        for i, evidence in zip(still, answers, strict=True):
            rows[i] = rows[i].model_copy(update={"tiers": {**rows[i].tiers, PEOPLE: evidence}})
            shares = sorted(evidence.probs.values(), reverse=True)
            split = shares[:1] == shares[1:2]  # people who are split settle nothing
            if evidence.label is not None and not split:
                verdicts[i] = verdicts[i].model_copy(
                    update={
                        "state": "verdict",
                        "label": evidence.label,
                        "tier": PEOPLE,
                        "confidence": evidence.probs[evidence.label],
                        "reason": None,
                        "calibration": None,
                        "fluent": fluent(evidence.label, self.rubric.role, verdicts[i].fluent),
                    }
                )

    def _verdict(self, row: EvidenceRow, decision: Decision) -> Verdict:
        names = [tier.name for tier in self.tiers]
        return verdict(row, names, decision, calibration=self._promise, role=self.rubric.role)

    def _row(self, item: Item, look: Look, evidence: dict[str, Evidence]) -> EvidenceRow:
        return EvidenceRow.model_construct(
            id=item.id,
            question_id=item.question_id,
            split=item.split,
            model=item.model,
            method=item.method,
            rubric=self.rubric.name,
            text_features=look.text_features,
            suspect=look.suspect,
            fluent=reads_as_answer(item.question, item.output) if self._asks_fluency else None,
            tiers=evidence,
            human=self._labels_of(item),
        )

    def _labels_of(self, item: Item) -> tuple[HumanLabel, ...]:
        """What people said of an item under this rubric."""
        return tuple(given for given in item.human if given.rubric in ("", self.rubric.name))

    def _strange(self, calibration: Calibration) -> list[str]:
        """What makes the policy useless here, one sentence each."""
        strange = []
        names = tuple(tier.name for tier in self.tiers)
        if names != calibration.tiers:
            strange.append(
                f"tiers are {', '.join(names) or 'none'}; calibrated were {', '.join(calibration.tiers)}"
            )
        if set(calibration.labels) - set(self.rubric.labels):
            strange.append(
                f"labels are {', '.join(self.rubric.labels)}; calibrated were {', '.join(calibration.labels)}"
            )
        return strange

    def _unlike(self, calibration: Calibration) -> list[str]:
        """What the promise is not about, one sentence each."""
        wrong = check_fingerprints(self.fingerprints, calibration)
        if calibration.rubric not in ("", self.rubric.name):
            wrong.append(f"the rubric is '{self.rubric.name}'; calibrated was '{calibration.rubric}'")
        if calibration.detector not in (0, DETECTOR):
            wrong.append(
                f"items that may mislead a judge are told by rule {DETECTOR}; calibrated was {calibration.detector}"
            )
        return wrong
