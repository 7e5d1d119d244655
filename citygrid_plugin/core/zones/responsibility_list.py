"""Who answers for which responsibility grid, and what stands and is open there: one row a grid, totals a street.

Which object counts for which grid, and what the list holds, is ours: no standard names its columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.case_status import Status
from citygrid_plugin.core.codes import COMMUNITY_DIGITS, RESPONSIBILITY_TEMPLATE, STREET_DIGITS, is_digits
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.grids.divisions import text
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.core.spatial.coverage import Geometries, Indices
from citygrid_plugin.core.spatial.geometry import unplaced
from citygrid_plugin.core.spatial.place import cell_of, largest_overlap, locate

COMPONENTS: Final = "Components"
OPEN_CASES: Final = "OpenCases"
OVERDUE_CASES: Final = "Overdue"
COMMUNITY_OWNER: Final = "CommOwner"
COMMUNITY_PHONE: Final = "CommPhone"
STREET_OWNER: Final = "StrOwner"
STREET_PHONE: Final = "StrPhone"
NO_OWNER: Final = "NoOwner"
"""Nobody answers for the grid on the day of the list: no owner, or the period is over or has not begun."""
ENDED: Final = "Ended"
"""An owner is named, but the day of the list is not in the period."""

_DIVISIONS: Final = (fields.STREET_CODE, fields.STREET_NAME, fields.COMMUNITY_CODE, fields.COMMUNITY_NAME)
COLUMNS: Final = (
    *_DIVISIONS, fields.RGID, fields.RG_NAME, fields.CELLS, fields.AREA, COMPONENTS, OPEN_CASES, OVERDUE_CASES,
    fields.WORKLOAD, *fields.PERSON, COMMUNITY_OWNER, COMMUNITY_PHONE, STREET_OWNER, STREET_PHONE, NO_OWNER, ENDED,
)  # fmt: skip
"""What a list of zones has for each: text, and numbers that are NaN where nothing was given to count."""

_COUNTED: Final = (fields.CELLS, fields.AREA, COMPONENTS, OPEN_CASES, OVERDUE_CASES, fields.WORKLOAD)
_OPEN: Final = tuple(str(status) for status in (Status.OPEN, Status.DUE_SOON, Status.OVERDUE, Status.SUSPENDED))
_DATE_DIGITS: Final = 8
_SHOWN: Final = 5

TEXTS: Final = {
    "zone_repeated": (
        "{count} responsibility grids share their code with another one ({codes}). What lies in them is counted by "
        "place. Give each a code of its own."
    ),
    "zone_uncoded": "{count} responsibility grids have no code (RGID); they are in the list without one.",
    "zone_no_street": "{count} responsibility grids belong to no street; they come last.",
    "zone_no_owner": "{count} of {all} responsibility grids have no owner.",
    "zone_period": "{count} responsibility grids have an owner whose period is over or has not begun.",
    "zone_no_place": "{count} rows of the responsibility grids have no outline; their area is not known.",
    "components_outside": "{count} of {all} components lie in no responsibility grid and are not counted.",
    "cases_outside": "{count} of {all} cases lie in no responsibility grid and are not counted.",
    "zone_cells_outside": "{count} of {all} unit grids belong to no responsibility grid.",
    "status_unknown": "{count} cases have no known status ({known}); they count as neither open nor overdue.",
}
"""Remarks; the interface translates them and fills in their values."""


class UnknownZones(CityGridError):
    """A choice of responsibility grids that names one that is not there."""

    template = (
        "“{name}” is no responsibility grid, community or street of the list. Give codes or names as they stand there, "
        "such as: {available}."
    )


@dataclass(frozen=True)
class ZoneList:
    """``table`` (n): ``COLUMNS``, the zones by street, community and code, those without a street last.

    ``row`` (n,): the row of each in the layer. ``components`` and ``cases``: for each object the place of its zone in
    ``table``, -1 for none; None where not given. ``cells``: the same for the unit grids. ``remarks``: keys of
    ``TEXTS``.
    """

    table: pd.DataFrame
    row: Indices
    cells: Indices | None = None
    components: Indices | None = None
    cases: Indices | None = None
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Around:
    """Layers beside the zones, in their CRS, each as far as there is one.

    ``grid``: unit grids with BGID, and RGID, names of community and street where known. ``communities``, ``streets``:
    codes, names, and owners of their own. ``components``: BGID, RGID as far as known. ``cases``: the same and Status.
    """

    grid: gpd.GeoDataFrame | None = None
    communities: gpd.GeoDataFrame | None = None
    streets: gpd.GeoDataFrame | None = None
    components: gpd.GeoDataFrame | None = None
    cases: gpd.GeoDataFrame | None = None


def zone_list(zones: gpd.GeoDataFrame, around: Around, day: str, progress: Progress = silent) -> ZoneList:
    """The list of ``zones`` (``fields.RESPONSIBILITY_GRID`` and ``fields.PERSON`` as far as they are there).

    All in one projected CRS. ``day``: YYYYMMDD, for periods. An object counts for the zone of its unit grid (BGID, by
    ``around.grid``), else for the zone that it names (RGID), else for the one where it lies; a case counts as open
    with the status open, due soon, overdue or suspended. A community is known by CommCode, by the first twelve digits
    of RGID, or by place; a street in the same way.
    """
    remarks: list[Remark] = []
    table = _zones(zones, remarks)
    outline = zones.geometry.to_numpy()
    cells = _cells_to_zones(around.grid, table, outline, remarks)
    progress(0.3)
    _name_divisions(table, outline, around, cells)
    _count_cells(table, cells)
    count = len(table)
    components = cases = None
    if around.components is not None:
        components = _objects_to_zones(around.components, table, outline, around.grid, cells, progress)
        table[COMPONENTS] = _counts(components, count)
        _remark_outside(remarks, components, "components_outside")
    progress(0.7)
    if around.cases is not None:
        cases = _objects_to_zones(around.cases, table, outline, around.grid, cells, progress)
        status = text(around.cases[fields.STATUS])
        table[OPEN_CASES] = _counts(cases[status.isin(_OPEN).to_numpy()], count)
        table[OVERDUE_CASES] = _counts(cases[(status == Status.OVERDUE).to_numpy()], count)
        _remark_outside(remarks, cases, "cases_outside")
        unknown = int((~status.isin([str(known) for known in Status])).sum())
        if unknown:
            remarks.append(Remark("status_unknown", {"count": unknown, "known": ", ".join(Status)}))
    _owners(table, around, day, remarks)
    order = _order(table)
    place = np.argsort(order)
    no_street = int((_street_key(table) == "").sum())
    if no_street:
        remarks.append(Remark("zone_no_street", {"count": no_street}))
    progress(1.0)

    def sorted_zones(zone: Indices | None) -> Indices | None:
        return None if zone is None else np.where(zone >= 0, place[zone], -1)

    sorted_table = table.iloc[order][list(COLUMNS)].reset_index(drop=True)
    found = [sorted_zones(zone) for zone in (cells, components, cases)]
    return ZoneList(sorted_table, order, found[0], found[1], found[2], remarks)


def totals(table: pd.DataFrame) -> pd.DataFrame:
    """Totals a street, in the order of the list: StrCode, StrName, Zones, NoOwner, and sums of what is counted."""
    key = _street_key(table)
    grouped = table.groupby(key.to_numpy(), sort=False)
    result = grouped[[fields.STREET_CODE, fields.STREET_NAME]].first()
    result["Zones"] = grouped.size()
    result[NO_OWNER] = grouped[NO_OWNER].sum().astype(int)
    result[list(_COUNTED)] = grouped[list(_COUNTED)].sum(min_count=1)
    return result.reset_index(drop=True)


def by_street(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """(name, rows) of each street, in the order of the list; the name is empty for the zones without a street.

    A street without a name goes by its code; two streets of one name stay two.
    """
    groups = table.groupby(_street_key(table).to_numpy(), sort=False)
    named = [(str(rows[fields.STREET_NAME].iloc[0] or rows[fields.STREET_CODE].iloc[0]), rows) for _, rows in groups]
    return [(name, rows.reset_index(drop=True)) for name, rows in named]


def chosen(table: pd.DataFrame, entries: Sequence[str]) -> NDArray[np.bool_]:
    """Which zones of a list some entries name: codes or names of zones, communities or streets; all without any.

    Raises ``UnknownZones``.
    """
    if not entries:
        return np.ones(len(table), dtype=bool)
    columns = [table[name] for name in (fields.RGID, fields.RG_NAME, *_DIVISIONS)]
    wanted = text(pd.Series(list(entries), dtype=object))
    found = [np.any([(column == entry).to_numpy() for column in columns], axis=0) for entry in wanted]
    for entry, rows in zip(entries, found, strict=True):
        if not rows.any():
            examples = [value for column in columns[:2] for value in column[column != ""].unique()[:_SHOWN]]
            raise UnknownZones(name=entry, available=", ".join(examples) or "–")
    return np.any(found, axis=0)


def class_counts(components: pd.DataFrame, rows: NDArray[np.bool_] | Indices) -> pd.DataFrame:
    """Components by class: ClassCode, ClassName, Count, the most frequent first, then by code.

    A class goes by its code; a component without one by its name. A code has the name that most components state.
    """
    code, name = (
        text(components[column].iloc[rows]).to_numpy() if column in components else np.full(len(components), "")[rows]
        for column in (fields.CLASS_CODE, fields.CLASS_NAME)
    )
    table = pd.DataFrame({fields.CLASS_CODE: code, fields.CLASS_NAME: name, "Count": 1})
    table = table.groupby([fields.CLASS_CODE, fields.CLASS_NAME], as_index=False).sum()
    table = table.sort_values("Count", ascending=False, kind="stable")
    table["Key"] = class_keys(table)
    sums = table.groupby("Key", sort=False)["Count"].transform("sum")
    table = table.assign(Count=sums).drop_duplicates("Key")
    return table.sort_values(["Count", "Key"], ascending=[False, True], ignore_index=True)


def class_keys(components: pd.DataFrame) -> NDArray[np.object_]:
    """What tells the class of each component: its code, else its name."""
    empty = pd.Series("", index=components.index)
    code = text(components.get(fields.CLASS_CODE, empty))
    return code.where(code != "", text(components.get(fields.CLASS_NAME, empty))).to_numpy(dtype=object)


# Zones and what belongs to them


def _zones(zones: gpd.GeoDataFrame, remarks: list[Remark]) -> pd.DataFrame:
    """The table of the zones as the layer tells it."""
    empty = pd.Series("", index=zones.index)
    table = pd.DataFrame(index=range(len(zones)))
    for name in (*_DIVISIONS, fields.RGID, fields.RG_NAME, *fields.PERSON):
        table[name] = text(zones.get(name, empty)).to_numpy()
    for name in _COUNTED:
        given = zones[name] if name in zones and name != fields.AREA else empty
        table[name] = pd.to_numeric(given, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    outline = zones.geometry.to_numpy()
    nowhere = unplaced(outline)
    table[fields.AREA] = np.where(nowhere, np.nan, shapely.area(outline))
    code = table[fields.RGID]
    repeated = code[code.duplicated(keep=False) & (code != "")]
    for key, count in (("zone_uncoded", int((code == "").sum())), ("zone_no_place", int(nowhere.sum()))):
        if count:
            remarks.append(Remark(key, {"count": count}))
    if len(repeated):
        codes = ", ".join(sorted(repeated.unique())[:_SHOWN])
        remarks.append(Remark("zone_repeated", {"count": len(repeated), "codes": codes}))
    return table


def _rows_of(codes: pd.Series, wanted: pd.Series, *, first: bool = False) -> Indices:
    """The row with each wanted code, -1 where there is none or several; with ``first``, of several the first."""
    known = text(codes)
    usable = (known != "") & ~known.duplicated(keep="first" if first else False)
    rows = pd.Series(np.arange(len(known)), index=known.to_numpy())[usable.to_numpy()]
    return text(wanted).map(rows).fillna(-1).to_numpy(dtype=np.intp)


def _cells_to_zones(
    grid: gpd.GeoDataFrame | None, table: pd.DataFrame, outline: Geometries, remarks: list[Remark]
) -> Indices | None:
    """The zone of each unit grid: by RGID, else the one that holds most of it."""
    if grid is None:
        return None
    zone = np.full(len(grid), -1, dtype=np.intp)
    if fields.RGID in grid:
        zone = _rows_of(table[fields.RGID], grid[fields.RGID])
    open_cells = np.flatnonzero((zone < 0) & ~unplaced(grid.geometry.to_numpy()))
    known = _placed(outline)
    if len(open_cells) and len(known):
        found = largest_overlap(grid.geometry.to_numpy()[open_cells], outline[known]).index
        zone[open_cells] = np.where(found >= 0, known[found], -1)
    _remark_outside(remarks, zone, "zone_cells_outside")
    return zone


def _objects_to_zones(
    objects: gpd.GeoDataFrame,
    table: pd.DataFrame,
    outline: Geometries,
    grid: gpd.GeoDataFrame | None,
    cells: Indices | None,
    progress: Progress,
) -> Indices:
    """The zone of each component or case, -1 for none."""
    zone = np.full(len(objects), -1, dtype=np.intp)
    if grid is not None and cells is not None and fields.BGID in objects and fields.BGID in grid:
        cell = _rows_of(grid[fields.BGID], objects[fields.BGID])
        zone = np.where(cell >= 0, cells[cell], -1)
    if fields.RGID in objects:
        zone = np.where(zone >= 0, zone, _rows_of(table[fields.RGID], objects[fields.RGID]))
    places = objects.geometry.to_numpy()
    rest = np.flatnonzero((zone < 0) & ~unplaced(places))
    known = _placed(outline)
    if len(rest) and len(known):
        known = known[np.argsort(table[fields.RGID].to_numpy()[known], kind="stable")]  # the lowest code wins
        found = cell_of(places[rest], outline[known], lambda _share: progress(0.5))
        zone[rest] = np.where(found >= 0, known[found], -1)
    return zone


def _placed(outline: Geometries) -> Indices:
    return np.flatnonzero(~unplaced(outline))


def _counts(zone: Indices, count: int) -> NDArray[np.float64]:
    return np.bincount(zone[zone >= 0], minlength=count).astype(float)


def _count_cells(table: pd.DataFrame, cells: Indices | None) -> None:
    if cells is not None:
        table[fields.CELLS] = _counts(cells, len(table))


def _remark_outside(remarks: list[Remark], zone: Indices, key: str) -> None:
    lost = int((zone < 0).sum())
    if lost:
        remarks.append(Remark(key, {"count": lost, "all": len(zone)}))


# Streets, communities and owners


def _name_divisions(table: pd.DataFrame, outline: Geometries, around: Around, cells: Indices | None) -> None:
    """Fill the codes and names of community and street that the zones lack: from codes, unit grids, layers, place."""
    own = table[fields.RGID]
    shaped = is_digits(own, RESPONSIBILITY_TEMPLATE.length)
    _fill(table, fields.COMMUNITY_CODE, own.str[:COMMUNITY_DIGITS].where(shaped, ""))
    if around.grid is not None and cells is not None:
        first = pd.Series(np.arange(len(cells)), index=cells)[lambda rows: ~rows.index.duplicated() & (rows.index >= 0)]
        for column in _DIVISIONS:
            if column in around.grid:
                values = text(around.grid[column]).to_numpy()[first.to_numpy()]
                _fill(table, column, pd.Series(values, index=first.index).reindex(table.index).fillna(""))
    for frame, code, columns in (
        (around.communities, fields.COMMUNITY_CODE, _DIVISIONS),
        (around.streets, fields.STREET_CODE, _DIVISIONS[:2]),
    ):
        full = is_digits(table[fields.COMMUNITY_CODE], COMMUNITY_DIGITS)
        _fill(table, fields.STREET_CODE, table[fields.COMMUNITY_CODE].str[:STREET_DIGITS].where(full, ""))
        if frame is not None:
            row = _division_rows(table, outline, frame, code)
            for column in columns:
                _fill(table, column, _values(frame, column, row))


def _division_rows(table: pd.DataFrame, outline: Geometries, frame: gpd.GeoDataFrame, code: str) -> Indices:
    """The row of ``frame`` (communities or streets) of each zone: by code, else by a point inside; -1 for none."""
    row = np.full(len(table), -1, dtype=np.intp)
    if code in frame:
        row = _rows_of(frame[code], table[code], first=True)
    areas = frame.geometry.to_numpy()
    usable = _placed(areas)
    rest = np.flatnonzero((row < 0) & (table[code] == "").to_numpy() & ~unplaced(outline))
    if len(rest) and len(usable):
        found = locate(shapely.point_on_surface(outline[rest]), areas[usable])
        row[rest] = np.where(found >= 0, usable[found], -1)
    return row


def _fill(table: pd.DataFrame, column: str, values: pd.Series) -> None:
    table[column] = table[column].where(table[column] != "", values)


def _values(frame: pd.DataFrame, column: str, row: Indices) -> pd.Series:
    """A text column of some rows; empty where the row is -1 or there is no such column."""
    if column not in frame or not len(frame):
        return pd.Series("", index=range(len(row)))
    return pd.Series(np.where(row >= 0, text(frame[column]).to_numpy()[row], ""))


def _owners(table: pd.DataFrame, around: Around, day: str, remarks: list[Remark]) -> None:
    """Mark who has no owner on the day, and add the owners of community and street."""
    named = table[fields.OWNER] != ""
    begins, ends = (_day_digits(table[name]) for name in (fields.FROM_DATE, fields.TO_DATE))
    outside = ((ends != "") & (ends < day)) | ((begins != "") & (begins > day))
    table[ENDED] = named & outside
    table[NO_OWNER] = ~named | outside
    for frame, code, owner, phone in (
        (around.communities, fields.COMMUNITY_CODE, COMMUNITY_OWNER, COMMUNITY_PHONE),
        (around.streets, fields.STREET_CODE, STREET_OWNER, STREET_PHONE),
    ):
        row = np.full(len(table), -1, dtype=np.intp)
        if frame is not None and code in frame:
            row = _rows_of(frame[code], table[code], first=True)
        source = pd.DataFrame() if frame is None else frame
        table[owner], table[phone] = (_values(source, name, row) for name in (fields.OWNER, fields.PHONE))
    if not named.all():
        remarks.append(Remark("zone_no_owner", {"count": int((~named).sum()), "all": len(table)}))
    if table[ENDED].any():
        remarks.append(Remark("zone_period", {"count": int(table[ENDED].sum())}))


def _day_digits(dates: pd.Series) -> pd.Series:
    """Dates (2026-01-31, 20260131, with or without a time) as eight digits; empty for anything else."""
    digits = dates.str.partition("T")[0].str.partition(" ")[0].str.replace(r"[-/.]", "", regex=True)
    return digits.where(is_digits(digits, _DATE_DIGITS), "")


def _street_key(table: pd.DataFrame) -> pd.Series:
    """What tells the street of each zone: its code, else its name; empty for none."""
    return table[fields.STREET_CODE].where(table[fields.STREET_CODE] != "", table[fields.STREET_NAME])


def _order(table: pd.DataFrame) -> Indices:
    """The zones by street, community and code, those without a street last."""
    street = _street_key(table)
    texts = (
        table[fields.RG_NAME], table[fields.RGID], table[fields.COMMUNITY_NAME], table[fields.COMMUNITY_CODE], street,
    )  # fmt: skip
    return np.lexsort([*(values.to_numpy(dtype=str) for values in texts), (street == "").to_numpy(dtype=bool)])
