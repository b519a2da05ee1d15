"""Is it language at all? Entropy, repetition, refusals.

Token entropy and the unique-token ratio are published over the tokens of the model's own tokenizer. The
functions take any sequence of tokens; `words` gives a tokenizer-free stand-in, whose figures are not those of
the papers and go under other names (`word_entropy`, `unique_word_ratio`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Sequence

_WORD = re.compile(r"\w+")

# Openings and phrases of a declined answer. Matched on text with plain apostrophes, in lower case.
_REFUSAL = re.compile(
    r"""
    \bi(\ am|'m)\ (sorry|afraid|unable|unaware|clueless|stumped|blank|lacking|missing|drawing\ a\ blank)\b
    | \bi(\ am|'m)\ (at\ a\ (loss|disadvantage)|in\ the\ dark)\b
    | \bi(\ am|'m)\ not\ ([\w-]+\ ){0,2}
      (able|aware|sure|certain|familiar|programmed|privy|equipped|versed|well-versed|briefed|acquainted|informed
      |knowledgeable|source|ai|trained)\b
    | \bi\ ((really|just|honestly)\ )?(do\ not|don't|did\ not|didn't)\ ((actually|seem\ to)\ )?
      (know|have|possess|hold|recall|recognize|carry|understand|think\ i)\b
    | \bi\ (can\ ?not|can't|could\ not|couldn't|won't|will\ not|am\ unable\ to)\ (\w+\ )?
      (answer|say|provide|help|assist|share|give|tell|recall|offer|disclose|comment|discuss|confirm|find|speak|shed)\b
    | \bi(\ have|'ve|\ possess|\ hold)\ (no|not|never|yet\ to)\b
    | \bi\ haven't\b
    | \bi(\ have|'ve)\ come\ up\ short\b
    | \bno\ (idea|information|knowledge|clue|data)\b
    | \b(beyond|outside|out\ of|not\ within|not\ in|included\ in|for)\ my\ ([\w]+\ )?
      (knowledge|expertise|training|scope|area|information|data|dataset|database|reach|field)\b
    | \bmy\ (knowledge|databases?|training|programming|understanding|resources|capabilities|data|information)
      (\ (base|data))?\ (does|do|did|is|are|lacks?|has\ no|have\ no)(n't)?\b
    | \b(is|it's|that's|remains)\ (a\ mystery|unknown|unclear)\ to\ me\b
    | \b(that's|it's|is)\ (not\ )?(something|information|a\ topic|an\ area)\ i(\ am|'m|'ve|\ have|\ can|\ know|\ need
      |\ do)\b
    | \bblind\ spot\ in\ my\b
    | \bi\ (must|have\ to)\ (admit|confess|decline)\b
    | \b(my\ apologies|as\ an\ ai)\b
    | \b(unfortunately|regrettably),?\ i\b
    | \bi\ (lack|wish\ i\ (could|knew)|apologi[sz]e|decline|draw\ a\ blank)\b
    """,
    re.VERBOSE,
)


def words(text: str) -> list[str]:
    """Lower-case runs of letters, digits and underscores, in any script."""
    return _WORD.findall(text.lower())


def token_entropy(tokens: Sequence[Hashable]) -> float:
    """Entropy of the unigram distribution over its maximum: -sum f log2 f / log2(number of tokens).

    Range [0, 1]; higher = more varied; 0 for at most one token, as published. A short, ordinary answer scores
    near 1, a text of one repeated token 0. Source: Closer Look (n-gram entropy of Zhang et al. 2018,
    normalized).
    """
    n = len(tokens)
    if n <= 1:
        return 0.0
    counts = Counter(tokens).values()
    return -math.fsum(c / n * math.log2(c / n) for c in counts) / math.log2(n)


def unique_token_ratio(tokens: Sequence[Hashable]) -> float:
    """Different tokens / all tokens, 0 for none (ECO). Range [0, 1]; higher = more varied."""
    return len(set(tokens)) / len(tokens) if tokens else 0.0


def repetition(tokens: Sequence[Hashable], n: int = 4) -> float | None:
    """Share of n-grams that are repeats, 1 - distinct/all. Range [0, 1); higher = more degenerate.

    None when there is no n-gram, since a short answer can neither repeat nor not repeat itself.
    Give the characters of a text (n about 8) to catch loops without spaces ("locatedlocatedlocated").
    Source: seq-rep-n of Welleck et al. 2020.
    """
    count = len(tokens) - n + 1
    if count < 1:
        return None
    # Slices of a text are hashable as they are, and ten times as fast as tuples of its characters.
    sequence = tokens if isinstance(tokens, str) else tuple(tokens)
    return 1.0 - len({sequence[i : i + n] for i in range(count)}) / count


def is_refusal(text: str) -> bool:
    """Whether the text says that it will not or cannot answer, by phrase.

    A rule, with a rule's errors: it sees the wording of common refusals in English only, and not whether the
    answer follows anyway.
    """
    return _REFUSAL.search(text.lower().replace("\u2019", "'")) is not None
