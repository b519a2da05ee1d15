"""What long runs take: memory and speed of `judgekit score` as items grow, and of the verbs after it; prints JSON.

    python -m benchmarks.long_runs recorded [--items 100000 1000000]
    python -m benchmarks.long_runs server [--items 200000] [--faults 0.01]

*recorded*: a recorded judge answers every item. *server*: a real HTTP server on this machine answers every prompt, or,
for the share that ``--faults`` says, answers 500, 429 or with broken JSON, or hangs up; the process is killed (SIGKILL)
when 90 % of the answers are in, and the same command goes on. *paid twice*: prompts answered again, beyond those that
were under way at the kill. Every verb runs in a process of its own: ``peak_rss_mib`` is the most that it held,
``first_tenth`` and ``last_tenth`` are items a second while these tenths were written, and items a second of processor
time (``_cpu``), which tells more on a machine that others use too. After scoring: ``decide`` (under a calibration made
on 2,000 labels), ``calibrate`` (on the whole run), ``validate`` and ``report``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from aiohttp import web

from benchmarks.scale import rows
from benchmarks.shared import show
from tests.judges.server import ChatServer, refusal

ROOT = Path(__file__).resolve().parents[1]
LABELS = ("leaked", "partial", "withheld", "wrong", "degenerate")
LABELED, CONCURRENCY = 2_000, 64
EVERY = 0.05
"""Seconds between two looks at a file that grows."""


def judgekit(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "judgekit", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=folder, env=env, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Seconds, the most memory held and the exit code of a process."""
    started = time.perf_counter()
    said: list[str] = []
    reading = threading.Thread(target=lambda: said.append(process.stderr.read() if process.stderr else ""))
    reading.start()
    _, status, usage = os.wait4(process.pid, 0)
    reading.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3, -signal.SIGKILL):
        print("".join(said)[-2000:], file=sys.stderr)
    return {
        "seconds": time.perf_counter() - started,
        "peak_rss_mib": usage.ru_maxrss / 1024,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "exit": process.returncode,
    }


def verb(folder: Path, *arguments: str) -> dict[str, Any]:
    return ended(judgekit(folder, *arguments))


class Watched:
    """The growth of a run's verdicts as a process writes them: at which time, after how much processor time."""

    def __init__(self, run: Path, process: subprocess.Popen[str]) -> None:
        self.seen: list[tuple[float, float, int]] = []
        self._process = process
        self._path, self._stop = run / "verdicts.jsonl.part", threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._stop.wait(EVERY):
            try:
                size = self._path.stat().st_size
            except OSError:
                continue
            if self.seen and size < self.seen[-1][2]:
                self.seen.clear()  # what a killed process left behind was begun anew
            if not self.seen or size != self.seen[-1][2]:
                self.seen.append((time.perf_counter(), cpu(self._process.pid), size))

    def __enter__(self) -> Watched:
        self.began = time.perf_counter()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def speeds(self, items: int) -> dict[str, float]:
        """Items a second in the first and the last tenth, by the bytes written (rows are nearly equally long)."""
        start = next(one for one in self.seen if one[2])
        tenths = {"first_tenth": (0.0, 0.1), "last_tenth": (0.9, 1.0)}
        speeds = {"seconds_to_first_items": start[0] - self.began, "cpu_to_first_items": start[1]}
        for name, (low, high) in tenths.items():
            (wall, used), (until, until_used) = self._reached(low), self._reached(high)
            speeds[name] = items / 10 / max(until - wall, 1e-9)
            speeds[f"{name}_cpu"] = items / 10 / max(until_used - used, 1e-9)
        return speeds

    def _reached(self, share: float) -> tuple[float, float]:
        size = share * self.seen[-1][2]
        before = self.seen[0]
        for now in self.seen:
            if now[2] >= size:
                part = (size - before[2]) / (now[2] - before[2]) if now[2] > before[2] else 1.0
                return before[0] + (now[0] - before[0]) * part, before[1] + (now[1] - before[1]) * part
            before = now
        return before[0], before[1]


def cpu(process: int) -> float:
    """Seconds of processor time that a process has used (Linux); 0 of one that has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def evidence(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """A judge's recorded opinions on the items of :func:`benchmarks.scale.rows`."""
    draw = random.Random(seed)
    for row in rows(count):
        weights = [draw.random() ** 3 + 1e-3 for _ in LABELS]
        total = sum(weights)
        yield {
            "schema": "judgekit.evidence/2",
            "id": row["id"],
            "split": row["split"],
            "rubric": "forgetting",
            "tiers": {
                "judge": {
                    "probs": {label: w / total for label, w in zip(LABELS, weights, strict=True)},
                    "fingerprint": "0123456789ab",
                }
            },
        }


def written(path: Path, rows_: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows_)


def labels(folder: Path, run: Path) -> None:
    """Two files of labels, of the first items and of those after, mostly what the judge says."""
    draw = random.Random(2)
    with (run / "verdicts.jsonl").open() as lines:
        for name in ("labels.jsonl", "more.jsonl"):
            with (folder / name).open("w") as out:
                for line in islice(lines, LABELED):
                    row = json.loads(line)
                    if label := row.get("label"):
                        said = label if draw.random() < 0.97 else draw.choice(LABELS)
                        out.write(json.dumps({"id": row["id"], "label": said, "annotator": "a"}) + "\n")


