"""``citygrid:assignpeople``: people of zones, communities and streets by day, every row of the table accounted for."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from qgis.core import QgsProcessingException

from .test_bad_input import CRS, Log, square
from .test_ownership import Call, call, out  # noqa: F401 - a fixture

A, B = "320706001001", "320706001002"


@pytest.fixture
def zones() -> gpd.GeoDataFrame:
    """Two zones of one community and one of another; the last has an owner."""
    return gpd.GeoDataFrame(
        {
            "RGID": [f"{A}001", f"{A}002", f"{B}001"],
            "RGName": ["和平01网格", "和平02网格", "南门01网格"],
            "CommCode": [A, A, B],
            "CommName": ["和平社区", "和平社区", "南门社区"],
            "Owner": [None, "", "老王"],
            "班组": ["甲", "乙", "丙"],
        },
        geometry=[square(column, 0, 100) for column in range(3)],
        crs=CRS,
    )


def table(path: Path, *rows: str) -> str:
    path.write_text("\n".join(rows) + "\n", encoding="gb18030")
    return str(path)


def owners(layer: gpd.GeoDataFrame) -> list[str]:
    return layer["Owner"].fillna("").tolist()


def test_rows_of_zones_go_before_those_of_communities(call: Call, tmp_path: Path, zones: gpd.GeoDataFrame) -> None:  # noqa: F811
    people = table(
        tmp_path / "人员.csv",
        "责任网格编码,网格名称,社区名称,网格员,联系电话,备注",
        f"{A}001,,,张三,013800001111,",
        ",,和平社区居委会,李四,,全社区",
        ",不存在的网格,,赵六,,",
        ",南门01网格,,<b>孙七</b>,,",
        f"{A}001,,,张三,013800001111,再写一遍",
    )
    target = tmp_path / "结果.xlsx"
    log = Log()
    results = call(log, "assignpeople", LAYER=zones, TABLE=people, TABLE_OUT=str(target), DATE="20260701")
    assert [line for line in log.said if "Row 3 of the table" in line and "不存在的网格" in line]
    assert not [line for line in log.said if "Row 1 of" in line]
    layer = out(tmp_path)
    assert owners(layer) == ["张三", "李四", "<b>孙七</b>"]
    assert layer["Phone"].fillna("").tolist() == ["013800001111", "", ""]
    assert layer["班组"].tolist() == ["甲", "乙", "丙"]
    counts = {key: results[f"{key}_COUNT"] for key in ("ROW", "APPLIED", "UNKNOWN", "CONFLICT", "DUPLICATE")}
    assert counts == {"ROW": 5, "APPLIED": 3, "UNKNOWN": 1, "CONFLICT": 0, "DUPLICATE": 1}
    head, *rows = openpyxl.load_workbook(target).active.iter_rows(values_only=True)
    flag, phone, detail = (head.index(name) for name in ("Flag", "联系电话", "Detail"))
    assert [row[flag] for row in rows] == ["applied", "applied", "unknown key", "applied", "duplicate"]
    assert rows[0][phone] == "013800001111"
    assert "不存在的网格" in rows[2][detail]


def test_the_day_decides_between_periods(call: Call, tmp_path: Path, zones: gpd.GeoDataFrame) -> None:  # noqa: F811
    """Who was there before and who comes next are no conflict; two at the same time are."""
    people = table(
        tmp_path / "people.csv",
        "RGID,Owner,From date,To date",
        f"{A}001,before,2024-01-01,2025/12/31",
        f"{A}001,now,2026-1-1,",
        f"{A}001,next,20270101,",
        f"{A}002,one,,",
        f"{A}002,other,,",
        f"{B}001,nobody,31 June,",
    )
    results = call(name="assignpeople", LAYER=zones, TABLE=people, DATE="20260701")
    layer = out(tmp_path)
    assert owners(layer) == ["now", "", "老王"]
    assert layer["FromDate"].fillna("").tolist() == ["20260101", "", ""]
    assert (results["OTHER_PERIOD_COUNT"], results["CONFLICT_COUNT"], results["APPLIED_COUNT"]) == (2, 3, 1)
    call(name="assignpeople", LAYER=zones, TABLE=people, DATE="20240101")
    assert owners(out(tmp_path))[0] == "before"


def test_communities_and_streets_have_people_too(call: Call, tmp_path: Path, zones: gpd.GeoDataFrame) -> None:  # noqa: F811
    communities = zones.iloc[[0, 2]].drop(columns=["RGID", "RGName", "Owner"])
    people = table(tmp_path / "p.csv", "社区编码,负责人", f"{B},王书记")
    call(name="assignpeople", LAYER=communities, TABLE=people)
    assert owners(out(tmp_path)) == ["", "王书记"]
    with pytest.raises(QgsProcessingException, match=r"names responsibility grids, .* in MAPPING, such as {.RGID"):
        call(name="assignpeople", LAYER=communities, TABLE=table(tmp_path / "q.csv", "姓名", "王书记"))
