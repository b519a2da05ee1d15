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

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple


class Named(NamedTuple):
    """A letter, and its index in the text that names it."""

    letter: str
    at: int


_WIDE = (
    {0xFF21 + i: chr(ord("A") + i) for i in range(26)}
    | {ord(wide): plain for wide, plain in zip("（）：．，！？【】", "():.,!?[]", strict=True)}
    | dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\x00"), " ")
)
"""Full-width forms and characters without width, one character for one, so that places in a text stay."""

_RESIDUE = re.compile(
    r"\A(?:\s*(?:<[|｜](?!user|system)[\w▁-]{1,40}[|｜]>|<bos>|<pad>|<s>(?!.*</s>)|<start_of_turn>|\[/INST\])){1,8}(?:\s*(?:assistant|model)\b(?=\W))?"
    r"|\Aassistant\s*\n|(?:\s*(?:<[|｜][\w▁-]{1,40}[|｜]>|<eos>|<pad>|</s>|<end_of_turn>|\[EOS\])){1,8}\s*\Z",
    re.DOTALL | re.IGNORECASE,
)
"""What a chat template leaves at the ends of an answer; ``<s>B</s>`` may be struck out and stays."""

_WRAPS = (
    ("**", "**"), ("__", "__"), ("*", "*"), ("_", "_"), ("```", "```"), ("`", "`"), ('"', '"'), ("'", "'"),
    ("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"), ("„", "“"), ("‘", "’"), ("«", "»"), ("「", "」"), ("『", "』"),
    ("<answer>", "</answer>"), ("<verdict>", "</verdict>"), ("<b>", "</b>"), ("<strong>", "</strong>"), ("<p>", "</p>"),
    ("\\boxed{", "}"), ("\\text{", "}"), ("\\textbf{", "}"), ("\\mathbf{", "}"), ("\\mathrm{", "}"),
    ("\\(", "\\)"), ("\\[", "\\]"), ("$", "$"),
)  # fmt: skip
_BEFORE = re.compile(r"[\s>#•▁Ġ✅✔️☑️-]+|\*{1,3}(?=\S)|\(")
_BEHIND = re.compile(r"[\s.,;:!。✅✔️☑️)]+$")

_NOUN = (
    r"(?:answer|verdict|choice|label|judge?ment|selection|decision|classification|rating|letter|option|pick)"
)
_LEAD = (
    rf"(?:(?:so|therefore|thus|hence|overall|ok|okay|sure)[,:]?\s+)?(?:(?:my|the|final|correct|best|right|chosen)\s+)*{_NOUN}"
    r"(?:\s+(?:letter|label|option))?(?:\*\*|__)?\s*(?:(?:is|would\s+be|should\s+be)\b\s*:?|:|=|->|→)\s*(?:(?:option|letter|label)\s+)?"
)
_SAYS = (
    r"(?:therefore,?\s+|so,?\s+)?i(?:\s+would|['’]d)?\s+(?:choose|pick|select|say|answer|go\s+with|vote\s+for)\s*:?\s+"
    r"(?:(?:option|answer|letter|label)\s+)?"
)
_NAMED = r"(?:option|answer|letter|label|choice|output|response)\s+"
_FOREIGN = (
    r"(?:ich\s+wähle|je\s+choisis|elijo|escolho|scelgo|я\s+выбираю|我?选择|我?選擇|(?:l['’])?option|opci[óo]n|选项|選項|lösung\s*:|"
    r"απάντηση\s*:|תשובה\s*:|คำตอบ\s*:|a\s+(?:op[çc][ãa]o|alternativa)\s+correta\s+[ée](?:\s+a)?)\s*|"
    r"(?:die\s+|meine\s+)?(?:richtige\s+)?antwort(?:\s+(?:ist|lautet))?\s*:?|(?:la\s+|ma\s+)?(?:bonne\s+)?r[ée]ponse(?:\s+est)?\s*:?(?:\s+la)?|c['’]est(?:\s+la)?|"
    r"(?:la\s+)?respuesta(?:\s+(?:correcta\s+)?es)?\s*:?(?:\s+la)?|(?:a\s+)?resposta(?:\s+(?:correta\s+)?[ée])?\s*:?(?:\s+a)?|"
    r"(?:la\s+)?risposta(?:\s+(?:corretta\s+)?[èe])?\s*:?(?:\s+la)?|(?:het\s+)?antwoord(?:\s+is)?\s*:?|(?:правильный\s+)?ответ\s*[:—–-]?|"
    r"(?:最终|正确)?(?:答案|选择|選擇|选项)\s*(?:是|为|為)?\s*:?|我?(?:选|選)\s*:?|(?:正解|答え|回答)\s*は?\s*:?|(?:정답|답)\s*(?:은|는)?\s*:?|"
    r"(?:الإجابة|الجواب)\s*(?:هي|هو)?\s*:?|(?:सही\s+)?उत्तर\s*:?|(?:do[ğg]ru\s+)?(?:cevap|yan[ıi]t)\s*:?|odpowied[źz](?:\s+to)?\s*:?|"
    r"(?:r[äa]tt\s+)?svar(?:et\s+[äa]r)?\s*:?|vastaus\s*:?|(?:správná\s+)?odpověď(?:\s+je)?\s*:?|đáp\s+án(?:\s+là)?\s*:?|jawaban(?:nya)?(?:\s+adalah)?\s*:?"
)
_TAILS = re.compile(r"\s*(?:です|だ|입니다|이다|です。)$")
_PLAIN = (
    r"(?:(?:this|it|that)(?:\s+is|['’]s)|(?:result|conclusion|category|class|in\s+short|tl;dr)\s*:|definitely|clearly|certainly)\s+"
    r"(?:clearly\s+)?(?:option\s+)?"
)
_WHOLE_LEAD = re.compile(rf"(?:{_PLAIN}|{_LEAD}|{_SAYS}|{_NAMED}|(?:{_FOREIGN})\s*)$", re.IGNORECASE)

