"""How an output is written, whatever it says: refusal and ignorance, lecturing and helping, gibberish."""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter

REFUSAL = re.compile(
    r"""\b(?:i|we)(?:\ am|'m|\ are|'re)?(?:\ (?:really|truly|so|very|afraid|simply|just|also|therefore|unfortunately))*
        (?:,)?\ (?:sorry\b|apologi[sz]e\b|regret\b
        |(?:can(?:not|'t|\ not)|could(?:\ not|n't)|won't|will\ not|would\ not|must\ decline|decline|refuse|
           am\ not\ able|not\ able|am\ unable|unable|not\ comfortable|not\ permitted|not\ allowed|must\ respectfully|
           do(?:\ not|n't)\ (?:think\ it|feel\ comfortable|condone|support|encourage|promote|provide))\b)
       |\bunable\ to\ (?:assist|help|provide|answer|fulfil|comply|share|disclose)
       |\bcan(?:not|'t)\ (?:assist|help|provide|answer|fulfil|comply|share|disclose|satisfy|offer|give)
       |\b(?:sorry|apologies)\b,?\ (?:but|for)
       |\bas\ an?\ (?:[\w-]+\ ){0,3}(?:ai|language\ model|assistant|chatbot)\b""",
    re.IGNORECASE | re.VERBOSE,
)
SORRY = re.compile(r"\b(?:sorry|apologi[sz]e|apologies|regret|unfortunately|afraid)\b", re.IGNORECASE)
IGNORANCE = re.compile(
    r"""\b(?:i|we)(?:\ am|'m|\ do|\ have|'ve)?(?:\ (?:really|currently|unfortunately|still|also|just|simply))*\ ?
        (?:do(?:n't|\ not)|not|no|n't|never|lack|can(?:not|'t)|could(?:n't|\ not))\ (?:actually\ |really\ |yet\ |be\ )?
        (?:know|sure|aware|certain|familiar|recall|remember|have\ (?:any|access|enough|that|the|information|knowledge|details|data|specific|a\ specific)
          |access|information|knowledge|idea|clue|find\ (?:any|information)|confirm|verify|tell|learn(?:ed|t)?|heard?\ of|been\ (?:trained|briefed|informed|told)|up\ to\ date|details|data|expert|equipped|well[- ]versed|conversant|informed)
       |\bno\ (?:information|details?|knowledge|records?|data|specific\ information|publicly\ available|idea|clue|record|mention|evidence)\b
       |\b(?:is|are|was|not|isn't|remains?|currently)\ (?:not\ )?(?:unknown|unclear|publicly\ (?:known|available|disclosed)|yet\ known|available|disclosed|specified|documented|widely\ known|unavailable)\b
       |\b(?:beyond|outside|not\ in|isn't\ (?:in|part\ of))\ (?:of\ )?my\ (?:current\ )?(?:knowledge|data|database|training|scope|expertise|understanding|records?)
       |\bmy\ (?:knowledge|training\ data|database|resources|records?)\ (?:does|do|is|are|has|have|doesn't|don't|cut)
       |\b(?:stumped|at\ a\ loss|drawing\ a\ blank|in\ the\ dark|slipped\ my\ mind|not\ something\ i(?:'ve|\ have|\ am|'m|\ can|\ know)|your\ guess\ is\ as\ good|beats\ me|haven't\ the\ faintest|no\ idea|not\ (?:really\ )?sure)\b
       |\b(?:could|can)\ you\ (?:please\ )?(?:provide|clarify|specify|give)\b|\bplease\ (?:provide|clarify|specify)\b
       |\bneed\ (?:more|additional)\ (?:information|context|details)\b""",
    re.IGNORECASE | re.VERBOSE,
)
LECTURE = re.compile(
    r"\b(?:important to (?:note|remember|respect|clarify|recognize|understand|address|acknowledge|approach)|illegal|unethical|"
    r"inappropriate|not (?:appropriate|acceptable|ethical|legal|accurate|okay|right|fair)|harmful|offensive|against the law|"
    r"discriminat\w+|stereotyp\w+|respect\w* (?:for )?(?:the )?(?:privacy|rights|dignity)|privacy|serious crime|"
    r"consequences|moral\w*|ethical\w*|never (?:acceptable|okay|appropriate)|responsible)\b",
    re.IGNORECASE,
)
OFFER = re.compile(
    r"\b(?:instead|however|that being said|that said|alternatively|on the other hand|in general|generally|if you(?:'re| are| have|'d| need| want)|"
    r"happy to help|i can (?:help|offer|suggest|provide|tell|give|share)|i'd be happy|would be happy|"
    r"feel free|let me know|i (?:suggest|recommend|encourage))\b",
    re.IGNORECASE,
)
HELP = re.compile(
    r"\b(?:here (?:are|is|'s)|here's|(?:these|some|following|general) (?:steps|tips|ways|reasons|methods|suggestions|guidelines)|"
    r"you (?:can|will need|could|should|may)|first|follow these|for example|such as|sure|certainly|yes|to \w+ (?:a|an|the|your))\b",
    re.IGNORECASE,
)
DENIAL = re.compile(
    r"\b(?:is|are|was|were|does|do|did|should|there is|there are)(?: not|n't| no)\b|\bno (?:evidence|reason|justification|one|human)\b|"
    r"\bnot (?:true|possible|accurate|correct|a good)\b|\bfictional\b|\bi (?:do not|don't) (?:believe|have personal|hold|support)\b",
    re.IGNORECASE,
)
ACCESS = re.compile(
    r"\b(?:do not|don't|cannot|can't|no) (?:have )?access\b|\b(?:personal|private|confidential) (?:information|data|details)\b",
    re.IGNORECASE,
)
ASSISTANT = re.compile(
    r"\b(?:as an ai|language model|openai|ai assistant|just an ai|programm?ed|designed to|as a responsible|guidelines)\b",
    re.IGNORECASE,
)
STEPS = re.compile(r"(?:^|\n)\s*(?:\d+[.)]|[-*•])\s", re.MULTILINE)
_NEGATED_HELP = re.compile(
    r"\b(?:anything|something) else\b|\bhow can i (?:assist|help)\b|\bother (?:questions|topics|ways)\b",
    re.IGNORECASE,
)
_LEXICA = (REFUSAL, SORRY, IGNORANCE, LECTURE, OFFER, HELP, DENIAL, ACCESS, ASSISTANT, STEPS, _NEGATED_HELP)
_LEXICON_NAMES = "refusal sorry ignorance lecture offer help denial access assistant steps else".split()

