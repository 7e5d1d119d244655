"""Tables of a city for its cases, whatever they hold: understood, or refused in a sentence that names the row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.case_stages import read_source_words, read_stage_words
from citygrid_plugin.core.cases.cases import Settings, load_cases
from citygrid_plugin.core.cases.limits import class_deadlines, read_limits
from citygrid_plugin.core.cases.pauses import read_pauses
from citygrid_plugin.core.cases.work_calendar import read_calendar
from citygrid_plugin.core.cases.worktime import add_work_minutes
from citygrid_plugin.core.errors import CityGridError

AT = np.datetime64("2025-06-30T12:00:00")
WORDS = [
    "", "holiday", "workday", "hours", "假日", "工时", "1-5", "周一至周日", "6-2", "08:00-12:00", "00:00-24:00", "-",
    "08:00", "2025-10-01", "2025-02-30", "9999-12-31", "0001-01-01", "20251001", "2025年10月8日", "10000-01-01",
    "1-1-1", "1e5", "４", "-3", "0", "99999999999999999999", "工作时", "2紧急工作时", "3天", "1.5工作日",
    "100000自然日", "event", "0101", "a", "b", "挂账", "恢复", "立案", "结案", "2025-06-30 25:61",
    "2025-06-30 08:00", "🙂", "NaN", "None",
]  # fmt: skip
cells = st.sampled_from(WORDS) | st.text(max_size=8)


def later(calendar: object) -> None:
    add_work_minutes(np.array(["0001-01-01", "9999-12-31"], dtype="datetime64[s]"), 5000, calendar)  # type: ignore[arg-type]


def held(limits: object) -> None:
    classes = pd.DataFrame(
        [("event", "0101", "a"), ("", "🙂", "")], columns=["kind", "code", "condition"], dtype=object
    )
    class_deadlines(limits, classes, np.array([AT, AT]), read_calendar(_USUAL))  # type: ignore[arg-type]


_USUAL = pd.DataFrame({"kind": ["hours"], "weekday": ["1-5"], "hours": ["08:00-12:00"]})
READERS: dict[str, tuple[str, Callable[[pd.DataFrame], object], Callable[..., object]]] = {
    "calendar": ("kind weekday hours date until", read_calendar, later),
    "limits": ("kind code condition limit unit", read_limits, held),
    "pauses": (
        "CaseID from to", lambda table: read_pauses(table, pd.Series(["a", "b"]), UTC), lambda found: found.as_of(AT),
    ),
    "events": (
        "CaseID time event", lambda table: read_pauses(table, pd.Series(["a", "b"]), UTC),
        lambda found: found.as_of(AT).hours(2, None),
    ),
    "stages": ("value stage returned", read_stage_words, lambda found: found.read(np.array(["a", "🙂"], dtype=object))),
    "sources": ("value source", read_source_words, lambda found: found.read(np.array(["a"], dtype=object))),
}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_table_is_understood_or_refused(name: str, data: st.DataObject) -> None:
    columns, read, use = READERS[name]
    names = columns.split()
    rows = data.draw(st.lists(st.tuples(*(cells for _ in names)), max_size=4))
    table = pd.DataFrame(rows, columns=names, dtype=object)
    dropped = data.draw(st.sampled_from(["", *names]))
    found, refusal = None, ""
    try:
        found = read(table.drop(columns=dropped) if dropped else table)
    except CityGridError as error:
        refusal = str(error)
    if found is not None:
        use(found)
    assert " in row " in refusal or found is not None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {name: cells for name in (*fields.CASE, *fields.CASE_STATED) if name not in {fields.STATUS, fields.CASE_ID}}
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_list_of_cases_is_accounted_for(rows: list[dict[str, str]]) -> None:
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, dtype=object), geometry=[Point(119.2, 34.6)] * len(rows), crs=4490)
    limits = read_limits(pd.DataFrame({"code": ["0101"], "limit": ["100000自然日"]}))
    options = Settings(at=AT, zone=UTC, limits=limits, fallback_hours=100_000, skip_later=True, pause_stated=True)
    result = load_cases(frame, options)
    assert result.account.read == len(rows)
    assert list(result.accepted.columns[:-1]) == list(fields.CASE_LAYER)
    deadline = result.accepted[fields.DEADLINE].dropna()
    assert (deadline.to_numpy() <= np.datetime64("9999-12-31T23:59:59")).all()


def test_free_text_as_source_makes_no_flood_of_remarks() -> None:
    rows = [{"CaseID": str(number), "Source": f"来源{number}"} for number in range(200)]
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, dtype=object), geometry=[Point(119.2, 34.6)] * 200, crs=4490)
    result = load_cases(frame, Settings(at=AT, zone=UTC))
    assert len(result.unknown_sources) == 200
    keys = [remark.key for remark in result.remarks]
    assert (keys.count("unknown_source"), keys.count("unknown_more")) == (20, 1)
    assert result.accepted[fields.SOURCE].nunique() == 200
