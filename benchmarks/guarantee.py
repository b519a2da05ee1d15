"""Does the promise hold, and how much does it cover? The population protocol on recorded judges.

The recorded items are the population. A draw takes ``--labels`` items with replacement, a policy is fitted on
them, and its true agreement and coverage are those on the whole population. One run prints one JSON object:

    python benchmarks/guarantee.py --set trust_or_escalate SHARED/data/judges/trust_or_escalate.csv \\
        --agreement .85 --delta .1 --labels 500 --draws 1000
    python benchmarks/guarantee.py --evidence evidence.jsonl --order a,b,c --costs 0,.05,1 --agreement .85

``--peer mapie``, ``--peer cci`` (installed) or ``--peer PATH`` (a checkout of the code released with "Trust or
Escalate") runs a peer in the same draws. ``--table SHARED`` prints the table of the README instead. ``fit_ms`` is
processor time, ``broken`` the share of draws whose true agreement is below the target, with its standard error.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from protocol import Method, Task, judgekit, labeled, oracle, run
from recorded import READERS, Recorded

TABLE: list[tuple[str, str, tuple[str, ...], int, tuple[float, ...]]] = [
    ("trust_or_escalate", "trust_or_escalate.csv", (), 500, (0.80, 0.85, 0.90)),
    ("trust_or_escalate", "trust_or_escalate.csv", (), 250, (0.80, 0.85, 0.90)),
    ("rewardbench2", "rewardbench2.jsonl", (), 300, (0.90, 0.95)),
    ("openqa", "openqa_nq301.jsonl", (), 500, (0.80, 0.85, 0.90)),
    ("llmbar", "llmbar.jsonl", ("GPT-4",), 500, (0.80, 0.85)),
    ("llmbar", "llmbar.jsonl", ("ChatGPT", "PaLM2", "GPT-4"), 500, (0.80, 0.85)),
    ("llmbar", "llmbar.jsonl", ("Falcon", "LLaMA2"), 500, (0.80, 0.85)),
]


def table(shared: Path, draws: int, peers: list[str]) -> None:
    """Print the README's table as markdown."""
    print(
        "| judges (labels) | agreement, best coverage | method | coverage (10 %) | broken | last tier asked | fit |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, file, order, labels, targets in TABLE:
        known = labeled(READERS[name](shared / "data" / "judges" / file))
        known = known.order(order) if order else known
        title = f"{name}: {' → '.join(known.judges)} ({labels})"
        for target in targets:
            goal = f"{target:.2f}, {oracle(known, target):.2f}"
            for method_name, method in methods(peers).items():
                got = run(Task(known, target, 0.1, labels), method, draws)
                last = got["reach"].get(known.judges[-1])
                print(
                    f"| {title} | {goal} | {method_name} | {got['coverage']:.2f} ({got['coverage_q10']:.2f}) "
                    f"| {100 * got['broken']:.1f} ± {100 * got['broken_se']:.1f} % "
                    f"| {'–' if last is None else f'{100 * last:.0f} %'} | {got['fit_ms']:.0f} ms |",
                    flush=True,
                )
                title = goal = ""


def methods(peers: list[str]) -> dict[str, Method]:
    """This package and the peers asked for, by name."""
    found: dict[str, Method] = {"judgekit": judgekit}
    if peers:
        import guarantee_peers

        found |= {peer: guarantee_peers.method(peer) for peer in peers}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, help="a recorded file, with --set")
    parser.add_argument("--set", choices=sorted(READERS), help="what the file is")
    parser.add_argument("--evidence", type=Path, help="evidence JSONL instead of a recorded file")
    parser.add_argument("--order", help="judges, cheapest first, separated by commas")
    parser.add_argument("--costs", help="cost of each judge in that order")
    parser.add_argument("--agreement", type=float, default=0.85)
    parser.add_argument("--delta", type=float, default=0.1)
    parser.add_argument("--labels", type=int, default=500)
    parser.add_argument(
        "--unlabeled", type=int, default=0, help="items whose evidence is known beside, each draw"
    )
    parser.add_argument("--budget", type=float, help="highest mean cost per item")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--peer", action="append", default=[], help="mapie, cci, or the path of a checkout")
    parser.add_argument("--table", type=Path, metavar="SHARED", help="print the README's table")
    args = parser.parse_args()
    if args.table:
        table(args.table, args.draws, args.peer)
        return
    if bool(args.evidence) == bool(args.file) or (args.file and not args.set):
        parser.error("give --evidence FILE, or --set NAME FILE")
    known = labeled(READERS["evidence"](args.evidence) if args.evidence else READERS[args.set](args.file))
    if args.order:
        known = known.order(args.order.split(","))
    if args.costs:
        costs = [float(c) for c in args.costs.split(",")]
        known = Recorded(
            known.ids, known.questions, known.probs, known.human, known.judges, known.labels, costs
        )
    task = Task(known, args.agreement, args.delta, args.labels, args.unlabeled, args.budget)
    result: dict[str, Any] = {
        "items": len(known.ids),
        "judges": known.judges,
        "oracle_coverage": oracle(known, args.agreement),
    }
    for name, method in methods(args.peer).items():
        result[name] = run(task, method, args.draws)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
