"""The cascade file: which judges, in which order, under which rubrics and calibrations (``docs/cascade.md``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from judgekit.calibration.record import Calibration
from judgekit.cascade.run import Cascade
from judgekit.documents import read_yaml
from judgekit.errors import ConfigError, InputError
from judgekit.judges import Context, build_judge
from judgekit.judges.elsewhere.identity import named
from judgekit.judges.openai.keys import Keys
from judgekit.records import Item, Record, explain, several
from judgekit.rubrics import ANY, default_by_split, default_of, load_rubric
from judgekit.runs.budget import Budget
from judgekit.runs.folder import Paths, paths
from judgekit.runs.store import Store

_PASSING = ("lexical", "human")
"""Kinds of judges that leave items to others by design."""


class CascadeFile(Record):
    """The contents of a cascade file.

    Attributes
    ----------
    rubrics : dict[str, str]
        split -> rubric name or folder; ``*`` stands for all other splits.
    tiers : tuple[dict[str, Any], ...]
        Judges, cheapest first; ``judge`` names the kind, the other keys are that judge's own.
    calibrations : dict[str, str]
        rubric -> calibration file.
    """

    rubrics: dict[str, str] = Field(default_factory=lambda: dict(default_by_split()))
    tiers: tuple[dict[str, Any], ...] = Field(default=({"judge": "lexical"},), min_length=1)
    calibrations: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class CascadeSpec:
    """A checked cascade file, the folder its relative paths start from, and where the user lets keys go."""

    file: CascadeFile
    folder: Path
    path: Path | None = None
    keys: Keys = field(default_factory=Keys.of)

    @classmethod
    def load(
        cls,
        given: Path | Mapping[str, Any] | None,
        *,
        rubric: str | None = None,
        calibrations: tuple[Path, ...] = (),
        keys: Sequence[str] = (),
    ) -> CascadeSpec:
        """Read a cascade file, or take its contents; the default (the lexical judge alone) where there is neither.

        ``rubric`` judges everything by one rubric; ``calibrations`` are added under the rubric each names; ``keys``
        say, as ``VARIABLE=URL``, which keys may go where.
        """
        path = given if isinstance(given, Path) else None
        raw = _contents(path) if path else given or {}
        try:
            file = CascadeFile.model_validate(raw)
        except ValidationError as error:
            raise ConfigError(f"{path or 'cascade'}: {explain(error, CascadeFile)}") from None
        changes: dict[str, Any] = {}
        if file.calibrations and (unused := set(file.calibrations) - _judged_by(file.rubrics)):
            known = ", ".join(sorted(_judged_by(file.rubrics)))
            raise ConfigError(
                f"{path or 'cascade'}: a calibration for '{min(unused)}', but items are judged by {known}"
            )
        if rubric is not None:
            changes["rubrics"] = {ANY: rubric}
        if calibrations:
            named = _by_rubric(calibrations, changes.get("rubrics", file.rubrics))
            changes["calibrations"] = {**file.calibrations, **named}
        return cls(file.model_copy(update=changes), path.parent if path else Path(), path, Keys.of(keys))

    @property
    def tiers(self) -> tuple[dict[str, Any], ...]:
        """The entries of the judges as JSON can hold them: an object in memory is named, not held."""
        return tuple(map(named, self.file.tiers))

    @property
    def batched(self) -> bool:
        """Whether a judge asks through a batch API."""
        return any(tier.get("batch") for tier in self.file.tiers)

    @property
    def passing(self) -> tuple[str, ...]:
        """Names of the tiers that leave items to others by design."""
        return self._named(_PASSING)

    @property
    def recorded(self) -> tuple[str, ...]:
        """Names of the tiers that were asked in another run."""
        return self._named(("recorded",))

    def _named(self, kinds: Sequence[str]) -> tuple[str, ...]:
        """Names of the tiers of some kinds."""
        return tuple(
            str(tier.get("name", tier["judge"])) for tier in self.file.tiers if tier.get("judge") in kinds
        )

    def calibrations(self) -> dict[str, Calibration]:
        """The calibrations that it names, by fingerprint: what verdicts may say that they are promised by."""
        made = (Calibration.load(self.folder / path) for path in self.file.calibrations.values())
        return {one.fingerprint: one for one in made}

    def through_batches(self) -> CascadeSpec:
        """The same with every endpoint asked through its batch API.

        Raises
        ------
        ConfigError
            No judge asks an endpoint.
        """
        if not any(tier.get("judge") == "openai" for tier in self.file.tiers):
            raise ConfigError("--batch: no judge of the cascade asks an endpoint (judge: openai)")
        tiers = tuple(
            {**tier, "batch": True} if tier.get("judge") == "openai" else tier for tier in self.file.tiers
        )
        return replace(self, file=self.file.model_copy(update={"tiers": tiers}))

    def rubric_for(self, item: Item) -> str:
        """The name of the rubric an item is judged by."""
        rubrics = self.file.rubrics
        if item.split in rubrics:
            return rubrics[item.split]
        if set(rubrics) != {ANY}:  # nobody asked for one rubric throughout: let the item's form decide
            if item.hops:
                return default_of("chain")
            if len(item.outputs) == 2:
                return default_of("pairwise")
            if item.split.startswith("forget") and "forget" in rubrics:
                return rubrics["forget"]
        if ANY not in rubrics:
            raise ConfigError(f"no rubric for split '{item.split}': name it, or '{ANY}', under 'rubrics'")
        return rubrics[ANY]

    def build(
        self,
        rubric_name: str,
        *,
        store: Store | None = None,
        budget: Budget | None = None,
        allow_uncertified: bool = False,
        complete: bool = False,
        asks: bool = True,
        keep_going: bool = False,
    ) -> Cascade:
        """The cascade for one rubric: judges built, calibration loaded and checked.

        ``asks`` False: the judges will tell of themselves and be asked nothing, so that they need no key.
        ``keep_going``: a judge whose first calls all fail does not stop the run.
        """
        rubric = load_rubric(rubric_name)
        keys = self.keys if asks else None
        context = Context(
            rubric=rubric,
            folder=self.folder,
            store=store,
            budget=budget,
            keys=keys,
            keep_going=keep_going,
            trusted=self.path is None,
        )
        try:
            judges = [build_judge(tier, context) for tier in self.file.tiers]
        except ConfigError as error:
            raise ConfigError(f"{self.path}: {error}" if self.path else str(error)) from None
        path = self.file.calibrations.get(rubric.name, self.file.calibrations.get(ANY))
        calibration = None if path is None else Calibration.load(self.folder / path)
        return Cascade(rubric, judges, calibration, allow_uncertified=allow_uncertified, complete=complete)

    def check(
        self, rubric_name: str, *, budget: Budget | None = None, allow_uncertified: bool = False
    ) -> Cascade:
        """The cascade for one rubric, after all that have a calibration were built too: before anything is spent."""
        build = partial(self.build, budget=budget, allow_uncertified=allow_uncertified, asks=not self.batched)
        made = build(rubric_name)
        others = {name: load_rubric(name).name for name in self.file.rubrics.values()}
        for name, other in others.items():
            if other != made.rubric.name and other in self.file.calibrations:
                build(name)
        return made


AnyCascade = str | Path | Mapping[str, Any] | CascadeSpec | None
"""A cascade: its file, the file's contents, one that is loaded already, or the default."""


