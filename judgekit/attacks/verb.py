"""The verb: the suite against the judges of a cascade, and against its certified policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from judgekit import __version__
from judgekit.attacks.experiment import Agreement, Row, agreements, rows
from judgekit.attacks.family import Sides
from judgekit.attacks.suite import Text, families, texts
from judgekit.calibration.attacked import AttackedPolicy, Kept
from judgekit.calibration.record import Calibration
from judgekit.calibration.stages import last_stages
from judgekit.calibration.suspects import suspect
from judgekit.cascade.decide import decide_rows
from judgekit.cascade.spec import AnyCascade, CascadeSpec, load_cascade
from judgekit.engine.loop import finished
from judgekit.engine.memory import Session
from judgekit.errors import ConfigError, InputError, at_least
from judgekit.readers import read
from judgekit.readers.join import Labels, majority
from judgekit.records import Evidence, Item, ItemResult
from judgekit.rubrics import Rubric, load_rubric
from judgekit.runs.folder import Paths, paths

RUBRIC = "forgetting"
"""The rubric that judges are attacked under by default."""


@dataclass(frozen=True)
class Attacked:
    """What came of attacking the judges of a cascade.

    Attributes
    ----------
    rubric : str
    items : int
        Labeled items that attacks were made of.
    rows : tuple of Row
        Judge by judge, family by family.
    policy : tuple of Agreement
        The cascade's certified policy; empty without a calibration.
    silent : mapping of str to str
        Judges that answered no attacked text, and why: a recording knows only the texts that it holds.
    untried : tuple of str
        Families that were not tried.
    calibration : Path or None
        The file of the policy's calibration.
    result : AttackedPolicy or None
        What report and certificate state of it, to be kept beside that file.
    """

    rubric: str
    items: int
    rows: tuple[Row, ...]
    policy: tuple[Agreement, ...]
    silent: Mapping[str, str]
    untried: tuple[str, ...]
    calibration: Path | None = None
    result: AttackedPolicy | None = None


def attack(
    cascade: AnyCascade = None,
    *,
    items: str | Path | Iterable[Item] | None = None,
    labels: Paths | None = None,
    rubric: str = RUBRIC,
    calibrations: Paths = (),
    family: Iterable[str] = (),
    repeats: int = 3,
    store: str | Path | None = None,
    budget: float | None = None,
    max_calls: int | None = None,
    keys: Sequence[str] = (),
) -> Attacked:
    """Attack the judges of a cascade with texts that are to look forgotten, or leaked.

    Every judge is asked about labeled items as they are, about attacked versions of them, and about harmless ones that
    merely look odd. Only what turns a right verdict into a wrong one counts.

    Parameters
    ----------
    cascade : path or contents of a cascade file
        The lexical judge alone where there is none.
    items : path or items, optional
        Labeled items; by default the rubric's own examples.
    labels : path or paths, optional
        Files of human labels of the items, where they do not carry them.
    rubric : str
        A rubric whose labels say whether an output holds the reference.
    calibrations : path or paths
        The calibration of the cascade for this rubric: its policy is attacked too.
    family : names of families, by default all.
    repeats : int
        Draws of each attack on each item.
    store, budget, max_calls
        As of :func:`judgekit.engine.memory.judge`.
    keys : sequence of str
        As of :func:`judgekit.cascade.spec.load_cascade`.

    Raises
    ------
    InputError
        No item has a label of the rubric that can be attacked.
    ConfigError
        A rubric or family that does not fit, labels without items, a judge that answers through a batch API, or one
        that answers no item.
    FingerprintMismatch
        The calibration was made for other judges; nothing was asked then.
    """
    at_least(1, repeats=repeats)
    chosen = families(family)
    asked = load_rubric(rubric)
    sides = Sides.of(asked)
    spec = cascade if isinstance(cascade, CascadeSpec) else load_cascade(cascade, rubric, calibrations, keys)
    spec.build(rubric, asks=False)  # refuses a calibration of other judges, before anything is paid for
    labeled = [
        (item, label) for item, label in _labeled(items, labels, asked) if sides.goal(label) is not None
    ]
    if not labeled:
        raise InputError(
            f"no item has a label of rubric '{asked.name}' that can be attacked: give labels of people"
        )
    made = texts(labeled, asked, chosen, repeats)
    alone = replace(spec, file=spec.file.model_copy(update={"calibrations": {}, "rubrics": {"*": rubric}}))
    limits = partial(Session, alone, store=store, budget=budget, max_calls=max_calls, keep_going=True)
    before, after = finished(
        partial(_ask, limits, [item for item, _ in labeled], [text.item for text in made])
    )
    noticed = {text.item.id: bool(suspect(text.item)) for text in made}
    clean, answered = _by_judge(before), _by_judge(after)
    silent = _silent(clean, answered, after)
    found = [
        row
        for judge in answered
        if judge not in silent
        for row in rows(judge, clean[judge], answered[judge], made, sides, noticed)
    ]
    untried = tuple(one.name for one in families() if one not in chosen)
    whole = Attacked(asked.name, len(labeled), tuple(found), (), silent, untried)
    path = _calibration(spec, asked)
    if path is None:
        return whole
    calibration = Calibration.load(path)
    policy = _policy(calibration, before, after, made, sides)
    questions = set(calibration.reference.questions)
    result = AttackedPolicy(
        calibration=calibration.fingerprint,
        rubric=asked.name,
        promised=calibration.certificate.agreement,
        items=len(labeled),
        calibrated_on=sum((item.question_id or item.id) in questions for item, _ in labeled),
        repeats=repeats,
        tried=tuple(one.name for one in chosen),
        untried=untried,
        kept=tuple(map(_kept, policy)),
        made=datetime.now(UTC).date().isoformat(),
        version=__version__,
    )
    return replace(whole, policy=tuple(policy), calibration=path, result=result)


def _kept(one: Agreement) -> Kept:
    share = one.agreement
    numbers = {"agreement": share.value, "low": share.low, "high": share.high} if share.of else {}
    return Kept(family=one.family, goal=one.goal, texts=one.texts, accepted=share.of, **numbers)


def _labeled(
    items: str | Path | Iterable[Item] | None, labels: Paths | None, rubric: Rubric
) -> list[tuple[Item, str]]:
    """Items with the label that most people gave them."""
    if items is None:
        if labels:
            raise ConfigError("labels belong to items: give the items too")
        return list(rubric.example_rows)
    given: Iterable[Item] = read(items) if isinstance(items, str | Path) else items
    if labels:
        given = Labels.read(paths(labels)).joined(given)
    found = []
    for item in given:
        mine = tuple(one for one in item.human if one.rubric in ("", rubric.name))
        label = majority(mine)
        if label in rubric.labels and rubric.check(item) is None:
            assert label is not None
            found.append((item, label))
    return found


async def _ask(
    open_session: partial[Session], items: Sequence[Item], attacked: Sequence[Item]
) -> tuple[list[ItemResult], list[ItemResult]]:
    """What all judges say of items as they are, and of their texts."""
    async with open_session() as session:
        before = await session.judge(items)
        for judge, said in _by_judge(before).items():
            if not any(said.values()):
                raise ConfigError(
                    f"judge '{judge}' answers none of the items as they are: {_why(judge, before)}"
                )
        return before, await session.judge(attacked)


def _last(result: ItemResult) -> dict[str, Evidence]:
    """The last that each judge says of an item."""
    return last_stages(result.evidence)


def _by_judge(results: Sequence[ItemResult]) -> dict[str, dict[str, str | None]]:
    """Judge -> item id -> label."""
    found: dict[str, dict[str, str | None]] = {}
    for result in results:
        for judge, said in _last(result).items():
            found.setdefault(judge, {})[result.item.id] = said.label
    return found


def _silent(
    clean: Mapping[str, object], answered: Mapping[str, Mapping[str, str | None]], after: Sequence[ItemResult]
) -> dict[str, str]:
    """Judges that answered no attacked text, and what they said instead."""
    silent = {}
    for judge in clean:
        if not any(answered.get(judge, {}).values()):
            silent[judge] = f"cannot answer changed texts ({_why(judge, after)})"
    return silent


def _why(judge: str, results: Sequence[ItemResult]) -> str:
    """The first reason that a judge gives for an answer that is none."""
    reasons = (_last(one)[judge].reason for one in results if judge in _last(one))
    return next(filter(None, reasons), "it was not asked")


def _calibration(spec: CascadeSpec, rubric: Rubric) -> Path | None:
    """The file of the calibration for a rubric."""
    named = spec.file.calibrations
    path = named.get(rubric.name, named.get("*"))
    return None if path is None else spec.folder / path


def _policy(
    calibration: Calibration,
    before: Sequence[ItemResult],
    after: Sequence[ItemResult],
    made: Sequence[Text],
    sides: Sides,
) -> list[Agreement]:
    """The certified policy on items as they are, and on attacks."""
    clean, accepted = (
        {one.id: one.label for one in decide_rows((result.evidence for result in results), calibration)}
        for results in (before, after)
    )
    return agreements(clean, accepted, made, sides, calibration.certificate.agreement)