_OPEN = r"(?:[\s*_`\"'“«(\[{$]|\\(?:boxed|text|textbf|mathbf|mathrm)\{|\\[(\[])*"
_CLOSE = r"(?:[)\]}*_`\"'”»$]|\\[)\]])*"
_EDGE = r"(?![\w'’+#&@/~?-]|\\(?![)\]]))"
_FIRST = re.compile(
    rf"[\s>#•✅✔️☑️-]*(?:[\s*_`(\[{{]*(?:{_LEAD}|{_SAYS}|{_NAMED}))?{_OPEN}(?-i:([A-Z])){_EDGE}{_CLOSE}"
    rf"(?:\s*\n|[.:)!,](?=\s)|\s+[–—-](?=\s)|\s*(?=\()|(?=,?\s+(?:because|since)\b))",
    re.IGNORECASE,
)
_STATED = re.compile(
    rf"(?:\b(?:{_LEAD}|{_SAYS})|\\boxed\{{){_OPEN}(?:(?-i:([A-Z]))|(?<=\()([a-z])(?=\))){_EDGE}{_CLOSE}",
    re.IGNORECASE,
)
_BETTER = re.compile(
    rf"(?:\A\s*|\b(?:therefore|thus|hence|so|overall|in conclusion|in summary|to conclude),?\s+)"
    rf"(?:i\s+(?:think|believe)\s+(?:that\s+)?)?(?:the\s+)?"
    rf"(?:{_NAMED})?{_OPEN}(?:(?-i:([A-Z]))|(?<=\()([a-z])(?=\))){_EDGE}{_CLOSE}"
    r"\s+is\s+(?:clearly\s+|definitely\s+)?(?:the\s+)?(?:better|best|correct|right)"
    r"(?:\s+(?:one|answer|output|response|choice|option))?(?=[\s.!*_\"']*$)",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|never|neither|nor|no|none|cannot|isn|wasn|doesn|don|won|wouldn|if|unless|whether|might|may|could|maybe|perhaps|"
    r"possibly|doubt\w*|unlikely|unsure|tempting|hardly|(?<!\bi\s)would\s+(?:say|answer|choose|pick|select|claim)|many|most\s+people|someone|somebody|people|some|others|either|or|almost|nearly|"
    r"first thought|at first|initially|previously|supposed|claims?|claimed|"
    r"says?\s+that|said|asks?|asked)\b|n['’]t\b|\?",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"\b(?:wait|actually|hm+|scratch that|correction|not (?:sure|certain|confident)|"
    r"unsure|uncertain|maybe|perhaps|possibly|sorry|oops|"
    r"i mean|my mind|second thoughts?|"
    r"(?:that|this)(?:\s+is|['’]s|\s+was)\s+(?:wrong|incorrect|not\s+(?:right|it|correct)|a mistake)|"
    r"is (?:tempting|wrong|incorrect)|mistaken|just kidding|(?:a|my(?:\s+best)?)\s+guess|i\s+suppose|"
    r"let\s+me\s+(?:re\w+|double|check)|take\s+(?:that|this|it)\s+back|withdraw|retract\w*|(?:\w+ly|of\s+course)\s+not|on\s+reflection|"
    r"rules?\s+(?:this|that|it)\s+out|an\s+example|see\s+the|"
    r"i(?:\s+am|['’]m)?\s+(?:only\s+|just\s+)?guess(?:ing)?|ignore\s+th(?:at|is)|disregard|strike\s+(?:that|it)|never\s*mind|my\s+(?:mistake|bad|error)|"
    r"if\s+anything|can(?:not|['’]t)\s+(?:tell|decide|say)|don['’]t know)\b|\?",
    re.IGNORECASE,
)
_REJECTED = (
    r"(?:incorrect|false|wrong|untrue|rejected|unlikely|improbable|implausible|impossible|doubtful|dubious|excluded|eliminated|"
    r"discarded|dismissed|ruled\s+out|inapplicable|example|guess|tentative|provisional|unclear|falsch|faux|fausse|fals[oa]|incorrect[oa]|errad[oa]|sbagliat[oa]|неверно)"
)
_DENIED = re.compile(
    rf"\W*(?:no|nope|nein|non|not|never|hardly|cannot|if|unless|(?:do|does|is|was|can|could|would|will)(?:n['’]t|\s+not))\b"
    rf"|\W*(?:\w+ly\s+)?{_REJECTED}\W*$|\s*\(\W*(?:\w+ly\s+)?{_REJECTED}\b|\W*[❌✗✘✖🚫👎]|\W*[\d.]+\s*(?:%|\W*$)"
    r"|\W*(?:\w+\s+){0,2}(?:wrote|said|says|claims|claimed|thinks)\W*$",
    re.IGNORECASE,
)
"""How a text goes on that takes back the letter it began with."""
_TURNS = re.compile(
    r"\b(?:but|however|though|although|yet|then\s+again|on\s+the\s+other\s+hand|nevertheless|that\s+said|hmm?)\b",
    re.IGNORECASE,
)
"""Where a text that was cut off may have been about to change its mind."""
_OWN = re.compile(
    r"(?:\A[^\w\s]*|\n[^\w\s]*|[.!?;,)\]}–—*_#>|-]|\b(?:so|then|thus|hence|therefore|consequently|overall|and|but|view|above|analysis|"
    r"i\s+(?:now\s+|still\s+)?(?:think|believe|conclude|find)(?:\s+that)?|(?:conclude|means|follows)\s+that|"
    r"most\s+(?:appropriate|suitable|fitting|accurate|likely))"
    r"|\b(?:conclusion|result|so|thus|therefore|verdict|final|summary|short|assistant)\s*:?)\s*$",
    re.IGNORECASE,
)
"""What may stand before ``answer: B``; not ``wrong answer: B``, ``format: answer: B``, ``suppose the answer is B``."""
_ANOTHERS = re.compile(
    r"\b(?:says|states|claims|writes|thinks|argues|believes|answers|answered|replies|replied|responds|responded|wrote|outputs|"
    r"suggests|implies|reads|output|model|student|e\.\s?g\.)[:,]?\s*(?:that\s+)?[\"'“«(]?\s*$",
    re.IGNORECASE,
)
"""What stands before a statement that is another's."""
_SUPPOSED = re.compile(
    r"\W*(?:were|had|should|suppos\w+|assum\w+|according\s+to|for\s+(?:instance|example)|e\.?\s?g|as\s+in)\b",
    re.IGNORECASE,
)
"""How the sentence of a statement begins that only supposes it."""
_NAME = re.compile(r"\s*(?:[A-Z][\w’'-]+[\s.]*){1,3}$")
_ANSWER_KEY = re.compile(rf"(?!(?:option|letter)$)(?:my|the|final|best|chosen)?[\s_-]*{_NOUN}", re.IGNORECASE)
_AGAINST = re.compile(
    r"error|refusal|uncertain|unsure|doubtful|tentative|rejected|wrong|incorrect", re.IGNORECASE
)
"""Members of an object that speak against its answer, if they hold anything."""
_LIKELY = 0.1
"""A number beside the answer below this, be it a score or a probability, speaks against it."""
_INITIAL = re.compile(r"\s*\w\s*\.")
_LOWER = re.compile(r"\s*[a-z]")


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
    text = text.translate(_WIDE).rstrip()
    blank = len(text) - len(text.lstrip())
    text = _RESIDUE.sub(lambda match: " " * len(match[0]), text[blank:])
    labels = letters if isinstance(letters, Mapping) else dict.fromkeys(letters, "")
    if (members := _members(text)) is not None:
        found = _member(text, members, labels)
    else:
        found = _whole(text, labels) or _first(text, labels) or _last(text, labels)
    if found is None or found.letter not in labels or (cut and _TURNS.search(text, found.at + 1)):
        return None
    return Named(found.letter, blank + found.at)


