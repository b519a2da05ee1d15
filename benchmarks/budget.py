"""What servers of several kinds bill against a budget that must not be passed; prints one JSON object.

python -m benchmarks.budget [--cap 0.05] [--items 400]

A local server bills what it likes: as its usage says, more tokens than expected, completions longer than allowed, calls
that hang and are sent again, no usage at all, more cached tokens than there were. ``billed`` is what the server counts,
over all commands that resumed the run; ``believed`` what judgekit counts, ``set_aside`` for calls of unknown cost.
"""

from __future__ import annotations

import argparse
import json

from tests.judges.openai.billing import SERVERS, measure


def main() -> None:
    """Run every server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cap", type=float, default=0.05)
    parser.add_argument("--items", type=int, default=400)
    options = parser.parse_args()
    found = {name: measure(make, runs, options.cap, options.items) for name, (make, runs) in SERVERS.items()}
    print(json.dumps({"cap": options.cap, "servers": found}))


if __name__ == "__main__":
    main()
