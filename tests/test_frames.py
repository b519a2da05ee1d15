"""Records as data frames: what is left of a stream, a row for each verdict, or for each tier of evidence."""

from __future__ import annotations

import sys

import pytest

from judgekit.errors import MissingExtra
from judgekit.frames import Stream, to_frame
from judgekit.records import Evidence, EvidenceRow, HumanLabel, Verdict

VERDICTS = [Verdict(id=str(k), state="verdict", label="leaked", tier="t", confidence=0.9) for k in range(3)]


def test_a_stream_is_read_once() -> None:
    stream = Stream(iter(VERDICTS))
    assert next(stream).id == "0"
    assert [verdict.id for verdict in stream] == ["1", "2"]
    assert list(stream) == []


def test_a_frame_holds_what_is_left_of_a_stream() -> None:
    pytest.importorskip("pandas")
    stream = Stream(iter(VERDICTS))
    next(stream)
    assert list(stream.to_pandas()["id"]) == ["1", "2"]


def test_evidence_has_a_row_for_each_tier() -> None:
    pytest.importorskip("pandas")
    tiers = {"a": Evidence(probs={"x": 0.25, "y": 0.75}, model="m"), "b": Evidence.missing("no answer")}
    row = EvidenceRow(id="1", tiers=tiers, human=(HumanLabel(label="x"),))
    frame = Stream(iter([row])).to_pandas()
    assert list(frame["tier"]) == ["a", "b"]
    assert frame["label"][0] == "y" and frame["reason"][1] == "no answer"
    assert frame["p_x"][0] == 0.25
    assert frame["judge"][0] == "m" and frame["human"][1] == ["x"]


def test_without_pandas_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match="pandas"):
        to_frame([{"a": 1}])