def bare(text: str) -> Named | None:
    """The letter that a text is, but for marks around it, whichever letter it is."""
    start, core = 0, text.translate(_WIDE)
    while True:
        left = next((pair for pair in _WRAPS if _inside(core, *pair)), None)
        if left is not None:
            start, core = start + len(left[0]), core[len(left[0]) : -len(left[1])]
            core = core.upper() if left[0] == "(" and len(core) == 1 else core
        elif match := _BEHIND.search(core):
            core = core[: match.start()]
        elif match := _BEFORE.match(core):
            start, core = start + match.end(), core[match.end() :]
        else:
            break
    return Named(core, start) if len(core) == 1 and "A" <= core <= "Z" else None


def _inside(core: str, left: str, right: str) -> bool:
    return len(core) > len(left) + len(right) and core.startswith(left) and core.endswith(right)


@lru_cache(maxsize=64)
def _gloss(label: str) -> re.Pattern[str]:
    """A label as an explanation would begin with it."""
    words = [re.escape(word) for word in re.split(r"[\W_]+", label) if word]
    return re.compile(r"[\s*_`\"'(:–—-]*" + r"[\s_-]+".join(words) + r"\b", re.IGNORECASE)


def _fits(rest: str, letter: str, labels: Mapping[str, str]) -> bool:
    """Whether an explanation begins with no other option's label."""
    own = labels.get(letter, "")
    if own and _gloss(own).match(rest):
        return True
    return not any(label and other != letter and _gloss(label).match(rest) for other, label in labels.items())


