"""What an acceptance check finds, as a table: kind, severity, file, row, field, code, text and place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.problems import TEXTS as _GRID_TEXTS
from citygrid_plugin.core.problems import TITLES as _GRID_TITLES
from citygrid_plugin.core.problems import VALUES, Severity
from citygrid_plugin.core.spatial.coverage import Geometries
from citygrid_plugin.core.spatial.crs import UnplacedCrs
from citygrid_plugin.core.spatial.datum import Datum
from citygrid_plugin.core.spatial.geometry import unplaced
from citygrid_plugin.core.spatial.place import moved

FILE: Final = "File"
FIELD: Final = "Field"
CODE: Final = "Code"
DELIVERY_PROBLEM: Final = (
    fields.PROBLEM_KIND, fields.SEVERITY, FILE, fields.ROW, FIELD, CODE, fields.TEXT,
)  # fmt: skip
"""Fields of the layer of problems. Row is the record of the .dbf from 1, deleted ones counted: what stays the same in
every program, and in QGIS the feature id ($id) and one. 0 where the whole file is meant."""

MOST: Final = 5_000
"""Rows of one kind in one file that are listed one by one; the others are counted. Ours."""
_AROUND: Final = 1.0  # units of the CRS around a place without an area

TEXTS: Final = {
    "no_files": "The delivery holds no shapefile.",
    "unreadable": "This file cannot be read: {why}",
    "missing_part": "The part {part} of this shapefile is missing.",
    "odd_name": "Not every system takes the name of this file.",
    "cases_differ": "The names of the parts of this shapefile differ in case, so that only Windows takes them for one.",
    "class_of_name": "The name of the file says class {named}, but this row is of class “{code}”.",
    "cpg_disagrees": "The .cpg says {stated}, but the bytes are {actual}.",
    "cpg_marked": "The .cpg begins with a byte-order mark, with which many programs do not know what it says.",
    "language_disagrees": "The language id of the .dbf says {stated}, but the bytes are {actual}.",
    "broken_text": "The text “{value}” in {field} holds bytes that are not valid {encoding}.",
    "shape_count": "The .shp has {shapes} shapes, but the .dbf has {rows} rows.",
    "deleted_rows": "{count} rows are marked as deleted, but still in the file.",
    "empty_file": "This file has no rows.",
    "missing_field": "The field {field} ({title}) is missing.",
    "unknown_field": "The field {field} is not in the field dictionary.",
    "field_type": "The field {field} is of type {found}, but the field dictionary has {expected}.",
    "field_width": "The field {field} is {found} bytes wide, but {expected} in the field dictionary.",
    "maybe_cut": "The text of {field} fills its field and was perhaps cut: “{value}”.",
    "no_shape": "This row has no shape.",
    "no_value": "{field} is empty.",
    "bad_value": "{field} is “{value}”, but must have {digits} digits.",
    "repeated": "{count} rows have the {field} {code}.",
    "parent": "{field} {code} does not begin with {parent_field} {parent}.",
    "no_parent": "{field} {code} is in no row of {parent_file}.",
    "id_class": "The id {code} names the class {named}, but ClassCode is {stated}.",
    "unknown_class": "The class {code} is not in the code scheme {scheme}.",
    "class_name": "The class {code} is called “{expected}” in the code scheme, here “{found}”.",
    "hole": "{area} m² between the grids belong to no grid.",
    "outside_grids": "This place lies in no unit grid.",
    "other_grid": "This place lies in the unit grid {found}, but BGID is {code}.",
    "bad_date": "{field} is “{value}”, which is no date.",
    "dates_reversed": "The end date {last} is before the initial date {first}.",
    "closed_row": "This row has an end date ({last}): it is not valid now.",
    "crs_differs": "This file is in {crs}, but most of the delivery in {usual}.",
    "unknown_crs": "The .prj of this file names no coordinate reference system that can be read.",
    "not_in_crs": "The coordinates of this file do not fit its coordinate reference system {crs}.",
    "places_unknown": (
        "What lies where was not checked: {file} has no usable shapes, no coordinate reference system, or one that its "
        "coordinates do not fit."
    ),
    "no_belt": "{crs} is no belt of CGCS2000.",
    "outside_belt": (
        "{count} coordinates cannot be of {crs}: a wrong belt, or the zone number in the easting is missing or too "
        "many."
    ),
    "count_differs": "The count table says {stated} rows, but the file has {found}.",
    "count_unclear": "The count table names {file}, which {count} files are called; their rows were not compared.",
    "not_listed": "This file is not in the count table.",
    "listed_only": "The count table names {file}, which is not in the delivery.",
    "no_count_table": "The delivery has no count table; the counts were not compared.",
    "more": "{count} more rows: {title}.",
    **_GRID_TEXTS,
}
"""Plain text of each kind, with named places; the interface translates it, then fills it in."""

TITLES: Final = {
    "no_files": "No shapefile",
    "unreadable": "Files that cannot be read",
    "missing_part": "Missing parts of shapefiles",
    "odd_name": "Names that not every system takes",
    "cases_differ": "Parts of shapefiles whose names differ in case",
    "class_of_name": "Classes that the name of the file does not say",
    "cpg_disagrees": ".cpg and text that disagree",
    "cpg_marked": ".cpg with a byte-order mark",
    "language_disagrees": "Language id and text that disagree",
    "broken_text": "Broken text",
    "shape_count": "Shapes and rows that disagree",
    "deleted_rows": "Deleted rows",
    "empty_file": "Files without rows",
    "missing_field": "Missing fields",
    "unknown_field": "Fields that the dictionary lacks",
    "field_type": "Fields of another type",
    "field_width": "Fields of another width",
    "maybe_cut": "Texts that may have been cut",
    "no_shape": "Rows without a shape",
    "no_value": "Empty codes",
    "bad_value": "Malformed codes of rows",
    "repeated": "Repeated codes",
    "parent": "Codes that do not begin with their parent's",
    "no_parent": "Codes of unknown parents",
    "id_class": "Ids of another class",
    "unknown_class": "Unknown classes",
    "class_name": "Names of another class",
    "hole": "Holes between the grids",
    "outside_grids": "Places in no unit grid",
    "other_grid": "Places in another unit grid than BGID says",
    "bad_date": "Wrong dates",
    "dates_reversed": "End dates before initial dates",
    "closed_row": "Rows with an end date",
    "crs_differs": "Files in another coordinate reference system",
    "unknown_crs": ".prj without a coordinate reference system",
    "not_in_crs": "Coordinates that do not fit their coordinate reference system",
    "places_unknown": "Files whose places could not be checked",
    "no_belt": "Coordinate reference systems that are no belt of CGCS2000",
    "outside_belt": "Coordinates outside their belt",
    "count_differs": "Counts that differ from the count table",
    "count_unclear": "Names in the count table that several files have",
    "not_listed": "Files that the count table lacks",
    "listed_only": "Files that only the count table names",
    "no_count_table": "No count table",
    "more": "Further rows",
    **_GRID_TITLES,
}
"""Heading of each kind, for counts; the interface translates it."""


@dataclass(frozen=True)
class Finding:
    """One kind of problem in one file.

    ``rows`` of the frame from 0, empty where it is of the whole file; ``values`` one dictionary a row (or one in all)
    for the places of its text; ``codes`` one a row; ``places`` one a row, in ``crs``.
    """

    kind: str
    severity: Severity
    file: str
    rows: Sequence[int] = ()
    values: Sequence[Mapping[str, object]] = ({},)
    field: str = ""
    codes: Sequence[str] = ()
    places: Geometries | None = None
    crs: pyproj.CRS | None = None

    def frame(self, records: NDArray[np.intp] | None = None) -> pd.DataFrame:
        """Its rows of the table; beyond ``MOST`` one row that counts the others.

        ``records``: which record of its file each row of the frame is, from 0; without it, the same.
        """
        count = max(len(self.rows), len(self.values), len(self.codes))
        shown = min(count, MOST)
        values = list(self.values) * (count if len(self.values) == 1 else 1)
        places = np.full(shown, None, dtype=object) if self.places is None else _areas(self.places[:shown])
        table = pd.DataFrame({
            fields.PROBLEM_KIND: self.kind,
            fields.SEVERITY: str(self.severity),
            FILE: self.file,
            fields.ROW: [_record(row, records) for row in list(self.rows)[:shown]] or [0] * shown,
            FIELD: self.field,
            CODE: list(self.codes)[:shown] or [""] * shown,
            VALUES: pd.Series(values[:shown], dtype=object),
            "geometry": pd.Series(places, dtype=object),
        })  # fmt: skip
        if count > shown:
            more = {"count": count - shown, "title": TITLES[self.kind]}
            table.loc[shown] = ["more", str(self.severity), self.file, 0, self.field, "", more, None]
        return table


@dataclass
class Findings:
    """All problems of a delivery, and how many rows have each, by severity and kind.

    ``records``: by file, which of its records (from 0) each row of its frame is, where deleted ones lie between them.
    """

    found: list[Finding] = field(default_factory=list)
    records: dict[str, NDArray[np.intp]] = field(default_factory=dict)

    def add(self, kind: str, severity: Severity, file: str, **more: Any) -> None:  # noqa: ANN401 - fields of Finding
        """Add a problem of a file as a whole, or of rows (none of them is no problem)."""
        if "rows" in more and not len(more["rows"]):
            return
        self.found.append(Finding(kind, severity, file, **more))

    def extend(self, found: Iterable[Finding]) -> None:
        """Add problems."""
        self.found += found

    def counts(self) -> dict[tuple[str, str], int]:
        """Rows by severity and kind, the worst first."""
        result: dict[tuple[str, str], int] = {}
        order = list(Severity)
        for one in sorted(self.found, key=lambda one: order.index(one.severity)):
            key = (str(one.severity), one.kind)
            result[key] = result.get(key, 0) + max(len(one.rows), len(one.values), len(one.codes))
        return result

    def frame(self, default: pyproj.CRS) -> gpd.GeoDataFrame:
        """The table (``DELIVERY_PROBLEM``, ``problems.VALUES`` and the geometry) in the CRS of the first place.

        ``default``: the CRS of a table of which no row has a place.
        """
        crs = next((one.crs for one in self.found if one.places is not None and one.crs is not None), default)
        tables = []
        for one in self.found:
            table = one.frame(self.records.get(one.file))
            if one.places is not None and one.crs is not None and one.crs != crs:
                table["geometry"] = _moved(table["geometry"].to_numpy(), one.crs, crs)
            tables.append(table)
        columns = [*(name for name in DELIVERY_PROBLEM if name != fields.TEXT), VALUES, "geometry"]
        whole = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns, dtype=object)
        texts = [
            TEXTS[kind].format(**values) for kind, values in zip(whole[fields.PROBLEM_KIND], whole[VALUES], strict=True)
        ]
        whole[fields.TEXT] = pd.Series(texts, dtype=object)
        shapes = np.empty(len(whole), dtype=object)
        shapes[:] = whole["geometry"].tolist()
        plain = whole.drop(columns="geometry")[[*DELIVERY_PROBLEM, VALUES]]
        return gpd.GeoDataFrame(plain, geometry=shapes, crs=crs)


def _record(row: int, records: NDArray[np.intp] | None) -> int:
    """The number of a record from 1; 0 where it is not known which one is meant (-1)."""
    return row + 1 if records is None or row < 0 else int(records[row]) + 1


@np.errstate(over="ignore", invalid="ignore")  # of places at the end of numbers, which have no circle
def _areas(places: Geometries) -> Geometries:
    """Places as polygons: what has no area gets a circle of a metre."""
    flat = shapely.force_2d(places)
    flat[unplaced(flat)] = None
    thin = shapely.get_dimensions(flat) < 2  # noqa: PLR2004 - of points and lines
    areas = np.where(thin & ~shapely.is_missing(flat), shapely.buffer(flat, _AROUND, quad_segs=4), flat)
    areas[unplaced(areas)] = None
    return areas


def _moved(places: Geometries, source: pyproj.CRS, target: pyproj.CRS) -> Geometries:
    """Places in another CRS; None where there is no way to it."""
    try:
        return moved(places, source, target, Datum.STATED).geometry
    except UnplacedCrs:
        return np.full(len(places), None, dtype=object)
