"""Outputs that name no split are said to be judged as what should be kept."""

from __future__ import annotations

import json

from judgekit.report import load, summarize
from judgekit.report.splits import unnamed
from tests.report.make_runs import make_run


def without_splits(folder, *names):
    """Utility items only, none of which names a split."""
    for name in names:
        made = make_run(folder / name, name, forget=0, keep=40)
        for file in ("verdicts.jsonl", "items.jsonl", "evidence.jsonl"):
            rows = [json.loads(line) for line in (made / file).read_text().splitlines()]
            for row in rows:
                row.pop("split")
            (made / file).write_text("".join(json.dumps(row) + "\n" for row in rows))
        yield made


def test_where_no_split_is_named_the_first_sentence_says_how_all_was_judged(tmp_path):
    summary = summarize(load(list(without_splits(tmp_path, "IDK"))))
    text = (
        "No split is named, so all outputs are judged as what should be kept. If they answer questions to be "
        "forgotten, score with --split forget."
    )
    assert [found.text for found in unnamed(summary.runs)] == [text]
    assert summary.headlines[0].text == summary.findings[0].text == text


def test_runs_that_name_no_split_are_named_among_others_that_do(tmp_path):
    runs = load([*without_splits(tmp_path, "NPO_lr1e-5"), make_run(tmp_path / "IDK", "IDK")])
    assert (
        summarize(runs)
        .headlines[0]
        .text.startswith("No split is named in NPO, so all outputs there are judged")
    )
    only = [make_run(tmp_path / "kept", "IDK", forget=0)]
    assert not any("No split" in found.text for found in summarize(load(only)).findings)
