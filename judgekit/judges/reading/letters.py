"""The option letter that an answer's text names, and where: the strict half of reading a verdict.

A text names a letter in one of three ways:

1. the whole text is the letter, with marks around it or a lead before it (``**B**.``, ``Answer: B``, ``Réponse : B``);
2. it begins so, and an explanation follows that names no other letter and takes nothing back (``B. The output …``);
3. it is a longer text whose last sentence states the answer, and no other statement in it says otherwise.

An answer that is a JSON object is read by the member that holds its answer (``{"answer": "B", "reason": "…"}``), and
what a chat template leaves at either end of a text (``B<|im_end|>``) is no part of it.

Everything else names nothing: a letter that is denied, doubted, struck out, or one of several. A judge that is not
understood leaves its item unscored; one that is misunderstood would spoil a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from judgekit.judges.reading.glosses import (
    begins,
    contradicted,
    cut_label,
    denies,
    fits,
    meant,
    named_label,
    speaks_of_others,
    spoken,
    without_denied,
)
from judgekit.judges.reading.marks import RESIDUE, WIDE, Named, bare
from judgekit.judges.reading.objects import in_members, member, members
from judgekit.judges.reading.phrases import (
    ANOTHERS,
    BETTER,
    CONCLUDED,
    DENIED,
    DENIES,
    FIRST,
    FOLLOWS,
    FOREIGN,
    INITIAL,
    LOWER,
    MARKS,
    NEARLY,
    NEGATES,
    OPTION,
    OWN,
    PRINTED,
    REASONED,
    RIVAL,
    SENTENCE,
    SPEECH,
    STATED,
    SUPPOSED,
    TAILS,
    TAKES_BACK,
    TURNS,
    UNFINISHED,
    WHOLE_LEAD,
    WORD,
)

_LONGEST = 20_000
"""Characters behind the thinking of an answer that is read; the time it takes grows faster than its length."""
_RUN = re.compile(r"[\W_]{200}")
"""So many marks or blanks in a row are no answer."""
_REACH = 60
"""A letter with marks around it is no longer than this."""


def named(text: str, letters: Iterable[str], *, cut: bool = False) -> Named | None:
    """The option letter that a text names as its answer, or None.

    Parameters
    ----------
    text : str
        An answer, thinking taken off.
    letters : iterable of str
        The option letters; of a mapping letter -> label the labels are read too, so that ``B. leaked`` names nothing
        where B is another label.
    cut : bool
        The text was cut off, so what it was about to take back is not known.
    """
    text = text.translate(WIDE).rstrip()
    if len(text) > _LONGEST or _RUN.search(text.lstrip()):
        return None
    blank = len(text) - len(text.lstrip())
    text = RESIDUE.sub(lambda match: " " * len(match[0]), text[blank:])
    options = letters if isinstance(letters, Mapping) else dict.fromkeys(letters, "")
    labels = {
        letter: "" if label in options else label for letter, label in options.items()
    }  # a pair's are letters
    if (pairs := members(text)) is not None:
        found = member(text, pairs, labels)
    else:
        found = (
            _whole(cut_label(text, labels))
            or _first(text, labels)
            or _last(text, labels)
            or _alone(text, labels)
        )
    if (
        found is None
        or found.letter not in labels
        or (cut and (TURNS.search(text, found.at + 1) or UNFINISHED.search(text, found.at + 1)))
    ):
        return None
    if pairs is None and contradicted(text[: found.at], found.letter, labels):
        return None
    return Named(found.letter, blank + found.at)


def _whole(text: str, leads: re.Pattern[str] = WHOLE_LEAD) -> Named | None:
    if found := bare(text):
        return found
    core = TAILS.sub("", text.rstrip(" \n\t.。!*_`\"'"))
    for letter in re.compile(r"[A-Z]|(?<=\()[a-z](?=\))").finditer(core, max(0, len(core) - _REACH)):
        lead, rest = core[: letter.start()], core[letter.start() :]
        said = bare(f"({rest}" if lead.endswith("(") else rest)
        if said is None or said.letter != letter[0].upper():
            continue
        opened = re.sub(r"[\s*_`\"'“«(\[{]+$", " ", lead.replace("**", "").replace("__", ""))
        opened = re.sub(r"^[\s>#•✅✔️☑️*\"'“«(-]+", "", opened)
        if leads.fullmatch(opened) or leads.fullmatch(opened.rstrip()):
            return Named(letter[0].upper(), letter.start())
    return None


def _first(text: str, labels: Mapping[str, str]) -> Named | None:
    match = FIRST.match(text)
    if match is None or match[1] not in labels:
        return None
    letter, rest = match[1], without_denied(text[match.end() :], match[1], labels)
    if denies(rest, letter) or meant(rest, letter, labels):
        return None
    if INITIAL.match(rest) or speaks_of_others(rest, letter, labels) or not fits(rest, letter, labels):
        return None
    reach = begins(rest, labels[letter])
    if labels[letter] and not reach and WORD.fullmatch(rest):
        return None  # "D: fair", which may be what another option means
    if not reach and text[match.end() - 1] == "." and (LOWER.match(rest) or not SENTENCE.match(rest)):
        return None  # "E. coli", "e.g. so", "A. Lincoln", "A. Lincoln was the president"
    after = rest[reach:]
    if spoken(after, letter, labels) or TAKES_BACK.search(after) or DENIED.match(after):
        return None
    return Named(letter, match.start(1))


def _last(text: str, labels: Mapping[str, str]) -> Named | None:
    """What the last sentence of a longer text states, where nothing else in the text states another answer."""
    stated = [*STATED.finditer(text), *BETTER.finditer(text)]
    said = {
        (match[1] or match[2]).upper()
        for match in stated
        if match[0].startswith(MARKS) or not _denied(text, match)
    }
    if len(said) != 1:
        return None
    last = max(stated, key=lambda match: match.end())
    group = 1 if last[1] else 2
    letter, rest = last[group].upper(), text[last.end() :]
    if letter not in said or letter not in labels or _denied(text, last):
        return None
    above = text[: last.start()]
    if named_label(text[last.end(group) : last.end()], letter, labels) or _rivals(above, labels) - {letter}:
        return None
    tail = rest[begins(rest, labels[letter]) :]
    return Named(letter, last.start(group)) if re.fullmatch(r"[\s.!)*_`\"'”»\]}]*", tail) else None


def _rivals(text: str, labels: Mapping[str, str]) -> set[str]:
    """The letters that a text prefers on the way, be it by a line or a sentence."""
    lines = (_whole(RESIDUE.sub("", line)) for line in text.splitlines())
    said = {line.letter for line in lines if line} | {letter for letter, _ in in_members(text)}
    said |= {match[1].upper() for match in RIVAL.finditer(text)}
    said |= {match[1] for match in NEARLY.finditer(text) if not _denied(text, match)}
    return said & set(labels)


def _alone(text: str, labels: Mapping[str, str]) -> Named | None:
    """The letter that is all of the last line or conclusion, below sentences that speak of no option."""
    if not PRINTED.match(text.rpartition("\n")[2]):
        text = cut_label(text, labels)
    if said := CONCLUDED.search(text):
        above, found = text[: said.start()], Named(said[1], said.start(1))
        if _reported(above, text[said.start() : said.start(1)]):
            return None
    else:
        above, _, line = text.rpartition("\n")
        letter = _whole(line, FOREIGN) if above.endswith("\n") else bare(line)
        if letter is None or not REASONED.search(above):
            return None
        found = Named(letter.letter, len(above) + 1 + letter.at)
    if denies(above, found.letter) or named_label(above, found.letter, labels):
        return None
    above = without_denied(above, found.letter, labels)
    if OPTION.search(above) or speaks_of_others(above, "", labels):
        return None
    own = f" {labels.get(found.letter)}"  # "the output is wrong" takes nothing back where the letter means it
    return found if all(match[0].endswith(own) for match in TAKES_BACK.finditer(above)) else None


def _reported(above: str, lead: str) -> bool:
    """Whether a conclusion goes on from another's words, or from a clause that supposes or doubts."""
    line = "" if "\n" in lead else above.rpartition("\n")[2]
    clause = re.split(r"[.!;](?=\s|$)", line)[-1] if lead[0] == "," else ""
    return bool(SPEECH.search(line) or DENIES.search(NEGATES.sub("", clause)))


def _denied(text: str, match: re.Match[str]) -> bool:
    """Whether a statement is denied, doubted, or about an answer that is not the judge's own."""
    before = text[max(0, match.start() - 200) : match.start()]
    if match[0].startswith(MARKS):
        before = re.sub(r"[\s$\\(\[]+$|\bis\s*[\s$\\(\[]*$", "", before)
    if not OWN.search(before):
        return True
    sentence = _before(text, match)
    return any((ANOTHERS.search(before), SUPPOSED.match(sentence), _denies(sentence)))


def _denies(sentence: str) -> bool:
    """Whether a sentence denies or doubts what it ends in, other than in its reason (``it does not say, so ...``)."""
    parts = FOLLOWS.split(sentence)
    return any(DENIES.search(part) for part in (*(NEGATES.sub("", part) for part in parts[:-1]), parts[-1]))


def _before(text: str, match: re.Match[str]) -> str:
    """The sentence that a statement stands in, up to the letter."""
    end = match.start(1) if match[1] else match.start(2)
    return re.split(r"[.!\n;](?=\s|$)|\n", text[max(0, end - 2000) : end])[-1]
