"""Loading cases against QGIS's join by location alone; and the panel and the map of them, as a window has them."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from bench_census import CELLS, in_own_process, made_grid, native_join, places_inside, rows, told
from bench_common import CRS, Run, ratio, run_algorithm, script_says
from headless import ROOT, Headless

CASES = 200_000
WARM = 1_000
LIMITS = ROOT / "citygrid_plugin" / "resources" / "limits" / "gbt30428_2013_city_example.csv"
SCHEME = 2  # GB/T 30428-2013, whose codes the limits have
MOMENT = np.datetime64("2026-06-30T12:00:00")
MONTHS = 180  # days over which the cases were reported
STAGES = ("立案", "派遣", "处理", "反馈", "核查", "结案", "归档", "挂账", "作废")
SHARES = (0.04, 0.04, 0.08, 0.03, 0.03, 0.6, 0.14, 0.02, 0.02)
SOURCES = ("12319热线", "公众信箱", "领导批示", "志愿者", "专业监督员")
WINDOW = Path(__file__).with_name("bench_case_window.py")


def bench_cases(folder: Path, rounds: int, cases: int = CASES) -> None:
    """Print wall time, processor time and memory of each contestant and round, then the ratios."""
    in_own_process(made_grid, folder / "grid.gpkg")
    in_own_process(made_calendar, folder / "calendar.csv")
    for size in (WARM, cases):
        in_own_process(made_cases, _list(folder, size), size)
    print(f"{cases:,} cases with limits and a calendar; {CELLS[0] * CELLS[1]:,} unit grids.")
    qgis = Headless(folder / "profile")
    _own(qgis, folder, WARM)  # warms the disk and the libraries
    ours, theirs = [], []
    for number in range(1, rounds + 1):
        print(f"Round {number}:", flush=True)
        ours.append(told("CityGrid, the whole loading", _own(qgis, folder, cases)))
        theirs.append(told("native:joinattributesbylocation", native_join(qgis, folder, _list(folder, cases))))
    print(f"cases: CityGrid takes 1/{1 / ratio(ours, theirs):.1f} of the time of QGIS's join (wanted: 1/3).")
    said = json.loads(script_says(WINDOW, folder / "cases.gpkg"))
    for name, milliseconds in said["filters"].items():
        print(f"  panel, {name}: {milliseconds:.0f} ms")
    print(f"cases: a filter of the panel takes {max(said['filters'].values()):.0f} ms at most (wanted: under 100).")
    plain, status = said["plain"], said["status"]
    print(f"  redraw of the whole, plain categories: {plain:.0f} ms; by status: {status:.0f} ms")
    print(f"cases: by status takes {status / plain:.2f} of the time of plain categories (wanted: at most 2).")
    print(f"cases: Median of {rounds}.")


def _list(folder: Path, cases: int) -> Path:
    return folder / f"list_{cases}.gpkg"


def made_calendar(path: Path) -> None:
    """Write a calendar with holidays and swapped workdays."""
    days = [
        ("hours", "1-5", "08:00-12:00 14:00-18:00", "", ""),
        ("holiday", "", "", "2026-01-01", "2026-01-03"),
        ("holiday", "", "", "2026-02-15", "2026-02-23"),
        ("workday", "", "", "2026-02-14", ""),
        ("workday", "", "", "2026-02-28", ""),
        ("holiday", "", "", "2026-05-01", "2026-05-05"),
        ("workday", "", "", "2026-05-09", ""),
    ]
    pd.DataFrame(days, columns=["kind", "weekday", "hours", "date", "until"]).to_csv(path, index=False)


def made_cases(path: Path, count: int) -> None:
    """Write cases anywhere inside the grid, as a city's system lists them: no deadline, but class and times."""
    rng = np.random.default_rng(count)
    classes = pd.read_csv(LIMITS, dtype=str).drop_duplicates(["kind", "code"])
    chosen = rng.integers(len(classes), size=count)
    stage = rng.choice(STAGES, count, p=SHARES)
    reported = MOMENT - rng.integers(0, MONTHS * 86_400, count).astype("timedelta64[s]")
    filed = reported + rng.integers(60, 7_200, count).astype("timedelta64[s]")
    finished = filed + rng.integers(600, 20 * 86_400, count).astype("timedelta64[s]")
    is_done = np.isin(stage, ("结案", "归档"))
    number = np.arange(count)
    table = {
        "案卷编号": [f"2026{each:010}" for each in number.tolist()],
        "案卷类型": classes["kind"].to_numpy()[chosen],
        "小类代码": classes["code"].to_numpy()[chosen],
        "立案条件": rng.choice(["1", "2", ""], count),
        "当前阶段": stage,
        "上报时间": _texts(reported),
        "立案时间": _texts(filed),
        "结案时间": np.where(is_done, _texts(np.minimum(finished, MOMENT)), ""),
        "挂账时间": np.where(stage == "挂账", _texts(filed + np.timedelta64(3_600, "s")), ""),
        "主管部门": [f"部门{each}" for each in rng.integers(40, size=count).tolist()],
        "问题来源": rng.choice(SOURCES, count),
        "问题描述": [f"解放路{each}号门口堆放垃圾，影响通行。" for each in rng.integers(1, 2_000, count).tolist()],
    }
    pyogrio.write_dataframe(gpd.GeoDataFrame(table, geometry=places_inside(rng, count), crs=CRS), path, layer="cases")


def _texts(times: np.ndarray) -> np.ndarray:
    return np.char.replace(times.astype("datetime64[s]").astype(str), "T", " ")


def _own(qgis: Headless, folder: Path, cases: int) -> Run:
    run = run_algorithm(
        qgis,
        "citygrid:loadcases",
        INPUT=_list(folder, cases),
        SCHEME=SCHEME,
        GRID=folder / "grid.gpkg",
        LIMITS=LIMITS,
        CALENDAR=folder / "calendar.csv",
        TIME_ZONE="Asia/Shanghai",
        AT=str(MOMENT),
        OUTPUT=folder / "cases.gpkg",
        REJECTED=folder / "rejected.gpkg",
        REPORT=folder / "report.html",
    )
    written = sum(rows(folder / name) for name in ("cases.gpkg", "rejected.gpkg"))
    if not cases == run.results["READ_COUNT"] == written or not run.results["OVERDUE_COUNT"]:
        raise ValueError(f"{cases} cases, but {run.results} and {written} rows")  # noqa: TRY003 - a bug
    return run