def _others(text: str, letter: str, labels: Mapping[str, str]) -> bool:
    """Whether a text speaks of another option by its letter."""
    return any(
        found != letter for found in re.findall(r"(?<![\w'’])[A-Z](?![\w'’])", text) if found in labels
    )


def _members(text: str) -> list[tuple[str, object]] | None:
    """The members of the JSON object that a text is, with a code fence around it or not; None where it is none."""
    core = re.sub(r"\A\s*```(?:json)?\s*|\s*```\s*\Z", "", text).strip()
    if not (core.startswith("{") and core.endswith("}")):
        return None
    try:
        read = json.loads(core, object_pairs_hook=lambda pairs: pairs)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, list) else None


def _member(text: str, members: list[tuple[str, object]], labels: Mapping[str, str]) -> Named | None:
    """What the members of an object that hold its answer say, if they agree and no later one takes it back."""
    said: set[str] = set()
    for key, value in members:
        if not _ANSWER_KEY.fullmatch(key):
            if value is False or (isinstance(value, int | float) and value < _LIKELY):
                return None
            if value and _AGAINST.fullmatch(key):
                return None
            if said and isinstance(value, str) and (_TAKES_BACK.search(value) or _DENIED.match(value)):
                return None
        elif isinstance(value, str) and (letter := bare(value)):
            said.add(letter.letter)
        else:
            own = [name for name, label in labels.items() if label and label == value]
            said.add(own[0] if own else "")
    places = [
        match
        for match in re.finditer(r'"((?:[^"\\]|\\.)*)"\s*:\s*"[^\w"]*([A-Z])[^\w"]*"', text)
        if _ANSWER_KEY.fullmatch(match[1]) and {match[2]} == said
    ]
    return Named(places[0][2], places[0].start(2)) if places else None