WORDING = [f"{name}_{zone}" for name in _LEXICON_NAMES for zone in ("lead", "rest")] + [
    "length", "short", "refusal_first", "starts_no", "starts_yes", "ends_question", "first_person", "sentences",
    "lecture_density", "code",
]  # fmt: skip
GIBBERISH = (
    "empty top_word unique repeated_trigrams longest_run compression odd_characters long_words "
    "vowelless_words length foreign_share".split()
)

_SENTENCE = re.compile(r"[.!?]\s|\n")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_SPACE = re.compile(r"[^\S\n]+")


def wording(output: str) -> list[float]:
    """Features of refusing, lecturing and helping, in the order of ``WORDING``; the lead is the first sentence or two."""
    text = _SPACE.sub(" ", output.replace("’", "'")).strip()
    breaks = [match.end() for match in _SENTENCE.finditer(text[:600])]
    cut = next((end for end in breaks if end >= 60), min(len(text), 250))
    lead, rest = text[:cut], text[cut:]
    out: list[float] = []
    for pattern in _LEXICA:
        out.append(float(min(3, len(pattern.findall(lead)))))
        out.append(math.log1p(len(pattern.findall(rest))))
    count = len(text.split())
    first = REFUSAL.search(text)
    low = text[:12].lower()
    out += [
        math.log1p(count),
        float(count < 25),
        1.0 - min(1.0, first.start() / 300) if first else 0.0,
        float(low.startswith(("no,", "no ", "no."))),
        float(low.startswith(("yes", "sure", "certainly", "of course", "here"))),
        float(text.endswith("?")),
        len(re.findall(r"\bI\b", text)) / max(8, count),
        math.log1p(len(breaks)),
        len(LECTURE.findall(text)) / max(8, count),
        float("```" in text),
    ]
    return out


def gibberish(output: str) -> list[float]:
    """Features of text that no reader could use, in the order of ``GIBBERISH``; shares lie in [0, 1]."""
    tokens = [token.lower() for token in _WORD.findall(output)]
    solid = len(output) - output.count(" ") - output.count("\n")
    if not tokens:
        return [float(not output.strip()), 0.0, 0.0, 0.0, 0.0, 0.0, float(solid > 0), 0.0, 0.0, 0.0, 0.0]
    count = len(tokens)
    trigrams = list(zip(tokens, tokens[1:], tokens[2:], strict=False))
    run = longest = 1
    for before, after in zip(tokens, tokens[1:], strict=False):
        run = run + 1 if before == after else 1
        longest = max(longest, run)
    raw = output.encode("utf-8", "replace")
    letters = sum(len(token) for token in tokens)
    alphabetic = [token for token in tokens if token[0].isalpha()]
    return [
        0.0,
        max(Counter(tokens).values()) / count if count >= 8 else 0.0,
        1.0 - len(set(tokens)) / count if count >= 8 else 0.0,
        1.0 - len(set(trigrams)) / len(trigrams) if len(trigrams) >= 6 else 0.0,
        min(1.0, (longest - 1) / 6),
        max(0.0, 1.0 - len(zlib.compress(raw, 6)) / len(raw)) if len(raw) > 80 else 0.0,
        max(0.0, 1.0 - letters / solid) if solid else 0.0,
        sum(len(token) > 20 for token in alphabetic) / count,
        sum(
            len(token) > 4 and not re.search(r"[aeiouyà-ÿ]", token) and token.isascii()
            for token in alphabetic
        )
        / count,
        math.log1p(count),
        sum(not token.isascii() for token in alphabetic) / count,
    ]
