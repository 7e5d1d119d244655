"""Counts of cases by area, against plain counting."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.case_counts import (
    CLOSED,
    COUNTS,
    DENSITY,
    DUE_SOON,
    MOMENT,
    OVERDUE,
    OVERDUE_SHARE,
    SUSPENDED,
    UNFINISHED,
    count_cases,
)
from citygrid_plugin.core.cases.case_status import Status

AT = np.datetime64("2025-06-30T12:00:00")
CODES = ["a", "b", "c", "d"]


def squares(crs: str = "EPSG:4549") -> gpd.GeoDataFrame:
    """Four squares of 100, 200, 300 and 400 m, the last in two pieces; the codes in falling order."""
    sides = [400, 300, 200, 100]
    shapes = [
        shapely.box(420_000 + 1000 * n, 3_830_000, 420_000 + 1000 * n + s, 3_830_000 + s) for n, s in enumerate(sides)
    ]
    codes = ["d", "c", "b", "a"]
    shapes.append(shapely.box(430_000, 3_830_000, 430_100, 3_830_100))
    return gpd.GeoDataFrame({fields.BGID: [*codes, "d"]}, geometry=shapes, crs="EPSG:4549").to_crs(crs)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*CODES, "", "elsewhere"]), st.sampled_from([str(s) for s in Status]))))
def test_counts_are_those_of_plain_counting(rows: list[tuple[str, str]]) -> None:
    cases = pd.DataFrame(rows, columns=[fields.BGID, fields.STATUS], dtype=object)
    counted = count_cases(cases, squares(), fields.BGID, AT)
    sizes = {"a": 1, "b": 4, "c": 9, "d": 17}  # in units of 10,000 m²
    expected = []
    for code in CODES:
        here = [status for grid, status in rows if grid == code and status != "void"]
        if not here:
            continue
        late, soon = here.count("overdue"), here.count("due soon")
        unfinished = late + soon + here.count("open")
        row = {UNFINISHED: unfinished, DUE_SOON: soon, OVERDUE: late, SUSPENDED: here.count("suspended")}
        row[CLOSED] = here.count("closed")
        row |= {OVERDUE_SHARE: late / unfinished if unfinished else None, DENSITY: unfinished / sizes[code]}
        expected += [(code, row)] * (2 if code == "d" else 1)
    assert list(counted[fields.BGID]) == [code for code, _ in expected]
    for (_, found), (_, row) in zip(counted.iterrows(), expected, strict=True):
        assert [found[name] for name in COUNTS] == [row[name] for name in COUNTS]
        assert found[DENSITY] == pytest.approx(row[DENSITY])
        assert found[OVERDUE_SHARE] == pytest.approx(row[OVERDUE_SHARE]) or row[OVERDUE_SHARE] is None
        assert np.isnan(found[OVERDUE_SHARE]) == (row[OVERDUE_SHARE] is None)
        assert found[MOMENT] == pd.Timestamp(AT)


def test_areas_in_degrees_are_measured_in_metres() -> None:
    cases = pd.DataFrame({fields.BGID: ["a", "b"], fields.STATUS: ["open", "overdue"]})
    counted = count_cases(cases, squares("EPSG:4326"), fields.BGID, AT)
    assert list(counted[DENSITY]) == pytest.approx([1, 0.25], rel=1e-3)
    assert counted.crs.to_epsg() == 4326
