"""What the panel of cases asks, against plain pandas; and the same filter in QGIS's words on a real layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from qgis.core import QgsExpression, QgsExpressionContext, QgsFeature, QgsFeatureRequest, QgsVectorLayer

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.case_choice import LISTS, CaseFilter, folded
from citygrid_plugin.core.cases.case_columns import SEARCHED, CaseColumns, Letters, TextColumn
from citygrid_plugin.core.cases.case_filter import STATUSES, arranged, matches, select, states_at
from citygrid_plugin.core.cases.case_stages import ALL_STAGES
from citygrid_plugin.core.cases.case_status import Course, state_at
from citygrid_plugin.processing.cases import case_reading
from citygrid_plugin.processing.cases.case_filter_expression import filter_expression, moment_literal
from citygrid_plugin.processing.cases.case_reading import CaseReader, is_case_layer
from citygrid_plugin.storage.layers import write_layer

AT = np.datetime64("2025-06-20T09:30:00")
COUNT = 400
CRS = "EPSG:4549"
FIELD = {
    "classes": fields.CLASS_NAME,
    "departments": fields.DEPARTMENT,
    "streets": fields.STREET_NAME,
    "zones": fields.RGID,
    "sources": fields.SOURCE,
}


def some_cases(count: int = COUNT) -> gpd.GeoDataFrame:
    """Cases with values that look like numbers, quotes, markup, capital letters and nothing at all."""
    random = np.random.default_rng(3)

    def one_of(*values: str | None) -> np.ndarray:
        return random.choice(np.array(values, dtype=object), count)

    def times(missing: float) -> np.ndarray:
        hours = (random.integers(0, 40 * 24, count) * 3600).astype("timedelta64[s]")
        return np.where(random.random(count) < missing, np.datetime64("NaT"), np.datetime64("2025-06-01T00:00") + hours)

    number = np.array([f"No{k:04d}" for k in range(count)], dtype=object)
    repeats = np.where(random.random(count) < 0.2, number[np.maximum(np.arange(count) - 7, 0)], "")
    begin = times(0.8)
    table = {
        fields.CASE_ID: number,
        fields.CLASS_CODE: one_of("0101", "0507", None),
        fields.CLASS_NAME: one_of("井盖破损", "O'Neil \\ lamp", "暴露垃圾", None, ""),
        fields.STAGE: one_of(*ALL_STAGES, None, "核实"),
        fields.REPORTED: times(0.1),
        fields.DEADLINE: times(0.2),
        fields.FINISHED: times(0.6),
        fields.SUSPENDED_FROM: begin,
        fields.SUSPENDED_TO: np.where(random.random(count) < 0.4, np.datetime64("NaT"), begin + np.timedelta64(3, "D")),
        fields.DEPARTMENT: one_of("1", "01", "1.0", None, "Ärger", "ärger"),
        fields.STREET_NAME: one_of("中山街道", "<b>路</b>", None),
        fields.RGID: one_of("320706001001001", "320706001001002", ""),
        fields.SOURCE: one_of("12319热线", "100%_", None),
        fields.TEXT: one_of("Pot Hole ΑΣ", "中山路 100% _x_", "İstanbul\x1fend", "𠮷野家 pot\nhole", None),
        fields.REPEAT_OF: repeats,
    }
    places = shapely.points(420_000 + random.random(count) * 1000, 3_830_000 + random.random(count) * 1000)
    return gpd.GeoDataFrame(table, geometry=places, crs=CRS)


CASES = some_cases()
COLUMNS = CaseColumns.of(CASES.drop(columns="geometry"))
WORDS = ("pot", "HOLE", "ασ", "中山", "100%", "_x_", "i̇st", "𠮷", "no00", "no0012", "end", "nowhere", "'", "\\")


@st.composite
def filters(draw: st.DrawFn) -> CaseFilter:
    values = {name: CASES[field].fillna("").unique().tolist() for name, field in FIELD.items()}
    values["statuses"] = [str(status) for status in STATUSES]
    values["classes"] += ["0101", "0507"]
    chosen = {
        name: tuple(draw(st.lists(st.sampled_from([*known, "no such"]), max_size=3)))
        for name, known in values.items()
        if draw(st.booleans())
    }
    days = st.none() | st.dates(date(2025, 5, 28), date(2025, 7, 12))
    text = " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=2)))
    return CaseFilter(**chosen, first=draw(days), last=draw(days), text=text)


def by_pandas(wanted: CaseFilter, at: np.datetime64, *, as_of: bool) -> pd.Series:
    """Which rows a filter shows: row by row, without any column of ours."""

    def text(row: pd.Series, name: str) -> str:
        return row[name] if isinstance(row[name], str) else ""

    status = plain_status(at)

    def fits(row: pd.Series) -> bool:
        name = text(row, fields.CLASS_NAME) or text(row, fields.CLASS_CODE)
        values = {each: text(row, field) for each, field in FIELD.items()}
        values |= {"classes": name, "statuses": status[row.name]}
        reported = row[fields.REPORTED]
        whole = " ".join(text(row, each) for each in SEARCHED if each in row).replace("Σ", "σ").lower()
        return (
            all(values[each] in getattr(wanted, each) for each in LISTS if getattr(wanted, each))
            and all(word in whole for word in wanted.text.replace("Σ", "σ").lower().split())
            and (wanted.first is None or reported >= pd.Timestamp(wanted.first))
            and (wanted.last is None or reported < pd.Timestamp(wanted.last + timedelta(days=1)))
            and not (as_of and reported > pd.Timestamp(at))
        )

    return CASES.apply(fits, axis=1)


def plain_status(at: np.datetime64) -> np.ndarray:
    times = [CASES[name].to_numpy().astype("datetime64[s]") for name in (
        fields.DEADLINE, fields.FINISHED, fields.SUSPENDED_FROM, fields.SUSPENDED_TO,
    )]  # fmt: skip
    return state_at(Course(CASES[fields.STAGE].fillna("").to_numpy(), *times), at, 24, None).status


@settings(max_examples=60, deadline=None)
@given(filters(), st.booleans())
def test_a_filter_shows_what_pandas_finds(wanted: CaseFilter, as_of: bool) -> None:
    states = states_at(COLUMNS, AT, as_of=as_of)
    expected = by_pandas(wanted, AT, as_of=as_of)
    assert (matches(COLUMNS, wanted, states) == expected).all()
    selection = select(COLUMNS, wanted, states)
    assert (selection.mask == expected).all()
    status = pd.Series(plain_status(AT))
    assert dict(zip(map(str, STATUSES), selection.shown, strict=True)) == {
        str(each): int((expected & (status == each)).sum()) for each in STATUSES
    }


@settings(max_examples=25, deadline=None)
@given(filters())
def test_a_value_counts_what_choosing_it_would_show(wanted: CaseFilter) -> None:
    states = states_at(COLUMNS, AT)
    selection = select(COLUMNS, wanted, states)
    for name in LISTS:
        column = states.status if name == "statuses" else None
        column = COLUMNS.classes if name == "classes" else column or COLUMNS.texts[FIELD[name]]
        for value, count in zip(column.distinct, selection.counts[name], strict=True):
            assert count == matches(COLUMNS, replace(wanted, **{name: (value,)}), states).sum()


def test_the_order_is_that_of_urgency() -> None:
    states = states_at(COLUMNS, AT)
    rows = arranged(COLUMNS, states, np.ones(COUNT, dtype=bool))
    assert sorted(rows) == list(range(COUNT))
    rank = {"overdue": 0, "due soon": 1, "open": 1, "suspended": 2, "closed": 3, "void": 4}
    far = pd.Timestamp("2100-01-01")

    def key(row: int) -> tuple[int, float, int]:
        status = states.status[row]
        time = CASES[fields.FINISHED if status == "closed" else fields.DEADLINE].fillna(far)[row]
        later = pd.Timestamp(time).timestamp()
        backwards = status == "closed" and time != far
        return rank[status], -later if backwards else later, row

    assert rows.tolist() == sorted(range(COUNT), key=key)
    overdue = states.over_hours[rows[states.status.texts[rows] == "overdue"]]
    assert (np.diff(overdue) <= 0).all()
    by_class = arranged(COLUMNS, states, states.known, "class", backwards=True)
    names = COLUMNS.classes.texts[by_class]
    assert names.tolist() == sorted(names, key=lambda text: (text == "", text), reverse=True)


def test_repeated_reports_follow_the_first_one() -> None:
    states = states_at(COLUMNS, AT)
    mask = np.random.default_rng(1).random(COUNT) < 0.6
    rows = arranged(COLUMNS, states, mask, grouped=True)
    assert sorted(rows) == np.flatnonzero(mask).tolist()
    lead = COLUMNS.lead[rows]
    starts = np.flatnonzero(np.r_[True, lead[1:] != lead[:-1]])
    assert len(starts) == len(np.unique(lead))  # each group in one piece
    shown = set(rows)
    assert all(rows[start] == lead[start] for start in starts if lead[start] in shown)
    urgency = {row: place for place, row in enumerate(states.order)}
    best = [min(urgency[row] for row in rows[lead == lead[start]]) for start in starts]
    assert best == sorted(best)
    assert COLUMNS.reports.sum() == COUNT
    assert COLUMNS.is_repeat.sum() == COUNT - (COLUMNS.reports > 0).sum()


def test_reports_whose_first_one_is_not_there() -> None:
    table = pd.DataFrame({fields.CASE_ID: ["b", "c", "d", "e"], fields.REPEAT_OF: ["a", "a", "b", None]})
    cases = CaseColumns.of(table)
    assert cases.lead.tolist() == [0, 0, 0, 3]
    assert cases.reports.tolist() == [3, 0, 0, 1]
    assert cases.same_reports(2).tolist() == [0, 1, 2]


def test_reports_that_repeat_one_another_in_a_circle() -> None:
    table = pd.DataFrame({fields.CASE_ID: list("abcd"), fields.REPEAT_OF: ["b", "c", "a", "d"]})
    cases = CaseColumns.of(table)
    assert cases.reports.sum() == 4
    assert (cases.lead[cases.lead] == cases.lead).all()


def test_no_case_at_all() -> None:
    cases = CaseColumns.of(pd.DataFrame({fields.CASE_ID: []}))
    cases.prepare()
    states = states_at(cases, AT)
    selection = select(cases, CaseFilter(classes=("x",), text="y", first=date(2025, 1, 1)), states)
    assert selection.count == 0
    assert arranged(cases, states, selection.mask, "place", grouped=True).tolist() == []


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("aAbσΣ中𠮷\x1f \n", max_size=8), max_size=12), st.text("aAbσΣ中𠮷", min_size=1, max_size=3))
def test_searching_is_what_in_says(texts: list[str], word: str) -> None:
    column = TextColumn.of(np.array([*texts, None], dtype=object)[:-1])
    assert column.holding(folded(word)).tolist() == [folded(word) in folded(text) for text in texts]


def test_a_letter_in_half_of_a_character_is_not_found() -> None:
    high = "𠮷".encode("utf-16-le")[:2].decode("utf-16-le", "surrogatepass")
    assert Letters.of(np.array(["\u4e00a"], dtype=object)).holding("一a").tolist() == [True]
    assert not Letters.of(np.array(["abc"], dtype=object)).holding(high).any()


# In QGIS's words


@pytest.fixture
def layer(qgis_app: object, tmp_path: Path) -> QgsVectorLayer:  # noqa: ARG001
    path = tmp_path / "cases.gpkg"
    write_layer(CASES, path, "cases", "Point")
    layer = QgsVectorLayer(f"{path}|layername=cases", "cases", "ogr")
    assert is_case_layer(layer)
    return layer


def by_qgis(layer: QgsVectorLayer, expression: str) -> set[str]:
    request = QgsFeatureRequest()
    if expression:
        assert not QgsExpression(expression).hasParserError(), expression
        request.setFilterExpression(expression)
    return {feature[fields.CASE_ID] for feature in layer.getFeatures(request)}


@pytest.mark.parametrize("as_of", [False, True])
def test_the_map_shows_what_the_panel_lists(layer: QgsVectorLayer, as_of: bool) -> None:
    cases = CaseReader.of(layer).columns()
    states = states_at(cases, AT, as_of=as_of)
    number = cases.texts[fields.CASE_ID].texts

    @settings(max_examples=60, deadline=None)
    @given(filters())
    def check(wanted: CaseFilter) -> None:
        expression = filter_expression(wanted, layer.fields().names(), moment_literal(str(AT)), as_of=as_of)
        assert by_qgis(layer, expression) == set(number[matches(cases, wanted, states)])

    check()


def test_a_layer_with_few_fields(qgis_app: object) -> None:  # noqa: ARG001
    layer = QgsVectorLayer(
        "Point?crs=EPSG:4549&field=CaseID:string&field=Stage:string&field=Deadline:datetime", "few", "memory"
    )
    feature = QgsFeature(layer.fields())
    feature["CaseID"] = "x1"
    layer.dataProvider().addFeature(feature)
    cases = CaseReader.of(layer).columns()
    states = states_at(cases, AT)
    for wanted in (
        CaseFilter(departments=("",), text="X1"),
        CaseFilter(classes=("a",)),
        CaseFilter(first=date(2025, 1, 1)),
    ):
        expected = {"x1"} if matches(cases, wanted, states).any() else set()
        assert by_qgis(layer, filter_expression(wanted, layer.fields().names(), moment_literal(str(AT)))) == expected


def read_by_qgis(layer: QgsVectorLayer, change: Callable[[QgsVectorLayer], object]) -> CaseColumns:
    """The same layer, changed so that its file does not tell all."""
    other = layer.clone()
    change(other)
    reader = CaseReader.of(other)
    assert reader.own is None
    return reader.columns()


@pytest.mark.parametrize("piece", [COUNT, COUNT // 3, COUNT // 4], ids=["whole", "pieces", "pieces of one size"])
def test_reading_in_bulk_and_through_qgis_is_the_same(
    layer: QgsVectorLayer, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(case_reading, "_PIECE", piece)
    assert CaseReader.of(layer).own is not None
    ours = CaseReader.of(layer).columns()
    through_qgis = read_by_qgis(layer, lambda other: other.startEditing())
    assert len(ours) == len(through_qgis) == COUNT
    for name, column in ours.texts.items():
        assert (column.texts == through_qgis.texts[name].texts).all(), name
    for name, times in ours.times.items():
        assert np.array_equal(times, through_qgis.times[name], equal_nan=True), name
    assert np.array_equal(ours.xy, through_qgis.xy)
    some = read_by_qgis(layer, lambda other: other.setSubsetString("\"CaseID\" < 'No0010'"))
    assert len(some) == 10
    none = read_by_qgis(layer, lambda other: other.setSubsetString("\"CaseID\" = ''"))
    assert len(none) == 0


@pytest.mark.parametrize("is_replaced", [False, True], ids=["written", "replaced"])
def test_pieces_are_of_one_state(
    layer: QgsVectorLayer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_replaced: bool
) -> None:
    """What is written between two pieces is read with all the rest, or not at all."""
    monkeypatch.setattr(case_reading, "_PIECE", COUNT // 4)
    reader = CaseReader.of(layer)
    assert reader.own is not None
    done = []

    def write(share: float) -> None:
        if 0.4 < share < 1 and not done:
            done.append(share)
            path = tmp_path / "later.gpkg" if is_replaced else reader.own[0]
            write_layer(CASES.assign(**{fields.DEPARTMENT: "later"}), path, "cases", "Point")
            path.replace(reader.own[0])

    cases = reader.columns(write)
    assert done
    assert set(cases.texts[fields.DEPARTMENT].texts) == {"later"}
    assert len(cases) == COUNT


def test_now_is_the_clock_of_the_map(layer: QgsVectorLayer) -> None:
    """Without a moment the expression follows the temporal controller, else the clock."""
    expression = QgsExpression(filter_expression(CaseFilter(statuses=("overdue",)), layer.fields().names()))
    context = QgsExpressionContext()
    context.setFields(layer.fields())
    assert expression.prepare(context)
    overdue = set()
    for feature in layer.getFeatures():
        context.setFeature(feature)
        if expression.evaluate(context):
            overdue.add(feature[fields.CASE_ID])
    states = states_at(COLUMNS, np.datetime64("now"))
    assert overdue == set(CASES[fields.CASE_ID][states.status.texts == "overdue"])


def test_files_elsewhere(tmp_path: Path, layer: QgsVectorLayer) -> None:
    """Other formats go through QGIS, with the same result."""
    path = tmp_path / "cases.geojson"
    CASES.to_file(path, driver="GeoJSON")
    other = QgsVectorLayer(str(path), "cases", "ogr")
    assert CaseReader.of(other).own is None
    ours, theirs = CaseReader.of(layer).columns(), CaseReader.of(other).columns()
    assert (ours.texts[fields.DEPARTMENT].texts == theirs.texts[fields.DEPARTMENT].texts).all()
    assert np.array_equal(ours.times[fields.DEADLINE], theirs.times[fields.DEADLINE], equal_nan=True)
