"""How judges' answers are read: misread, and left unscored, on a corpus with known truth; prints one JSON object.

python -m benchmarks.answers

The corpus is ``tests/judges/answers.jsonl``. *misread*: a letter is read that the answer does not mean. *unscored*: the
answer means a letter and none is read.
"""

from __future__ import annotations

import json
from collections import Counter

from tests.judges.answers import corpus, read


def main() -> None:
    """Read every answer of the corpus in every way it can come."""
    outcomes: dict[str, Counter[str]] = {}
    for row in corpus():
        for _, letter in read(row):
            found = "right" if letter == row["truth"] else "unscored" if letter is None else "misread"
            outcomes.setdefault(row["kind"], Counter())[found] += 1
    total = sum(outcomes.values(), Counter[str]())
    readings = total.total()
    print(
        json.dumps(
            {
                "answers": len(corpus()),
                "readings": readings,
                "misread": total["misread"],
                "misread_share": round(total["misread"] / readings, 4),
                "unscored_share": round(total["unscored"] / readings, 4),
                "by_kind": {kind: dict(found) for kind, found in outcomes.items()},
            }
        )
    )


if __name__ == "__main__":
    main()
