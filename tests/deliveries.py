"""Deliveries for tests: the algorithms as a user runs them, and a small district without a fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback, QgsProject

from citygrid_plugin.processing.base import CityGridAlgorithm

from .test_bad_input import Log

WEST, SOUTH = 500_000, 3_830_000
STREET = "320706006"


def run(
    algorithm: type[CityGridAlgorithm], log: QgsProcessingFeedback | None = None, **parameters: object
) -> dict[str, Any]:
    """Run an algorithm as the toolbox does: parameters checked first."""
    made = algorithm().create()
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    good, message = made.checkParameterValues(parameters, context)
    if not good:
        raise QgsProcessingException(message)
    results, success = made.run(parameters, context, log or Log(), {}, False)
    assert success
    return results


def district() -> dict[str, gpd.GeoDataFrame]:
    """Two communities of four unit grids each, a zone a community, six components, one case: nothing is wrong."""
    homes, cells, zones = [], [], []
    for number in (1, 2):
        community = f"{STREET}{number:03}"
        west = WEST + 400 * (number - 1)
        homes.append(
            (
                community,
                f"社区{number}",
                STREET,
                "新海街道",
                "320706",
                shapely.box(west, SOUTH, west + 400, SOUTH + 100),
            )
        )
        zones.append((f"{community}001", f"社区{number}01网格", community, 4, 40_000.0, "张三", homes[-1][-1]))
        for cell in range(4):
            shape = shapely.box(west + 100 * cell, SOUTH, west + 100 * (cell + 1), SOUTH + 100)
            code, name = f"{community}{cell + 1:03}", f"社区{number}"
            dates = ("20250630", "")
            cells.append((code, "320706", STREET, "新海街道", community, name, 10_000.0, *dates, "", shape))
    components = []
    for number in range(6):
        code, name = ("0101", "上水井盖") if number < 3 else ("0102", "污水井盖")
        grid = cells[number]
        components.append(
            (f"320706{code}{number + 1:06}", name, "城市管理局", grid[0], "完好", "20250501", "", "实测", "", code,
             name, grid[-1].centroid)
        )  # fmt: skip
    case = ("A1", "event", "0507", "open", "2025-06-01T08:00:00", cells[0][0], "门前乱堆", cells[0][-1].centroid)
    columns = {
        "communities": "CommCode CommName StrCode StrName DistCode",
        "unit_grid": "BGID DistCode StrCode StrName CommCode CommName Area ORDate CHDate Note",
        "responsibility_grids": "RGID RGName CommCode Cells Workload Owner",
        "components": "ObjID ObjName DeptName1 BGID ObjState ORDate CHDate DataSource Note ClassCode ClassName",
        "cases": "CaseID Kind ClassCode Status Reported BGID Text",
    }  # fmt: skip
    rows = dict(zip(columns, (homes, cells, zones, components, [case]), strict=True))
    return {
        name: gpd.GeoDataFrame(
            [row[:-1] for row in rows[name]],
            columns=columns[name].split(),
            geometry=[row[-1] for row in rows[name]],
            crs=4549,
        )
        for name in columns
    }


def written(layers: dict[str, gpd.GeoDataFrame], path: Path) -> list[str]:
    """The layers in a GeoPackage, as LAYERS names them."""
    for name, frame in layers.items():
        frame.to_file(path, layer=name)
    return [f"{path}|layername={name}" for name in layers]


def delete(path: Path, *rows: int) -> None:
    """Mark rows (from 0) of a .dbf as deleted."""
    data = bytearray(path.read_bytes())
    head, size = (int.from_bytes(data[at : at + 2], "little") for at in (8, 10))
    for row in rows:
        data[head + row * size : head + row * size + 1] = b"*"
    path.write_bytes(data)