def afterwards(folder: Path, run: str, items: int) -> dict[str, Any]:
    """The verbs that read a finished run."""
    labels(folder, folder / run)
    with (folder / run / "evidence.jsonl").open() as lines, (folder / "few.jsonl").open("w") as few:
        few.writelines(islice(lines, LABELED))
    done = {
        "calibrate_on_2000": verb(
            folder, "calibrate", "few.jsonl", "--labels", "labels.jsonl", "--agreement", "0.8", "-o", "few.json"
        ),
        "decide": verb(folder, "decide", run, "few.json", "-o", "decided.jsonl"),
        "validate": verb(folder, "validate", run),
        "calibrate": verb(
            folder, "calibrate", run, "--labels", "more.jsonl", "--agreement", "0.8", "-o", "all.json"
        ),
        "report": verb(folder, "report", run, "-o", "report.html", "--json", "report.json"),
    }  # fmt: skip
    for one in done.values():
        one["items_per_second"] = items / one["seconds"]
    return done


def sizes(run: Path) -> dict[str, float]:
    return {path.name: path.stat().st_size / 2**20 for path in sorted(run.iterdir()) if path.is_file()}


def recorded(items: int, after: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written(folder / "items.jsonl", iter(rows(items)))
        written(folder / "recorded.jsonl", evidence(items))
        (folder / "cascade.yaml").write_text(
            "tiers: [{judge: recorded, name: judge, path: recorded.jsonl}]\nrubrics: {'*': forgetting}\n"
        )
        run = folder / "runs" / "items"
        process = judgekit(folder, "score", "items.jsonl", "--cascade", "cascade.yaml")
        with Watched(run, process) as watched:
            scored = ended(process)
        return {
            "items": items,
            "score": {**scored, "items_per_second": items / scored["seconds"], **watched.speeds(items)},
            "files_mib": sizes(run),
            **(afterwards(folder, "runs/items", items) if after else {}),
        }


def server(items: int, faults: float, after: bool) -> dict[str, Any]:
    serving = [sys.executable, "-m", "benchmarks.long_runs", "serve", "--faults", str(faults)]
    with (
        tempfile.TemporaryDirectory() as name,
        subprocess.Popen(serving, cwd=ROOT, stdout=subprocess.PIPE, text=True) as behind,
    ):
        folder = Path(name)
        try:
            assert behind.stdout is not None
            url = f"http://127.0.0.1:{int(behind.stdout.readline())}"
            written(folder / "items.jsonl", iter(rows(items)))
            (folder / "cascade.yaml").write_text(
                f"tiers: [{{judge: openai, name: judge, model: tiny, base_url: '{url}/v1', timeout: 10,"
                f" max_concurrency: {CONCURRENCY}, annotators: {{orders: 1}}}}]\nrubrics: {{'*': forgetting}}\n"
            )
            run = folder / "runs" / "items"
            command = ("score", "items.jsonl", "--cascade", "cascade.yaml")
            process = judgekit(folder, *command)
            with Watched(run, process) as first:
                while told(url)["answered"] < 0.9 * items and process.poll() is None:
                    time.sleep(0.2)
                process.send_signal(signal.SIGKILL)
                killed = ended(process)
            time.sleep(2)  # what was under way arrives still
            at_kill = told(url)
            process = judgekit(folder, *command)
            with Watched(run, process) as again:
                resumed = ended(process)
            final = told(url)
            share = first.seen[-1][2] / again.seen[-1][2]
            return {
                "items": items,
                "killed": {**killed, "seconds": first.seen[-1][0] - first.began, "answered": at_kill["answered"],
                           **first.speeds(round(share * items))},
                "resumed": {**resumed, **again.speeds(items)},
                "answered": final["answered"],
                "faults": final["faults"],
                "asked_again": final["answered"] - items,
                "in_flight_at_most": CONCURRENCY,
                "paid_twice": max(0, final["answered"] - items - CONCURRENCY),
                "states": json.loads((run / "run.json").read_text())["states"],
                "files_mib": sizes(run),
                **(afterwards(folder, "runs/items", items) if after else {}),
            }  # fmt: skip
        finally:
            behind.kill()


def told(url: str) -> dict[str, Any]:
    """What the server counted."""
    with urllib.request.urlopen(f"{url}/counted") as answer:
        found: dict[str, Any] = json.loads(answer.read())
    return found


def serve(faults: float) -> None:
    draw, counted = random.Random(0), {"answered": 0, "faults": 0}

    def fault(request: web.Request, body: dict[str, Any]) -> Any:
        if draw.random() >= faults:
            counted["answered"] += 1
            return None
        counted["faults"] += 1
        kind = draw.randrange(4)
        if kind == 0:
            assert request.transport is not None
            request.transport.abort()
        return (
            refusal(500, "it broke"),
            refusal(500, "it broke"),
            refusal(429, "slow down"),
            web.Response(text='{"choices": [', content_type="application/json"),
        )[kind]

    class Counting(ChatServer):
        def app(self) -> web.Application:
            made = super().app()
            made.router.add_get("/counted", self._counted)
            return made

        async def _counted(self, _: web.Request) -> web.Response:
            self.calls.clear()
            return web.json_response(counted)

    async def run() -> None:
        server = Counting(fault, keep=False)
        await server._start()
        print(server.port, flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("recorded", "server", "serve"))
    parser.add_argument("--items", type=int, nargs="+")
    parser.add_argument("--faults", type=float, default=0.01)
    parser.add_argument("--score-only", action="store_true", help="leave out the verbs after scoring")
    options = parser.parse_args()
    if options.what == "serve":
        serve(options.faults)
        return
    if options.what == "recorded":
        runs = [recorded(n, not options.score_only) for n in options.items or (100_000, 1_000_000)]
    else:
        runs = [server(n, options.faults, not options.score_only) for n in options.items or (200_000,)]
    show({"benchmark": f"long_runs {options.what}", "load_average": os.getloadavg()[0], "runs": runs})


if __name__ == "__main__":
    main()
