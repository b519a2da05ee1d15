"""How judges' answers are read: misread, and left unscored, on a corpus with known truth; prints one JSON object.

python -m benchmarks.answers

The corpus is ``tests/judges/reading/answers.jsonl``. *misread*: a letter is read that the answer does not mean.
*unscored*: the answer means a letter and none is read. The answers were written in waves; *misread_at_first* counts the
answers of a wave that were misread when it was read for the first time, before the rules were mended (not kept for
the first wave). *recorded*, where the recorded data is there: 5,050 completions of judges that compared two outputs,
against the winner that was read from them elsewhere.
"""

from __future__ import annotations

import json
from collections import Counter

from benchmarks.shared import DEFAULT
from judgekit.judges.reading.verdicts import letter_in
from tests.judges.reading.answers import corpus, read

_RECORDED = DEFAULT / "data/judges/llmbar_raw_completions.jsonl"


def main() -> None:
    """Read every answer of the corpus in every way it can come."""
    kinds: dict[str, Counter[str]] = {}
    waves: dict[int, Counter[str]] = {}
    for row in corpus():
        outcomes = [_outcome(letter, row["truth"]) for _, letter in read(row)]
        kinds.setdefault(row["kind"], Counter()).update(outcomes)
        waves.setdefault(row.get("wave", 1), Counter()).update(
            answers=1,
            misread="misread" in outcomes,
            misread_at_first="once" in row,
            mean_a_letter=row["truth"] is not None,
            unscored="unscored" in outcomes,
        )
    total = sum(kinds.values(), Counter[str]())
    readings = total.total()
    print(
        json.dumps(
            {
                "answers": len(corpus()),
                "readings": readings,
                "misread": total["misread"],
                "misread_share": round(total["misread"] / readings, 4),
                "unscored_share": round(total["unscored"] / readings, 4),
                "by_wave": waves,
                "recorded": recorded() if _RECORDED.exists() else None,
                "by_kind": {kind: dict(found) for kind, found in kinds.items()},
            }
        )
    )


def _outcome(letter: str | None, truth: str | None) -> str:
    return "right" if letter == truth else "unscored" if letter is None else "misread"


def recorded() -> dict[str, int]:
    """Recorded completions: read as their authors read them, read otherwise, and left unread."""
    counts = Counter[str]()
    for line in _RECORDED.read_text("utf-8").splitlines():
        row = json.loads(line)
        winner = None if row["winner"] is None else ("BA" if row["swap"] else "AB")[int(row["winner"]) - 1]
        letter = letter_in(row["completion"] or "", {"A": "A", "B": "B"})
        counts["unread" if letter is None else "as recorded" if letter == winner else "unlike recorded"] += 1
    return dict(counts)


if __name__ == "__main__":
    main()
