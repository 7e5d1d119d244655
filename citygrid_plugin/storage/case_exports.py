"""Cases that go out of the panel: a workbook, CSV or GeoPackage, whole or not at all, with the filter in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import UnwritableTarget
from citygrid_plugin.core.progress import Progress, part, silent

from .files import replacing
from .layers import NewLayer, write_layers
from .workbooks import NewSheet, write_csv, write_workbook

SUFFIXES: Final = (".xlsx", ".csv", ".gpkg")
_CASES, _FILTER = "cases", "cases_filter"
_WIDEST_TEXT: Final = 60


@dataclass(frozen=True)
class Statement:
    """What an export says of itself: the moment of the status, the filter in words, and when it was made."""

    moment: str
    chosen: str
    made: str


def check_case_target(path: Path, sources: Collection[Path]) -> None:
    """Raise ``UnwritableTarget`` unless cases may be written to ``path``.

    None of the ``sources`` may be it, nor a GeoPackage with layers that no export has made.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UnwritableTarget(path=str(path), why="its name must end in .xlsx, .csv or .gpkg")
    if not path.parent.is_dir():
        raise UnwritableTarget(path=str(path), why="the folder does not exist")
    if path.resolve() in {source.resolve() for source in sources}:
        raise UnwritableTarget(path=str(path), why="the cases are read from there")
    if path.suffix.lower() == ".gpkg" and path.exists():
        try:
            names = {str(name) for name, _ in pyogrio.list_layers(path)}
        except pyogrio.errors.DataSourceError as error:
            raise UnwritableTarget(path=str(path), why="it is there, but is no GeoPackage") from error
        if names != {_CASES, _FILTER}:
            others = ", ".join(sorted(names))
            raise UnwritableTarget(path=str(path), why=f"it holds other layers ({others})")


def write_cases(
    cases: gpd.GeoDataFrame,
    path: Path,
    statement: Statement,
    titles: Mapping[str, str],
    title: str,
    progress: Progress = silent,
) -> None:
    """Write cases in the order in which they come; the suffix says how (``SUFFIXES``).

    A workbook has one sheet called ``title`` under ``titles`` for people, the statement as its heading. In CSV it
    stands in two more columns, ``AsOf`` and ``Filter``; in a GeoPackage in a table of its own, ``cases_filter``. Both
    keep the names of the fields. Raises ``UnwritableTarget``, ``NoWorkbooks``.
    """
    suffix = path.suffix.lower()
    progress(0.0)
    cases = cases.drop(columns=[*fields.TIME_NUMBERS.values()], errors="ignore")  # for QGIS's maps only
    if suffix == ".gpkg":
        told = pd.DataFrame([{"AsOf": statement.moment, "Filter": statement.chosen, "Made": statement.made}])
        with replacing(path) as scratch:
            kind = "Point" if (shapely.get_type_id(cases.geometry.to_numpy()) == 0).all() else "Unknown"
            layers = [NewLayer(_CASES, cases, kind), NewLayer(_FILTER, told, "NoGeometry")]
            write_layers(layers, scratch, progress)
        return
    table = pd.DataFrame(cases.drop(columns=cases.geometry.name))
    if suffix == ".csv":
        write_csv(table.assign(AsOf=statement.moment, Filter=statement.chosen), path)
        return
    heading = " · ".join(text for text in (title, statement.moment, statement.chosen, statement.made) if text)
    renamed = table.rename(columns=titles)
    decimals = {renamed.columns[at]: 1 for at, name in enumerate(table) if pd.api.types.is_float_dtype(table[name])}
    sheet = NewSheet(title, renamed, heading, decimals=decimals, widest=_WIDEST_TEXT, plain=True)
    write_workbook([sheet], path, part(progress, 0.0, 0.9))
    progress(1.0)
