"""What a calibration keeps of the items that certified it, for the shift check of scored ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import AliasChoices, Field

from judgekit.records import Evidence, EvidenceRow, Record


class Reference(Record):
    """What is known of the items that certify: what scored items are held against by a shift check.

    Attributes
    ----------
    rows : tuple of EvidenceRow
        The items: whose output it is, how its texts look, every tier's probabilities and order inconsistency.
    questions, groups : tuple of str
        The question of each item, and its group where the promise is made by group.
    kinds : tuple of (model, method, split)
        Whose outputs the calibration saw, labeled or not: what the promise is about.
    labels, confidences, features : tuple
        In files made before ``rows`` were kept: the first tier's label (empty: none) and its probability, and how
        the texts look.
    """

    rows: tuple[EvidenceRow, ...] = ()
    questions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    kinds: tuple[tuple[str, str, str], ...] = ()
    labels: tuple[str, ...] = ()
    confidences: tuple[float | None, ...] = ()
    features: tuple[tuple[float, ...], ...] = Field((), validation_alias=AliasChoices("features", "forms"))

    @classmethod
    def of(
        cls, rows: Sequence[EvidenceRow], seen: Iterable[EvidenceRow], tiers: Sequence[str], by: str | None
    ) -> Reference:
        """The reference that labeled rows give, among all rows ``seen``."""
        return cls(
            rows=tuple(
                EvidenceRow(
                    **row.named,
                    text_features=row.text_features,
                    suspect=row.suspect,
                    tiers={
                        tier: Evidence(probs=said.probs, order_inconsistency=said.order_inconsistency)
                        for tier in tiers
                        if (said := row.tiers.get(tier)) is not None
                    },
                )
                for row in rows
            ),
            questions=tuple(row.question_id or row.id for row in rows),
            groups=tuple(str(getattr(row, by)) for row in rows) if by else (),
            kinds=tuple(sorted({(row.model, row.method, row.split) for row in seen})),
        )