def _whole(text: str, labels: Mapping[str, str]) -> Named | None:
    if found := bare(text):
        return found
    core = _TAILS.sub("", text.rstrip(" \n\t.。!*_`\"'"))
    for letter in re.finditer(r"(?-i:[A-Z])|(?<=\()[a-z](?=\))", core):
        lead, rest = core[: letter.start()], core[letter.start() :]
        said = bare(f"({rest}" if lead.endswith("(") else rest)
        if said is None or said.letter != letter[0].upper():
            continue
        opened = re.sub(r"[\s*_`\"'“«(\[{]+$", " ", lead.replace("**", "").replace("__", ""))
        opened = re.sub(r"^[\s>#•✅✔️☑️*\"'“«(-]+", "", opened)
        if _WHOLE_LEAD.fullmatch(opened) or _WHOLE_LEAD.fullmatch(opened.rstrip()):
            return Named(letter[0].upper(), letter.start())
    return None


def _first(text: str, labels: Mapping[str, str]) -> Named | None:
    match = _FIRST.match(text)
    if match is None or match[1] not in labels:
        return None
    letter, rest = match[1], text[match.end() :]
    if _INITIAL.match(rest) or _others(rest, letter, labels) or not _fits(rest, letter, labels):
        return None
    own = labels[letter]
    gloss = _gloss(own).match(rest) if own else None
    if gloss is None and text[match.end() - 1] == "." and (_LOWER.match(rest) or _NAME.match(rest)):
        return None  # "E. coli", "e.g. so", "A. Lincoln"
    after = rest[gloss.end() :] if gloss else rest
    if _TAKES_BACK.search(after) or _DENIED.match(after):
        return None
    return Named(letter, match.start(1))


def _last(text: str, labels: Mapping[str, str]) -> Named | None:
    """What the last sentence of a longer text states, where nothing else in the text states another answer."""
    stated = [*_STATED.finditer(text), *_BETTER.finditer(text)]
    said = {
        (match[1] or match[2]).upper()
        for match in stated
        if match[0].startswith("\\boxed") or not _denied(text, match)
    }
    if len(said) != 1:
        return None
    last = max(stated, key=lambda match: match.end())
    group = 1 if last[1] else 2
    letter, rest = last[group].upper(), text[last.end() :]
    if letter not in said or letter not in labels or _denied(text, last):
        return None
    own = labels[letter]
    tail = re.sub(r"^[\s.:(–—-]*", "", rest) if own and _gloss(own).match(rest) else rest
    if own and (gloss := _gloss(own).match(tail)):
        tail = tail[gloss.end() :]
    return Named(letter, last.start(group)) if re.fullmatch(r"[\s.!)*_`\"'”»\]}]*", tail) else None


def _denied(text: str, match: re.Match[str]) -> bool:
    """Whether a statement is denied, doubted, or about an answer that is not the judge's own."""
    before = text[: match.start()]
    if match[0][0] == "\\":
        before = re.sub(r"[\s$\\(\[]+$|\bis\s*[\s$\\(\[]*$", "", before)
    if not _OWN.search(before):
        return True
    sentence = _before(text, match)
    return any((_ANOTHERS.search(before), _SUPPOSED.match(sentence), _DENIES.search(sentence)))


def _before(text: str, match: re.Match[str]) -> str:
    """The sentence that a statement stands in, up to the letter."""
    end = match.start(1) if match[1] else match.start(2)
    return re.split(r"[.!\n;](?=\s|$)|\n", text[:end])[-1]
