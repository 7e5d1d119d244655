"""``citygrid:responsibilitylist``: who answers for which responsibility grid, as a workbook to print or a CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingParameterFileDestination

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import CityGridAlgorithm
from citygrid_plugin.processing.days import dashed, read_date

from .zone_inputs import (
    add_choice,
    add_inputs,
    choose,
    read_around,
    read_target,
    read_zones,
    tell,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from citygrid_plugin.storage.workbooks import NewSheet

_HECTARE = 10_000  # m²
_HECTARES = "ha"

_CSV, _XLSX = ".csv", ".xlsx"

_COUNTS = {
    fields.CELLS: "Unit grids",
    fields.AREA: "Area (m²)",
    _HECTARES: "Area (ha)",
    "Components": "Components",
    "OpenCases": "Open cases",
    "Overdue": "Overdue cases",
    fields.WORKLOAD: "Workload",
}
_WHERE = {
    fields.STREET_NAME: "Street",
    fields.COMMUNITY_NAME: "Community",
    fields.RGID: "Responsibility grid code",
    fields.RG_NAME: "Responsibility grid",
}
_WHO = {
    fields.OWNER: "Owner",
    fields.POST: "Post",
    fields.PHONE: "Phone",
    fields.FROM_DATE: "From",
    fields.TO_DATE: "To",
    "CommOwner": "Owner of the community",
    "CommPhone": "Phone of the community",
    "StrOwner": "Owner of the street",
    "StrPhone": "Phone of the street",
    "Remark": "Remark",
}
_OF_STREET = {
    fields.STREET_NAME: "Street",
    "Zones": "Responsibility grids",
    "NoOwner": "Without an owner",
}
_DECIMALS = {_HECTARES: 2, fields.WORKLOAD: 2}  # as shown
_KEPT_DECIMALS = {
    _HECTARES: 4,
    fields.AREA: 2,
    fields.WORKLOAD: 2,
}  # a hundredth of a square metre; the rest are counts


class ResponsibilityList(CityGridAlgorithm):
    """Lists the responsibility grids with their owners."""

    NAME = "responsibilitylist"
    TITLE = "List of responsibility grids"
    TAGS = ("责任网格", "责任清单", "网格员", "owner", "excel", "xlsx", "csv")
    HELP = (
        "Writes who answers for which responsibility grid (责任网格): street, community, code, name, unit grids, area, "
        "components, open and overdue cases, workload, owner, post, phone and period. Owners of communities and "
        "streets are added where their layers name them.\n\n"
        "A workbook (.xlsx) has a sheet with all, one with the totals of the streets, and one for each street, ready "
        "to print; grids that belong to no street have a sheet of their own. A file that ends in .csv holds the whole "
        "list. Codes are text, and no text is ever a formula. Grids without an owner on the date of the list stand "
        "out.\n\n"
        "Components and cases count for the responsibility grid of their unit grid (BGID), else for the one that they "
        "name (RGID), else for the one where they lie. Open cases are those that are open, due soon, overdue or "
        "suspended; overdue ones are among them. Closed unit grids and components (with an end date) do not count."
    )

    def define(self) -> None:
        add_inputs(self, cases=True)
        add_choice(self)
        filters = tr("Excel workbooks (*.xlsx)") + ";;" + tr("CSV files (*.csv)")
        self.addParameter(QgsProcessingParameterFileDestination("FILE", tr("List"), filters))
        self.add_numbers(
            ZONE_COUNT=tr("Responsibility grids"),
            STREET_COUNT=tr("Streets"),
            NO_OWNER_COUNT=tr("Responsibility grids without an owner"),
        )

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.zones import responsibility_list as core  # noqa: PLC0415

        path = read_target(self, parameters, context, _XLSX, _CSV)
        day = read_date(self, parameters, context)
        zones = read_zones(self, parameters, context, feedback, self.progress(feedback, 0, 0.1))
        around = read_around(self, parameters, context, feedback, self.progress(feedback, 0.1, 0.5), zones.crs)
        found = core.zone_list(zones, around, day, self.progress(feedback, 0.5, 0.8))
        tell(found, feedback)
        table = found.table[choose(self, parameters, context, found)].reset_index(drop=True)
        self._write(table, path, day)
        streets = sum(bool(name) for name, _ in core.by_street(table))
        feedback.pushInfo(
            tr("{zones} responsibility grids in {streets} streets; {ownerless} have no owner on {date}.").format(
                zones=len(table), streets=streets, ownerless=int(table[core.NO_OWNER].sum()), date=day
            )
        )
        return {
            "FILE": str(path),
            "ZONE_COUNT": len(table),
            "STREET_COUNT": streets,
            "NO_OWNER_COUNT": int(table[core.NO_OWNER].sum()),
        }

    def _write(self, table: pd.DataFrame, path: Path, day: str) -> None:
        from citygrid_plugin.storage.workbooks import write_csv, write_workbook  # noqa: PLC0415

        self._go_on(0.0)
        if path.suffix.lower() == _CSV:
            write_csv(_shown(table).rename(columns=_titles()), path)
        else:
            write_workbook(_sheets(table, day), path)


def _sheets(table: pd.DataFrame, day: str) -> list[NewSheet]:
    """The sheets of the workbook: all, totals, a sheet a street, the zones without a street."""
    from citygrid_plugin.core.zones import responsibility_list as core  # noqa: PLC0415

    title = tr("List of responsibility grids")
    date = dashed(day)
    sheets = [_list_sheet(tr("All"), f"{title}  {date}", table), _total_sheet(tr("By street"), table, date)]
    for name, rows in core.by_street(table):
        street = name or tr("Without a street")
        sheets.append(_list_sheet(street, f"{title}  {street}  {date}", rows))
    return sheets


def _list_sheet(name: str, heading: str, table: pd.DataFrame) -> NewSheet:
    from citygrid_plugin.core.zones.responsibility_list import NO_OWNER  # noqa: PLC0415

    return _sheet(name, heading, _shown(table), _titles(), table[NO_OWNER].tolist())


def _total_sheet(name: str, table: pd.DataFrame, date: str) -> NewSheet:
    from citygrid_plugin.core.zones.responsibility_list import totals  # noqa: PLC0415

    sums = totals(table)
    sums[_HECTARES] = sums[fields.AREA] / _HECTARE
    street = sums[fields.STREET_NAME].where(sums[fields.STREET_NAME] != "", sums[fields.STREET_CODE])
    sums[fields.STREET_NAME] = street.where(street != "", tr("Without a street"))
    titles = _total_titles()
    columns = [column for column in titles if sums[column].notna().any()]
    heading = f"{tr('Responsibility grids by street')}  {date}"
    return _sheet(name, heading, _rounded(sums[columns]), titles, ())


def _sheet(name: str, heading: str, rows: pd.DataFrame, titles: dict[str, str], marked: Any) -> NewSheet:  # noqa: ANN401
    """A sheet with a row of totals."""
    from citygrid_plugin.storage.workbooks import NewSheet  # noqa: PLC0415

    summed = {*_COUNTS, "Zones", "NoOwner"}
    total = [rows[column].sum() if column in summed else "" for column in rows.columns]
    total[0] = tr("Total")
    decimals = {titles[column]: count for column, count in _DECIMALS.items() if column in rows}
    return NewSheet(name, rows.rename(columns=titles), heading, total, marked, decimals)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """The columns of the list that hold something, and a remark on those without an owner."""
    import numpy as np  # noqa: PLC0415

    from citygrid_plugin.core.zones.responsibility_list import ENDED, NO_OWNER  # noqa: PLC0415

    remark = np.select(
        [table[ENDED].to_numpy(dtype=bool), table[NO_OWNER].to_numpy(dtype=bool)],
        [tr("The period is over or has not begun"), tr("No owner")],
        "",
    )
    table = table.assign(**{_HECTARES: table[fields.AREA] / _HECTARE, "Remark": remark})
    always = (*_WHERE, *fields.PERSON)
    columns = [
        column for column in _titles() if column in always or (table[column].notna() & (table[column] != "")).any()
    ]
    return _rounded(table[columns])


def _rounded(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts as whole numbers, measures with the decimals that mean something."""
    counts = {name: "Int64" for name in _COUNTS if name in rows and name not in _KEPT_DECIMALS}
    return rows.astype(counts).round({name: count for name, count in _KEPT_DECIMALS.items() if name in rows})


def _titles() -> dict[str, str]:
    """The columns of the list and their titles, in their order."""
    return (
        {column: tr(title) for column, title in _WHERE.items()}
        | {column: tr(title) for column, title in _COUNTS.items()}
        | {column: tr(title) for column, title in _WHO.items()}
    )


def _total_titles() -> dict[str, str]:
    """The columns of the totals of streets and their titles, in their order."""
    return {column: tr(title) for column, title in _OF_STREET.items()} | {
        column: tr(title) for column, title in _COUNTS.items()
    }
