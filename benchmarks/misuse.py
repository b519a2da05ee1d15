"""How often a certificate breaks its promise when it is misused, and how often a doubt is told (docs/reliability.md).

One judge claims what it wishes; people agree with it on 88 % of the items, however sure it is, so that whatever is
certified at 90 % breaks the promise (the least favorable population). Misuse is done to the labels of each draw, all
else is as in ``judgekit calibrate``.

    python -m benchmarks.misuse [--draws 40]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.doubts import further_draws
from judgekit.calibration.record import Calibration
from judgekit.records import Evidence, EvidenceRow, HumanLabel

AGREEMENT, RIGHT, COUNT = 0.9, 0.88, 300
"""Promised, true, and labels of a draw."""

Rows = list[EvidenceRow]


@dataclass(frozen=True)
class World:
    """Items without an end, drawn one sample after another."""

    draw: np.random.Generator

    def sample(self, count: int = COUNT, *, right: float = RIGHT, harder: float = 0.0) -> Rows:
        """Labeled items; ``harder``: how much more often people agree where the judge is surer."""
        sure, turn, chance = self.draw.uniform(0.7, 1, count), *self.draw.random((2, count))
        rows = []
        for claim, side, luck in zip(sure, turn, chance, strict=True):
            says, other = ("right", "wrong") if side < 0.5 else ("wrong", "right")
            label = says if luck < right + harder * (claim - 0.85) else other
            name = str(self.draw.integers(1 << 60))
            probs = {says: float(claim), other: 1 - float(claim)}
            rows.append(
                EvidenceRow(
                    id=name,
                    question_id=name,
                    tiers={"judge": Evidence(probs=probs)},
                    human=(HumanLabel(annotator="ann", label=label),),
                )
            )
        return rows


def certified(rows: Rows) -> Calibration:
    """What ``judgekit calibrate`` makes of rows."""
    return calibrate(rows, agreement=AGREEMENT, labels=("right", "wrong"), doubt=True)


def agrees(row: EvidenceRow) -> bool:
    return row.human[0].label == row.tiers["judge"].label


def relabeled(row: EvidenceRow, label: str | None) -> EvidenceRow:
    return row.model_copy(update={"human": (HumanLabel(annotator="ann", label=label),) if label else ()})


def honest(world: World) -> Calibration:
    """A fair draw."""
    return certified([*world.sample(), *unlabeled(world)])


def unlabeled(world: World) -> Rows:
    return [relabeled(row, None) for row in world.sample()]


def copied(world: World) -> Calibration:
    """Labels copied from the judge."""
    rows = [relabeled(row, row.tiers["judge"].label) for row in world.sample()]
    return certified([*rows, *unlabeled(world)])


def dropped(share: float) -> Callable[[World], Calibration]:
    def misuse(world: World) -> Calibration:
        rows = [
            row if agrees(row) or world.draw.random() >= share else relabeled(row, None)
            for row in world.sample()
        ]
        return certified([*(row for row in rows if row.human), *unlabeled(world)])

    return misuse


def repeated(world: World) -> Calibration:
    """Every labeled text five times under other ids, where no run folder holds the texts."""
    rows = [
        row.model_copy(update={"id": f"{row.id}/{copy}", "question_id": f"{row.id}/{copy}"})
        for row in world.sample(COUNT // 5)
        for copy in range(5)
    ]
    return certified(rows)


def drawn_again(world: World) -> Calibration:
    """Fresh labels, up to five times, until something is certified."""
    made = certified(world.sample())
    before = []
    while not made.certified and len(before) < 4:
        before.append(made.tries[-1])
        made = certified(world.sample())
    return made.model_copy(update={"drawn_before": further_draws(made.tries[-1], before, ())})


def best_prompt(world: World) -> Calibration:
    """Of ten equally good prompts the one that agrees most often on the labels that then certify."""
    return certified(max((world.sample() for _ in range(10)), key=lambda rows: sum(map(agrees, rows))))


def until_certified(world: World) -> Calibration:
    """Looked at after every 50 labels, with a record that is deleted after each look."""
    rows = world.sample()
    for count in range(50, COUNT + 1, 50):
        made = certified(rows[:count])
        if made.certified:
            break
    return made


def easy(world: World) -> Calibration:
    """Only what the judge is surest of is labeled, and what is easy there is certified for all."""
    rows = world.sample(3 * COUNT, harder=0.6)
    return certified(
        [row if max(row.tiers["judge"].probs.values()) > 0.9 else relabeled(row, None) for row in rows]
    )


def another(world: World) -> Calibration:
    """One more person is asked wherever the first does not agree with the judge: where they differ, they are split."""
    rows = []
    for row in world.sample():
        says, other = row.tiers["judge"].label, row.human[0].label
        second = says if world.draw.random() < RIGHT else other
        more = HumanLabel(annotator="ben", label=str(second))
        rows.append(row if agrees(row) else row.model_copy(update={"human": (*row.human, more)}))
    return certified(rows)


MISUSES = {
    "a fair draw": honest,
    "labels copied from the judge": copied,
    "all disagreements taken out": dropped(1.0),
    "half of the disagreements taken out": dropped(0.5),
    "60 texts, five times each under other ids (no texts at hand)": repeated,
    "fresh labels until something is certified, five times at most": drawn_again,
    "the best of ten prompts on the labels that certify": best_prompt,
    "a look every 50 labels, the record deleted": until_certified,
    "labels of what the judge is surest of": easy,
    "one more person asked wherever the first disagrees": another,
}


def measured(draws: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Of each misuse: share of draws that certify (and so break the promise), and share of those that tell a doubt."""
    for number, (name, misuse) in enumerate(MISUSES.items()):
        found = [misuse(World(np.random.default_rng([number, one]))) for one in range(draws)]
        broken = [made for made in found if made.certified]
        told = sum(
            bool(made.against or made.split) for made in broken
        )  # how many were split is in the sentence
        yield (
            name,
            {
                "broken": len(broken) / draws,
                "doubted": told / len(broken) if broken else 0.0,
                "doubted, certified or not": sum(bool(made.against or made.split) for made in found) / draws,
            },
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=40)
    print(json.dumps(dict(measured(parser.parse_args().draws)), indent=1))
