"""Later deliveries: who is who, what changes, and that the same delivery twice changes nothing."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from citygrid_plugin.core import fields
from citygrid_plugin.core.census import component_matching
from citygrid_plugin.core.census.census_changes import (
    FIELD,
    KINDS,
    PLACE,
    TEXTS,
    ChangeAccount,
    Changes,
    Kind,
    OtherCrs,
    applied,
    change_counts,
    change_table,
    compare,
    covered_by,
)
from citygrid_plugin.core.census.component_ids import allocate, id_numbers, read_ids
from citygrid_plugin.core.census.component_matching import TooCrowded, _perfect, id_keys
from citygrid_plugin.core.errors import BadSetting, UnknownField

CRS = 4549
LAMP, TREE = "0118", "0404"
DATE = "20260701"
SETTLED = {"unchanged", "missing", "closed", "not_covered"}
NAMES = {LAMP: "路灯", TREE: "行道树"}


def number(sequence: int, code: str = LAMP) -> str:
    return f"320706{code}{sequence:06d}"


def frame(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    """Components of a few fields; ``at`` is x, or x and y, or a geometry."""
    places, table = [], []
    for row in rows:
        values = dict(row)
        at = values.pop("at", 0.0)
        if isinstance(at, int | float):
            at = (at, 0.0)
        places.append(shapely.Point(at) if isinstance(at, tuple) else at)
        values.setdefault("ClassCode", LAMP)
        values.setdefault("ClassName", NAMES.get(values["ClassCode"], ""))
        table.append({name: values.get(name, "") for name in fields.COMPONENT})
    data = pd.DataFrame(table, columns=list(fields.COMPONENT), dtype=object)
    return gpd.GeoDataFrame(data, geometry=np.array(places, dtype=object), crs=CRS)


def kinds(changes: Changes) -> tuple[list[str], list[str]]:
    """Kinds of the components and of the records."""
    return [KINDS[k] for k in changes.existing_kind], [KINDS[k] for k in changes.incoming_kind]


def partners(changes: Changes) -> dict[int, int]:
    return dict(zip(changes.record.tolist(), changes.component.tolist(), strict=True))


def rows_of(table: gpd.GeoDataFrame) -> list[tuple[str, ...]]:
    return list(table[["ObjID", "Kind", "Field", "Old", "New"]].itertuples(index=False, name=None))


# Rules, one by one


def test_every_kind_and_its_rows() -> None:
    existing = frame(
        {"ObjID": number(1), "ObjState": "完好", "at": 0},
        {"ObjID": number(2), "ObjState": "完好", "at": 10},
        {"ObjID": number(3), "ObjState": "完好", "BGID": "1", "at": 20},
        {"ObjID": number(4), "ObjState": "完好", "BGID": "1", "at": 30},
        {"ObjID": number(5), "at": 40},
        {"ObjID": number(6), "CHDate": "20250101", "at": 50},
        {"ObjID": number(1, TREE), "ClassCode": TREE, "at": 60},
    )
    incoming = frame(
        {"ObjID": number(9), "at": 70, "ObjState": "完好"},
        {"ObjID": number(4), "ObjState": "丢失", "BGID": "2", "at": 34},
        {"ObjID": number(3), "ObjState": "完好", "BGID": "2", "at": 23},
        {"ObjID": number(2), "ObjState": "破损", "BGID": "7", "at": 10.2},
        {"ObjID": "", "ObjState": "", "at": 0.3},
    )
    changes = compare(existing, incoming, 0.5, covered=covered_by(existing, incoming))
    assert kinds(changes) == (
        ["unchanged", "changed", "moved_changed", "moved_changed", "missing", "closed", "not_covered"],
        ["new", "moved_changed", "moved_changed", "changed", "unchanged"],
    )
    assert rows_of(change_table(existing, incoming, changes)) == [
        (number(2), "changed", "BGID", "", "7"),  # the component had none
        (number(2), "changed", "ObjState", "完好", "破损"),
        (number(3), "moved_changed", PLACE, "20.00 0.00", "23.00 0.00"),
        (number(3), "moved_changed", "BGID", "1", "2"),
        (number(4), "moved_changed", PLACE, "30.00 0.00", "34.00 0.00"),
        (number(4), "moved_changed", "BGID", "1", "2"),
        (number(4), "moved_changed", "ObjState", "完好", "丢失"),
        (number(5), "missing", "", "", ""),
        (number(9), "new", "", "", ""),
    ]
    table = change_table(existing, incoming, changes)
    assert table.loc[table[FIELD] == PLACE, "Distance"].tolist() == [3.0, 4.0]
    assert table.geometry.x.tolist() == [10, 10, 23, 20, 34, 30, 30, 40, 70]
    counts = change_counts(existing, incoming, changes).set_index("ClassCode")
    assert counts.loc[LAMP, list(KINDS)].tolist() == [1, 1, 0, 2, 1, 1, 1, 0]
    assert counts.loc[TREE, list(KINDS)].tolist() == [0, 0, 0, 0, 0, 0, 0, 1]
    assert counts["ClassName"].tolist() == ["路灯", "行道树"]

    result = applied(existing, incoming, changes, DATE, close_missing=True)
    assert result["ObjID"].tolist() == [*existing["ObjID"], number(9)]
    assert result["CHDate"].tolist() == ["", "", "", "", DATE, "20250101", "", ""]
    assert result["BGID"].tolist() == ["", "7", "2", "2", "", "", "", ""]
    assert result.geometry.x.tolist() == [0, 10, 23, 34, 40, 50, 60, 70]
    assert applied(existing, incoming, changes, DATE)["CHDate"].tolist() == ["", "", "", "", "", "20250101", "", ""]


def test_what_is_kept_and_what_is_taken() -> None:
    old = {"ObjID": number(1), "ORDate": "20200101", "Note": "old", "ObjName": "12号灯", "DeptName2": "甲"}
    new = {
        "ObjID": number(1),
        "ORDate": "20260101",
        "Note": "new",
        "ObjName": "路灯",
        "DeptName2": "",
        "DeptName3": "乙",
    }
    changes = compare(frame(old), frame(new), 1)
    result = applied(frame(old), frame(new), changes, DATE).iloc[0]
    assert {name: result[name] for name in (*old, "DeptName3")} == {**old, "DeptName3": "乙"}
    assert [cells.name for cells in changes.cells] == ["DeptName3"]
    empty = {"ObjID": number(1), "ObjName": "路灯"}
    filled = applied(frame(empty), frame(new), compare(frame(empty), frame(new), 1), DATE).iloc[0]
    assert (filled["ORDate"], filled["Note"]) == ("20260101", "new")
    named = frame({**new, "ObjName": "13号灯"})
    assert applied(frame(old), named, compare(frame(old), named, 1), DATE)["ObjName"].tolist() == ["13号灯"]


def test_a_new_class_comes_with_its_name_even_an_empty_one() -> None:
    existing = frame({"ObjID": number(1), "ClassCode": LAMP})
    incoming = frame({"ObjID": number(1), "ClassCode": "2101", "ClassName": ""})
    result = applied(existing, incoming, compare(existing, incoming, 1), DATE)
    assert result[["ObjID", "ClassCode", "ClassName"]].to_numpy().tolist() == [[number(1), "2101", ""]]
    nothing = frame({"ObjID": number(1), "ClassCode": "", "ClassName": ""})
    assert compare(existing, nothing, 1).none
    assert change_counts(existing, nothing, compare(existing, nothing, 1))["ClassCode"].tolist() == [LAMP]


def test_an_end_date_ends_it_except_for_the_same_id() -> None:
    existing = frame({"ObjID": number(1), "CHDate": "20250101"})
    at_place, by_id = frame({"at": 0}), frame({"ObjID": number(1), "at": 0})
    changes = compare(existing, at_place, 1)
    assert kinds(changes) == (["closed"], ["new"])
    assert changes.remarks == {"needs_id": 1}
    changes = compare(existing, by_id, 1)
    assert changes.remarks == {"reopened": 1}
    result = applied(existing, by_id, changes, DATE)
    assert result["CHDate"].tolist() == [""]
    ended = frame({"ObjID": number(1), "CHDate": "20260101"})
    after = applied(result, ended, compare(result, ended, 1), DATE)
    assert after["CHDate"].tolist() == ["20260101"]
    assert compare(after, ended, 1).none
    unnamed = frame({"CHDate": "20260101", "at": 0.5})  # may be an earlier one that stood there
    assert kinds(compare(after, unnamed, 1)) == (["unchanged"], ["unchanged"])
    changes = compare(result, unnamed, 1)
    assert kinds(changes) == (["missing"], ["new"])
    assert changes.remarks == {"needs_id": 1, "new_closed": 1}


def test_the_nearest_pair_comes_first_and_nobody_has_two_partners() -> None:
    existing = frame({"at": 0.0}, {"at": 1.0})
    incoming = frame({"at": 0.9}, {"at": 1.2}, {"at": 0.4})
    assert partners(compare(existing, incoming, 1)) == {0: 1, 2: 0}
    assert partners(compare(frame({"at": 0}), frame({"at": 0.1, "ClassCode": TREE}), 1)) == {}


def test_an_id_counts_more_than_the_place_but_only_a_sound_one() -> None:
    existing = frame({"ObjID": number(1), "at": 0}, {"ObjID": number(2), "at": 10})
    crossed = frame({"ObjID": number(2), "at": 0}, {"ObjID": number(1), "at": 10})
    changes = compare(existing, crossed, 1)
    assert partners(changes) == {0: 1, 1: 0}
    assert changes.distance.tolist() == [10, 10]
    assert partners(compare(existing, crossed, 1, trusted=np.array([False, False]))) == {0: 0, 1: 1}
    for damaged in ("3.20706E+15", number(2)[:-1], number(0), number(2)[:-1] + "x", "ObjID"):
        assert partners(compare(existing, frame({"ObjID": damaged, "at": 0}), 1)) == {0: 0}
    wide = number(2).translate({ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)})
    assert partners(compare(existing, frame({"ObjID": f" {wide} ", "at": 0}), 1)) == {0: 1}
    long = "32070601180000019"  # generation C
    assert partners(compare(frame({"ObjID": long, "at": 50}), frame({"ObjID": long, "at": 0}), 1)) == {0: 0}
    assert len(set(id_keys(np.array([long, "0" + number(1), number(1), "0" * 17], dtype=object)))) == 4


def test_an_id_stated_twice_is_of_the_nearest_and_never_given_twice() -> None:
    existing = frame({"ObjID": number(1), "at": 0})
    incoming = frame({"ObjID": number(1), "at": 30}, {"ObjID": number(1), "at": 20}, {"ObjID": number(7), "at": 90})
    incoming = pd.concat(
        [incoming, incoming.iloc[[2]].set_geometry([shapely.Point(95, 0)], crs=CRS)], ignore_index=True
    )
    changes = compare(existing, incoming, 1)
    assert partners(changes) == {1: 0}
    assert changes.remarks == {"stated_repeatedly": 2, "needs_id": 2}
    assert applied(existing, incoming, changes, DATE)["ObjID"].tolist() == [number(1), "", number(7), ""]


def test_another_id_at_the_place_does_not_renumber() -> None:
    existing, incoming = frame({"ObjID": number(1)}), frame({"ObjID": number(8), "ObjState": "破损"})
    changes = compare(existing, incoming, 1)
    assert changes.remarks == {"other_id": 1}
    assert applied(existing, incoming, changes, DATE)["ObjID"].tolist() == [number(1)]


def test_a_repeated_id_of_the_existing_finds_nobody() -> None:
    existing = frame({"ObjID": number(1), "CHDate": "20240101"}, {"ObjID": number(1)}, {"ObjID": number(1), "at": 9})
    incoming = frame({"ObjID": number(1), "at": 9}, {"ObjID": number(1), "at": 50})
    changes = compare(existing, incoming, 1)
    assert partners(changes) == {0: 2}
    assert changes.remarks == {"stated_repeatedly": 1, "existing_repeated": 3, "needs_id": 1}


def test_lines_and_polygons_are_compared_as_a_whole() -> None:
    road = shapely.LineString([(0, 0), (50, 0), (100, 0)])
    longer, turned = shapely.LineString([(0, 0), (130, 0)]), shapely.LineString([(100, 0.2), (0, 0.1)])
    existing = frame({"ObjID": number(1), "at": road}, {"ObjID": number(2), "at": shapely.box(0, 0, 9, 9)})
    changes = compare(existing, frame({"at": shapely.box(0.1, 0, 9, 9)}, {"at": turned}, {"at": longer}), 0.5)
    assert partners(changes) == {0: 1, 1: 0}
    assert changes.new.tolist() == [2]
    moved = compare(existing, frame({"ObjID": number(1), "at": longer}), 0.5)
    assert moved.distance.tolist() == [30]


def test_without_a_place_only_ids_and_equal_content_count() -> None:
    existing = frame({"ObjID": number(1), "at": None}, {"ObjID": number(2), "at": 5}, {"at": None, "ObjName": "a"})
    incoming = frame({"ObjID": number(1), "at": 3}, {"ObjID": number(2), "at": None}, {"at": None, "ObjName": "a"})
    incoming = pd.concat([incoming, frame({"at": None, "ObjName": "b"}, {"at": shapely.Point()})], ignore_index=True)
    changes = compare(existing, incoming, 1)
    assert kinds(changes)[1] == ["moved", "unchanged", "unchanged", "new", "new"]
    result = applied(existing, incoming, changes, DATE)
    assert result.geometry.iloc[:2].x.tolist() == [3, 5]
    assert compare(result, incoming, 1).none


def test_columns_of_others_stay_and_missing_ones_are_added() -> None:
    existing = frame({"ObjID": number(1)}, {"ObjID": number(2), "at": 9})
    existing = existing[["ObjID", "ClassCode", "geometry"]].assign(photo=["a.jpg", None], height=[1, 2])
    existing["ClassCode"] = existing["ClassCode"].astype("string")
    existing = existing.rename_geometry("geom").set_index(pd.Index([7, 7]))
    incoming = frame({"ObjID": number(2), "ObjState": "破损", "at": 9}, {"ObjID": number(3), "at": 20})
    result = applied(existing, incoming, compare(existing, incoming, 1), DATE)
    assert result["photo"].iloc[0] == "a.jpg"
    assert result["height"].tolist()[:2] == [1, 2]
    assert math.isnan(result["height"].iloc[2])
    assert result["ObjState"].tolist() == ["", "破损", ""]
    assert result.geometry.name == "geom"
    assert result.crs == existing.crs
    assert applied(result, incoming, compare(result, incoming, 1), DATE).equals(result)


def test_empty_layers() -> None:
    some, none = frame({"ObjID": number(1)}), frame({}).iloc[:0]
    for existing, incoming, kind in ((none, some, "new"), (some, none, "missing"), (none, none, "")):
        changes = compare(existing, incoming, 1)
        assert {name for name, count in changes.account.by_kind.items() if count} == {kind} - {""}
        result = applied(existing, incoming, changes, DATE)
        assert result["ObjID"].tolist() == [number(1)] * bool(kind)
        assert change_table(existing, incoming, changes)["ObjID"].tolist() == [number(1)] * bool(kind)
        assert len(change_counts(existing, incoming, changes)) == bool(kind)


def test_wrong_settings_are_told() -> None:
    some = frame({"ObjID": number(1)})
    changes = compare(some, some, 1)
    for date in ("2026-07-01", "20261301", "２０２６０７０１", ""):
        with pytest.raises(BadSetting, match="YYYYMMDD"):
            applied(some, some, changes, date)
    for tolerance in (-1, math.nan, math.inf):
        with pytest.raises(BadSetting, match="tolerance"):
            compare(some, some, tolerance)
    with pytest.raises(OtherCrs, match="CGCS2000"):
        compare(some, some.to_crs(4326), 1)
    with pytest.raises(UnknownField, match="ClassCode"):
        compare(some.drop(columns="ClassCode"), some, 1)


def test_lost_records_and_ids_given_twice_never_pass() -> None:
    counts = dict.fromkeys(KINDS, 0)
    with pytest.raises(RuntimeError, match="balance"):
        ChangeAccount(2, 1, {**counts, "unchanged": 1})
    with pytest.raises(RuntimeError, match="balance"):
        ChangeAccount(1, 2, {**counts, "unchanged": 1})
    existing, incoming = frame({"ObjID": number(1)}), frame({"at": 5}, {"at": 9})
    changes = compare(existing, incoming, 1)
    assert change_table(existing, incoming, changes)["ObjID"].tolist() == [number(1), "", ""]
    given = change_table(existing, incoming, changes, [number(3), number(4)])
    assert (
        given["ObjID"].tolist()
        == applied(existing, incoming, changes, DATE, ids=[number(3), number(4)])["ObjID"].tolist()
    )
    for ids in ([number(1), number(2)], [number(2), number(2)], [number(2)]):
        with pytest.raises(RuntimeError):
            applied(existing, incoming, changes, DATE, ids=ids)


def test_every_kind_has_a_text() -> None:
    assert set(KINDS) == set(TEXTS)
    assert len(KINDS) == len(Kind)


# Masses at one place


def test_thousands_at_one_spot_keep_their_names() -> None:
    """An address that was never looked up: 3,000 trees at one point, told apart by their names alone."""
    rows = [{"ClassCode": TREE, "ObjName": f"{row:05d}", "ObjState": "完好", "at": 0} for row in range(3_000)]
    existing = frame(*rows)
    later = [{**row, "ObjState": "废弃"} if place % 7 == 0 else row for place, row in enumerate(rows) if place % 5]
    incoming = frame(*later, {"ClassCode": TREE, "ObjName": "x", "at": 0.1}).sample(frac=1, random_state=1)
    changes = compare(existing, incoming.reset_index(drop=True), 1)
    result = applied(existing, incoming.reset_index(drop=True), changes, DATE)
    assert [cells.name for cells in changes.cells] == ["ObjState", "ObjName"][
        :: 1 if changes.cells[0].name == "ObjState" else -1
    ]
    states = dict(zip(result["ObjName"], result["ObjState"], strict=True))
    assert all(states[row["ObjName"]] == row["ObjState"] for row in later)
    assert changes.account.by_kind["missing"] == 599
    assert applied(result, incoming.reset_index(drop=True), compare(result, incoming, 1), DATE).equals(result)


def test_a_crowd_of_different_places_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(component_matching, "_MAX_PAIRS", 1_000)
    crowd = frame(*[{"at": row / 1000} for row in range(60)])
    with pytest.raises(TooCrowded, match="smaller tolerance"):
        compare(crowd, crowd.set_geometry(crowd.translate(0.5), crs=CRS), 2)
    assert compare(crowd, crowd, 2).none


def test_a_long_chain_of_ever_closer_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is nearer to the next one than to the last, so one pair is settled in a round."""
    place = np.cumsum(1 - np.arange(400) / 1000)
    ours, theirs = (frame(*[{"at": float(x)} for x in place[side::2]]) for side in (0, 1))
    expected = {row: row for row in range(200)}
    assert partners(compare(ours, theirs, 1)) == expected
    monkeypatch.setattr(component_matching, "_ROUNDS", 3)
    assert partners(compare(ours, theirs, 1)) == expected


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(st.booleans(), min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_a_perfect_choice_is_found_where_there_is_one(rows: list[list[bool]]) -> None:
    allowed = np.array(rows)
    exists = any(all(allowed[row, column] for row, column in enumerate(p)) for p in permutations(range(len(rows))))
    found = _perfect(allowed)
    assert (found is not None) == exists
    if found is not None:
        assert sorted(found) == list(range(len(rows)))
        assert all(allowed[row, column] for row, column in enumerate(found))


# Any layers and deliveries

IDS = ["", "", "", number(1), number(2), number(3), "damaged", number(2)[:-1]]
SPOTS = st.sampled_from([0.0, 0.0, 0.25, 0.5, 1.0, 2.0, 40.0])
SHAPES = st.sampled_from(
    [None, shapely.LineString([(0, 0), (9, 0)]), shapely.LineString([(0, 0.5), (9, 0)]), shapely.box(0, 0, 1, 1)]
)
LATTICE = st.fixed_dictionaries(
    {
        "ObjID": st.sampled_from(IDS),
        "at": st.one_of(SPOTS, SPOTS, SPOTS, st.tuples(SPOTS, SPOTS), SHAPES),
        "ClassCode": st.sampled_from([LAMP, LAMP, LAMP, TREE]),
        "ObjName": st.sampled_from(["", "路灯", "a", "b"]),
        "ObjState": st.sampled_from(["", "完好", "破损"]),
        "DeptName1": st.sampled_from(["", "", "甲", "乙"]),
        "BGID": st.sampled_from(["", "1", "2"]),
        "ORDate": st.sampled_from(["", "20200101", "20210101"]),
        "CHDate": st.sampled_from(["", "", "", "20250101", "20250202"]),
        "Note": st.sampled_from(["", "n"]),
    }
)
LAYERS = st.lists(LATTICE, max_size=9)


@settings(max_examples=80, deadline=None)
@given(LAYERS, LAYERS, st.sampled_from([0.0, 0.5, 1.0]), st.booleans(), st.booleans(), st.integers(0, 99))
@example([], [{"at": 0.0, "ObjName": "a"}, {"at": 0.0}], 1.0, False, False, 0)
def test_twice_changes_nothing_and_order_does_not_count(
    old: list[dict[str, Any]], new: list[dict[str, Any]], tolerance: float, close: bool, by_class: bool, seed: int
) -> None:
    existing, incoming = frame(*old), frame(*new)
    covered = covered_by(existing, incoming) if by_class else None
    changes = compare(existing, incoming, tolerance, covered=covered)
    once = applied(existing, incoming, changes, DATE, close_missing=close)
    _check_result(existing, incoming, changes, once)

    again = compare(once, incoming, tolerance, covered=covered_by(once, incoming) if by_class else None)
    assert {name for name, count in again.account.by_kind.items() if count} <= SETTLED
    assert again.none
    assert not len(change_table(once, incoming, again)) or not close
    assert applied(once, incoming, again, DATE, close_missing=close).equals(once)

    order = np.random.default_rng(seed).permutation(len(incoming))
    shuffled = incoming.iloc[order].reset_index(drop=True)
    other = compare(existing, shuffled, tolerance, covered=covered)
    assert applied(existing, shuffled, other, DATE, close_missing=close).equals(once)
    assert other.account == changes.account
    assert other.remarks == changes.remarks


def _check_result(
    existing: gpd.GeoDataFrame, incoming: gpd.GeoDataFrame, changes: Changes, result: gpd.GeoDataFrame
) -> None:
    """Nothing is lost, no value wiped, no id given twice."""
    assert len(result) == len(existing) + len(changes.new)
    assert sorted([*changes.record, *changes.new]) == list(range(len(incoming)))
    assert result["ObjID"].iloc[: len(existing)].tolist() == existing["ObjID"].tolist()
    given = result["ObjID"].iloc[len(existing) :]
    assert not set(given) - {""} & set(existing["ObjID"])
    assert not given[given != ""].duplicated().any()
    before = existing[list(fields.COMPONENT)].to_numpy()
    wiped = (before != "") & (result[list(fields.COMPONENT)].iloc[: len(existing)].to_numpy() == "")
    assert wiped.sum() == changes.remarks.get("reopened", 0)
    counts = change_counts(existing, incoming, changes)
    assert counts[list(KINDS)].sum().to_dict() == changes.account.by_kind


@settings(max_examples=40, deadline=None)
@given(LAYERS, LAYERS, st.booleans())
def test_twice_changes_nothing_with_new_ids(old: list[dict[str, Any]], new: list[dict[str, Any]], close: bool) -> None:
    """New ids as the import gives them: the second time they are the components' own."""
    existing, incoming = frame(*old), frame(*new)
    changes = compare(existing, incoming, 1)
    order = np.r_[changes.new, changes.record]
    every = incoming.iloc[order].reset_index(drop=True)
    taken = np.arange(len(order)) < len(changes.new)
    text = every["ObjID"].mask(np.r_[changes.needs_id, np.zeros(len(changes.record), dtype=bool)], "")
    ids = allocate(
        read_ids(text), every["ClassCode"].to_numpy(dtype=object), taken, "320706", id_numbers(existing["ObjID"]), {}
    ).ids
    once = applied(existing, incoming, changes, DATE, close_missing=close, ids=ids)
    again = compare(once, incoming, 1)
    assert again.none
    assert applied(once, incoming, again, DATE, close_missing=close, ids=[]).equals(once)


# An oracle: plain loops over all pairs, without spots, rounds or an index

PLACES = st.tuples(st.floats(0, 6, width=32), st.floats(0, 6, width=32))
SCATTERED = st.fixed_dictionaries(
    {
        "ObjID": st.sampled_from(IDS),
        "at": PLACES,
        "ClassCode": st.sampled_from([LAMP, TREE]),
        "ObjState": st.sampled_from(["", "完好", "破损"]),
        "ORDate": st.sampled_from(["", "20200101", "20210101"]),
        "CHDate": st.sampled_from(["", "", "20250101"]),
    }
)
SCATTER = st.lists(SCATTERED, max_size=12, unique_by=lambda row: row["at"])


def expected_partners(old: list[dict[str, Any]], new: list[dict[str, Any]], tolerance: float) -> dict[int, int] | None:
    """Record -> component; None where a tie would have to be decided."""

    def distance(one: int, other: int) -> float:
        return math.dist(old[one]["at"], new[other]["at"])

    partner: dict[int, int] = {}
    for text in (number(1), number(2), number(3)):
        has = [row for row, component in enumerate(old) if component["ObjID"] == text]
        says = [row for row, record in enumerate(new) if record["ObjID"] == text]
        if len(has) > 1 or len(says) > 1:
            return None
        if has and says:
            partner[says[0]] = has[0]
    pairs = [
        (distance(one, other), one, other)
        for one, component in enumerate(old)
        for other, record in enumerate(new)
        if component["ClassCode"] == record["ClassCode"]
        and component["CHDate"] == record["CHDate"]
        and one not in partner.values()
        and other not in partner
        and distance(one, other) <= tolerance
    ]
    if len({length for length, _, _ in pairs}) < len(pairs):
        return None
    for _, one, other in sorted(pairs):
        if one not in partner.values() and other not in partner:
            partner[other] = one
    return partner


@settings(max_examples=100, deadline=None)
@given(SCATTER, SCATTER, st.sampled_from([0.5, 1.5, 3.0]))
def test_against_plain_loops(old: list[dict[str, Any]], new: list[dict[str, Any]], tolerance: float) -> None:
    expected = expected_partners(old, new, tolerance)
    if expected is None:
        return
    existing, incoming = frame(*old), frame(*new)
    changes = compare(existing, incoming, tolerance)
    assert partners(changes) == expected
    result = applied(existing, incoming, changes, DATE, close_missing=True)
    for row, component in enumerate(old):
        record = next((new[other] for other, one in expected.items() if one == row), None)
        wanted = {name: component[name] for name in ("ObjState", "ORDate", "CHDate", "ClassCode")}
        place = component["at"]
        if record is None:
            wanted["CHDate"] = component["CHDate"] or DATE
        else:
            wanted["ObjState"] = record["ObjState"] or component["ObjState"]
            wanted["ORDate"] = component["ORDate"] or record["ORDate"]
            wanted["CHDate"] = (component["CHDate"] if record["CHDate"] else "") or record["CHDate"]
            wanted["ClassCode"] = record["ClassCode"]
            place = record["at"] if math.dist(place, record["at"]) > tolerance else place
        assert {name: result[name].iloc[row] for name in wanted} == wanted
        assert result.geometry.iloc[row].coords[0] == pytest.approx(place)
