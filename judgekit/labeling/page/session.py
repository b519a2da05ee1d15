"""Who is asked what next: pure decisions over what was answered, by whom, and what is on whose screen.

- Items are asked in the order of the sample's open block, each of one person: an item on somebody's screen is leased to
  them for a minute, so that nobody else is asked it meanwhile.
- Where several people label, a share of the items goes to two of them, and one on which people are split to a third.
- One answer in twenty is asked of the same person again later, to measure their agreement with themselves.

Which items are for two people, and which are asked again, is decided by a hash: by nothing that anybody answered.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

LEASE = 60.0
"""Seconds for which an item is one person's; after that others may be asked it too."""

AHEAD = 4
"""Items that a page holds ready."""

EVERY = 20
"""After so many answers, a person is asked one of them again."""

APART = 10
"""Other answers between a person's answer and the same item again."""

OVERLAP = 0.1
"""Share of the items that two people label, where several do."""


@dataclass(frozen=True)
class Ask:
    """An item (its number in the sample) put to a person, for the first time or again."""

    item: int
    again: bool = False


@dataclass
class Person:
    """What one person answered: items in order, and those that they were asked again."""

    answered: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    heard: float = float("-inf")


class Session:
    """Who labeled what, and who is asked what next.

    Parameters
    ----------
    keys : sequence of str
        One an item; what hashes are made of.
    overlap : float
        Share of the items that two people label, where several do.
    """

    def __init__(self, keys: Sequence[str], overlap: float = OVERLAP) -> None:
        self._keys = keys
        self._twice = {number for number, key in enumerate(keys) if _hash("twice", key) < overlap}
        self.labels: dict[int, dict[str, str]] = {}
        self.people: dict[str, Person] = {}
        self._leases: dict[int, tuple[str, float]] = {}

    def person(self, name: str) -> Person:
        """What a person answered; nothing yet where the name is new."""
        return self.people.get(name) or Person()

    def active(self, now: float) -> int:
        """How many people asked for items within the last minute; at least one."""
        return max(1, sum(one.heard > now - LEASE for one in self.people.values()))

    def answered(self, ask: Ask, name: str) -> str | None:
        """The label that a person gave an item; when asked again, whether they did is all that counts ("" if so)."""
        if ask.again:
            return "" if ask.item in self.person(name).repeated else None
        return self.labels.get(ask.item, {}).get(name)

    def add(self, ask: Ask, name: str, label: str) -> None:
        """Note an answer."""
        person = self._known(name)
        if ask.again:
            person.repeated.append(ask.item)
            return
        person.answered.append(ask.item)
        self.labels.setdefault(ask.item, {})[name] = label
        if self._leases.get(ask.item, ("",))[0] == name:
            del self._leases[ask.item]

    def take_back(self, ask: Ask, name: str, now: float) -> None:
        """Forget an answer; the item is that person's to answer anew."""
        person = self.person(name)
        if ask.again:
            person.repeated.remove(ask.item)
            return
        person.answered.remove(ask.item)
        del self.labels[ask.item][name]
        if not self.labels[ask.item]:
            del self.labels[ask.item]
        self._leases[ask.item] = (name, now)

    def turn(self, name: str, block: Sequence[int], held: Collection[Ask], now: float) -> list[Ask]:
        """What a person is asked next, at most as many as make :data:`AHEAD` with what their page holds.

        Parameters
        ----------
        name : str
        block : sequence of int
            The items to ask now, in order.
        held : collection of Ask
            What the page holds already.
        now : float
            Seconds, of any clock that runs evenly.
        """
        self._known(name).heard = now
        for ask in held:
            if not ask.again and self._is_free(ask.item, name, now):
                self._leases[ask.item] = (name, now)
        free = [item for item in self._wanted(name, block) if self._is_free(item, name, now)]
        # near the end of a block nobody holds what another could be answering
        room = min(AHEAD, max(1, -(-len(free) // self.active(now)))) - len(held)
        found = [Ask(item) for item in free if Ask(item) not in held][: max(0, room)]
        for ask in found:
            self._leases[ask.item] = (name, now)
        again = self._again(name)
        if again is not None and again not in held and len(held) < AHEAD:
            found = [again, *found[: AHEAD - 1]]
        return found

    def _known(self, name: str) -> Person:
        return self.people.setdefault(name, Person())

    def _is_free(self, item: int, name: str, now: float) -> bool:
        holder, since = self._leases.get(item, ("", float("-inf")))
        return holder in ("", name) or since < now - LEASE

    def _wanted(self, name: str, block: Sequence[int]) -> Iterator[int]:
        """Items that this person may be asked: first those waiting for one more person, then the block."""
        mine = self.labels
        for item, given in mine.items():
            if name not in given and len(given) < self._people_for(item):
                yield item
        yield from (item for item in block if item not in mine)

    def _people_for(self, item: int) -> int:
        """How many people should label an item."""
        several = sum(bool(one.answered) for one in self.people.values()) > 1
        votes = Counter(self.labels.get(item, {}).values()).most_common(2)
        if len(votes) == 2 and votes[0][1] == votes[1][1]:
            return 3
        return 2 if several and item in self._twice else 1

    def _again(self, name: str) -> Ask | None:
        """What this person is due to be asked again."""
        person = self.person(name)
        if len(person.answered) // EVERY <= len(person.repeated):
            return None
        old = set(person.answered[:-APART]) - set(person.repeated)
        return Ask(min(old, key=lambda item: _hash(name, self._keys[item])), again=True) if old else None


def _hash(salt: str, key: str) -> float:
    """A number in [0, 1) that nothing but the two texts decides."""
    return int(hashlib.sha256(f"{salt}\0{key}".encode()).hexdigest()[:13], 16) / 16**13
