"""The report of a unit grid: sizes, barriers, quality, what became of the previous grid, communities."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.barriers import Counts

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from citygrid_plugin.core.grids.divisions import CodedCommunities
    from citygrid_plugin.core.grids.quality import Quality
    from citygrid_plugin.storage.report import Report

CHANGES = {
    "kept": "Kept (the same code)",
    "split": "Split",
    "merged": "Merged",
    "new": "New (in no old grid)",
    "closed": "Closed (in no new grid)",
}
"""Kinds of a crosswalk."""


@dataclass
class Made:
    """What a run made. ``grid`` holds all rows, ``current`` those without an end date; ``rotation`` in degrees."""

    coded: CodedCommunities
    cell_area: float
    grid: gpd.GeoDataFrame
    current: gpd.GeoDataFrame
    crosswalk: pd.DataFrame | None = None
    barriers: list[Counts] = field(default_factory=list)
    quality: Quality | None = None
    rotation: float = 0.0
    remarks: list[str] = field(default_factory=list)


def unit_grid_report(made: Made) -> Report:
    """The report page."""
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(tr("Unit grid"))
    for remark in made.remarks:
        report.warning(remark)
    report.table(_overview(made))
    report.heading(tr("Grids by area"))
    report.table(_by_area(made.current[fields.AREA], made.cell_area), (tr("Area (m²)"), tr("Unit grids")))
    if made.quality is not None:
        add_quality(report, made.quality)
    if made.barriers:
        _barriers(report, made.barriers)
    if made.crosswalk is not None:
        report.heading(tr("Since the previous unit grid"))
        report.table(_changes(made.crosswalk), (tr("Change"), tr("Old unit grids"), tr("New unit grids")))
    report.heading(tr("Communities"))
    report.table(
        _by_community(made),
        (tr("Code"), tr("Community"), tr("Street"), tr("Unit grids"), tr("Area (m²)"), tr("Note")),
    )
    return report


def _overview(made: Made) -> list[tuple[str, object]]:
    area, communities = made.current[fields.AREA], made.coded.frame
    rows: list[tuple[str, object]] = [
        (tr("Streets"), int(communities[fields.STREET_CODE].nunique())),
        (tr("Communities"), len(communities)),
        (tr("Unit grids"), len(made.current)),
        (tr("Area of all grids (m²)"), float(area.sum())),
        (tr("Area of all communities (m²)"), float(communities.area.sum())),
        (
            tr("Smallest / mean / largest grid (m²)"),
            " / ".join(f"{value:,.0f}" for value in (area.min(), area.mean(), area.max())),
        ),
        (tr("Coordinate reference system"), made.grid.crs.name),
    ]
    if len(made.grid) > len(made.current):
        rows.insert(3, (tr("Closed unit grids"), len(made.grid) - len(made.current)))
    if made.rotation:
        rows.append((tr("Rotation of the squares (degrees)"), made.rotation))
    return rows


def add_quality(report: Report, quality: Quality) -> None:
    """The section of a report that tells how well a grid follows its barriers."""
    from citygrid_plugin.core.grids.quality import TEXTS, shown  # noqa: PLC0415

    report.heading(tr("Quality"))
    report.table((tr(TEXTS[key]), value) for key, value in shown(quality))


def _barriers(report: Report, counts: list[Counts]) -> None:
    report.heading(tr("Barriers"))
    lines = [row for row in counts if row.by_strength]
    if lines:
        report.table(
            ((row.layer, *reversed(row.by_strength)) for row in lines),
            (tr("Layer"), tr("Strong"), tr("Normal"), tr("Weak"), tr("No barrier")),
        )
    compounds = [(row.layer, row.compounds) for row in counts if not row.by_strength]
    if compounds:
        report.table(compounds, (tr("Layer"), tr("Compounds")))


def _changes(crosswalk: pd.DataFrame) -> list[tuple[str, int, int]]:
    """How many old and new grids each kind of change concerns."""
    rows = []
    for kind, title in CHANGES.items():
        of_kind = crosswalk[crosswalk[fields.CHANGE] == kind]
        old, new = (of_kind.loc[of_kind[name] != "", name].nunique() for name in (fields.OLD_BGID, fields.NEW_BGID))
        rows.append((tr(title), int(old), int(new)))
    return rows


def _by_community(made: Made) -> list[tuple[object, ...]]:
    communities = made.coded.frame
    sums = made.current.groupby(fields.COMMUNITY_CODE)[fields.AREA].agg(["size", "sum"])
    sums = sums.reindex(communities[fields.COMMUNITY_CODE], fill_value=0)
    return [
        (row.CommCode, row.CommName, row.StrName, int(size), float(total), row.Note)
        for row, (size, total) in zip(communities.itertuples(), sums.to_numpy(), strict=True)
    ]


def _by_area(area: pd.Series, cell_area: float) -> list[tuple[str, int]]:
    """Counts by share of the cell area: (range in m², count)."""
    import numpy as np  # noqa: PLC0415

    edges = np.array([0, 0.25, 0.5, 0.75, 0.999, 1.001, 1.5, 2, 4, np.inf]) * cell_area
    counts, _ = np.histogram(area, edges)
    return [
        (f"{low:,.0f} – {high:,.0f}" if np.isfinite(high) else f"> {low:,.0f}", int(count))
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
