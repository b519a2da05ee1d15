"""Records as data frames: what is left of a stream, a row for each verdict, or for each tier of evidence."""

from __future__ import annotations

import sys

import pytest

from judgekit.errors import MissingExtra
from judgekit.frames.stream import Stream, to_frame
from judgekit.records import Evidence, EvidenceRow, HumanLabel, Item, Verdict

VERDICTS = [Verdict(id=str(k), state="verdict", label="leaked", tier="t", confidence=0.9) for k in range(3)]


def test_a_stream_is_read_once() -> None:
    stream = Stream(Verdict, VERDICTS)
    assert next(stream).id == "0"
    assert [verdict.id for verdict in stream] == ["1", "2"]
    assert list(stream) == []


def test_a_frame_holds_what_is_left_of_a_stream() -> None:
    pytest.importorskip("pandas")
    stream = Stream(Verdict, VERDICTS)
    next(stream)
    assert list(stream.to_pandas()["id"]) == ["1", "2"]


def test_evidence_has_a_row_for_each_tier() -> None:
    pytest.importorskip("pandas")
    tiers = {"a": Evidence(probs={"x": 0.25, "y": 0.75}, model="m"), "b": Evidence.missing("no answer")}
    row = EvidenceRow(id="1", tiers=tiers, human=(HumanLabel(label="x"),))
    frame = Stream(EvidenceRow, [row]).to_pandas()
    assert list(frame["tier"]) == ["a", "b"]
    assert frame["label"][0] == "y" and frame["reason"][1] == "no answer"
    assert frame["p_x"][0] == 0.25
    assert frame["judge"][0] == "m" and frame["human"][1] == ["x"]


KINDS = {
    Verdict: [*VERDICTS, Verdict(id="4", state="abstained", fluent=True, human=(HumanLabel(label="x"),))],
    EvidenceRow: [EvidenceRow(id="1", tiers={"a": Evidence.missing("no answer", asks=2)})],
    Item: [Item(id="1", question="Where?", outputs=("Ghent.",), recorded={"loss": 0.5, "level": "a"})],
}


@pytest.mark.integrations
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_types_do_not_hang_on_what_rows_hold(kind: type) -> None:
    """An empty table, and one in which most columns hold nothing, have the types of any other."""
    empty, made = Stream(kind, []).to_arrow(), Stream(kind, KINDS[kind]).to_arrow()
    assert empty.schema == made.schema and empty.num_rows == 0 and made.num_rows == len(KINDS[kind])
    assert "null" not in map(str, made.schema.types)
    features = Stream(kind, []).to_dataset().features
    assert Stream(kind, KINDS[kind]).to_dataset().features == features
    for form in ("pandas", "polars"):
        pytest.importorskip(form)
        none, some = (getattr(Stream(kind, rows), f"to_{form}")() for rows in ([], KINDS[kind]))
        assert list(none.columns) == list(some.columns)
        assert list(map(str, none.dtypes)) == list(map(str, some.dtypes))


def test_probabilities_of_several_rubrics_stand_side_by_side() -> None:
    rows = [EvidenceRow(id=name, tiers={"a": Evidence(probs={name: 1.0})}) for name in ("x", "y")]
    table = Stream(EvidenceRow, rows).to_arrow()
    assert table["p_x"].to_pylist() == [1.0, None] and table["p_y"].to_pylist() == [None, 1.0]


@pytest.mark.integrations
def test_values_survive_every_form() -> None:
    rows = KINDS[Verdict]
    expected = [(one.id, one.state, one.confidence, one.fluent, [h.label for h in one.human]) for one in rows]
    names = ["id", "state", "confidence", "fluent", "human"]
    found = Stream(Verdict, rows).to_dataset().select_columns(names)
    assert [tuple(row[name] for name in names) for row in found] == expected
    pandas = pytest.importorskip("pandas")
    frame = Stream(Verdict, rows).to_pandas()
    assert frame["human"].tolist() == [row[4] for row in expected]
    assert frame["fluent"].isna().tolist() == [row[3] is None for row in expected]
    assert pandas.isna(frame["confidence"][3])
    polars = pytest.importorskip("polars")
    assert Stream(Verdict, rows).to_polars().select(names).rows() == expected
    assert Stream(Verdict, rows).to_polars()["human"].dtype == polars.List(polars.String)


@pytest.mark.parametrize("form", ["pandas", "polars"])
def test_without_the_package_the_extra_is_named(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, form, None)
    with pytest.raises(MissingExtra, match=rf"needs the extra '{form}'"):
        getattr(Stream(Verdict, VERDICTS), f"to_{form}")()
    if form == "pandas":
        with pytest.raises(MissingExtra, match="pandas"):
            to_frame([{"a": 1}])