def load_cascade(
    path: str | Path | Mapping[str, Any] | None = None,
    rubric: str | None = None,
    calibrations: Paths = (),
    keys: str | Sequence[str] = (),
) -> CascadeSpec:
    """A cascade file, checked; the lexical judge alone where there is none.

    Parameters
    ----------
    path : str, Path or mapping, optional
        The file; or what a file would hold, in which a judge may also be an object in memory
        (``{"tiers": [{"judge": "function", "function": leaks, "price": 0}]}``).
    keys : str | Sequence[str]
        ``VARIABLE=URL``: the key in this environment variable may be sent to this address, if the
        cascade file asks for it. ``JUDGEKIT_KEYS`` says the same for every run.
    """
    given = Path(path) if isinstance(path, str | Path) else path
    return CascadeSpec.load(given, rubric=rubric, calibrations=tuple(paths(calibrations)), keys=several(keys))


def checked_cascade(cascade: AnyCascade, rubric: str | None, calibrations: Paths) -> CascadeSpec:
    """A cascade that is loaded already, or its file; a ``ConfigError`` where options belong to the loading."""
    if not isinstance(cascade, CascadeSpec):
        return load_cascade(cascade, rubric, calibrations)
    if rubric is not None or paths(calibrations):
        raise ConfigError(
            "rubric and calibrations belong to load_cascade, where the cascade is loaded already"
        )
    return cascade


def _judged_by(rubrics: Mapping[str, str]) -> set[str]:
    """The names of the rubrics that items may be judged by, and ``*``."""
    used = {load_rubric(name).name for name in rubrics.values()} | {ANY}
    return used if set(rubrics) == {ANY} else used | {default_of("chain"), default_of("pairwise")}


def _by_rubric(calibrations: Sequence[Path], rubrics: Mapping[str, str]) -> dict[str, str]:
    """Calibration files under the rubric each is for.

    Raises
    ------
    ConfigError
        Two are for one rubric, or one is for a rubric that nothing is judged by.
    """
    used = _judged_by(rubrics)
    named: dict[str, str] = {}
    for path in calibrations:
        rubric = Calibration.load(path).rubric or ANY
        if rubric not in used:
            known = ", ".join(sorted(used - {ANY}))
            raise ConfigError(f"{path} is for rubric '{rubric}', but items are judged by {known}")
        if rubric in named:
            raise ConfigError(f"{named[rubric]} and {path} are both for rubric '{rubric}': give one")
        named[rubric] = str(path.resolve())
    return named


def _contents(path: Path) -> Mapping[str, Any]:
    raw = read_yaml(path, "a cascade file")
    if not isinstance(raw, dict):
        raise InputError("a cascade file is a mapping with the keys tiers, rubrics, calibrations", path=path)
    return raw
