"""``citygrid:checkunitgrid``: what is wrong with a unit grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
)

from citygrid_plugin.core import fields
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.barriers import add_barrier_parameters, barriers_given, read_barriers
from citygrid_plugin.processing.base import POLYGON_SOURCE, SINK_POLYGON, CityGridAlgorithm
from citygrid_plugin.processing.communities import add_field_parameters, chosen_fields, read_communities
from citygrid_plugin.processing.grid_layers import read_grid, to_working_crs
from citygrid_plugin.processing.pictures import problem_map
from citygrid_plugin.processing.problems import by_severity, counts, say, translated

from .unit_grid_report import add_quality

if TYPE_CHECKING:
    import geopandas as gpd

    from citygrid_plugin.core.grids.quality import Quality
    from citygrid_plugin.core.spatial.coverage import Floats
    from citygrid_plugin.storage.report import Histogram, Report

_TENTHS = 25  # classes of the histogram are tenths of the area asked for; beyond so many, wider ones
_LEAST_RATIO = 2.0  # the histogram reaches at least so far
_MOST_RATIO = 10.0  # what is larger is in the last class


class CheckUnitGrid(CityGridAlgorithm):
    """Checks a unit grid."""

    NAME = "checkunitgrid"
    TITLE = "Check unit grid"
    TAGS = ("检查", "topology", "gaps", "overlaps", "spikes", "slivers")
    HELP = (
        "Checks a unit grid, made here or drawn elsewhere, against its communities.\n\n"
        "Errors: gaps, overlaps, grids that reach out of their community, several parts, crossing outlines, no area; "
        "codes that are missing, malformed, repeated, of another length, or those of a closed grid; codes of "
        "community, street, district and place that disagree; communities and streets without a grid.\n"
        "Warnings: grids that are too small, too large or thin; spikes; corners that a neighbour lacks on the common "
        "edge.\n"
        "Notes: communities numbered in another order than west to east, north to south. After a renewal that kept "
        "codes, that is as it should be; the number of problems leaves notes out.\n\n"
        "Each problem is a polygon with its kind, severity, the code of the grid, and a sentence. Residues under "
        "0.5 m² or up to 1 cm wide are passed over, and so is a grid that is small or thin because it fills its "
        "community. Grids with an end date (CHDate) are closed: only their codes count. Without a field BGID, codes "
        "are not checked.\n\n"
        "The report holds the counts, a histogram of the areas and a map. With barriers, it also tells how well the "
        "grid follows them."
    )

    def define(self) -> None:
        self.addParameter(QgsProcessingParameterFeatureSource("GRID", tr("Unit grid"), [POLYGON_SOURCE]))
        self.addParameter(QgsProcessingParameterFeatureSource("COMMUNITIES", tr("Communities"), [POLYGON_SOURCE]))
        add_field_parameters(self)
        for name, title, default, low, high in (
            ("CELL_AREA", tr("Area of a grid (m²)"), 10_000.0, 100.0, 10_000_000.0),
            ("MIN_RATIO", tr("Least share of that area; smaller grids are reported"), 0.5, 0.0, 1.0),
            ("MAX_RATIO", tr("Largest multiple of that area; larger grids are reported"), 4.0, 1.0, 1_000.0),
        ):
            number = QgsProcessingParameterNumber.Type.Double
            self.addParameter(QgsProcessingParameterNumber(name, title, number, default, minValue=low, maxValue=high))
        add_barrier_parameters(self)
        self.add_sink("OUTPUT", tr("Problems of the unit grid"), SINK_POLYGON)
        self.add_report()
        self.add_numbers(
            PROBLEM_COUNT=tr("Problems"), ERROR_COUNT=tr("Errors"), WARNING_COUNT=tr("Warnings"), NOTE_COUNT=tr("Notes")
        )

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.grids.divisions import text  # noqa: PLC0415
        from citygrid_plugin.core.grids.grid_check import check_unit_grid  # noqa: PLC0415
        from citygrid_plugin.core.grids.stability import current  # noqa: PLC0415

        cell_area = self.number(parameters, "CELL_AREA", context, 100, 10_000_000)
        ratios = (
            self.number(parameters, "MIN_RATIO", context, 0, 1),
            self.number(parameters, "MAX_RATIO", context, 1, 1000),
        )
        grid = read_grid(self, parameters, context, self.progress(feedback, 0, 0.1), closed=True)
        grid = to_working_crs(grid, feedback)
        communities = self._communities(parameters, context, feedback).to_crs(grid.crs)
        problems = check_unit_grid(grid, communities, cell_area, *ratios, self.progress(feedback, 0.2, 0.7))
        problems = translated(problems)
        in_force = grid[current(grid)]
        checked = _Checked(in_force, len(grid) - len(in_force), communities, problems, cell_area, ratios)
        if fields.BGID not in grid:
            checked.remarks.append(
                tr("The grid has no field {field}: codes were not checked.").format(field=fields.BGID)
            )
        elif (text(in_force[fields.BGID]) == "").all():
            checked.remarks.append(tr("No grid has a code: codes were not checked."))
        checked.quality = self._quality(parameters, context, feedback, checked)
        for remark in checked.remarks:
            feedback.pushWarning(remark)
        say(problems, feedback)
        number = by_severity(problems)
        found = number["error"] + number["warning"]
        if not found:
            feedback.pushInfo(tr("No problem was found in {count} unit grids.").format(count=len(in_force)))
        results = {
            "OUTPUT": self.write(problems, parameters, "OUTPUT", context, "MultiPolygon", "problems"),
            "PROBLEM_COUNT": found,
            "ERROR_COUNT": number["error"],
            "WARNING_COUNT": number["warning"],
            "NOTE_COUNT": number["note"],
        }
        if parameters.get("REPORT"):
            report = _report(checked, problem_map(in_force, communities, problems, self.progress(feedback, 0.9, 1.0)))
            results |= self.save_report(report, parameters, context)
        return results

    def _communities(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> gpd.GeoDataFrame:
        source = self.source(parameters, "COMMUNITIES", context)
        chosen = chosen_fields(self, parameters, context)
        return read_communities(source, chosen, feedback, self.progress(feedback, 0.1, 0.2)).frame

    def _quality(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        checked: _Checked,
    ) -> Quality | None:
        """How well the grid follows its barriers; None where there are none."""
        if not barriers_given(parameters):
            return None
        from citygrid_plugin.core.grids.quality import measure  # noqa: PLC0415

        homes = checked.communities
        read = read_barriers(self, parameters, context, feedback, homes, self.progress(feedback, 0.7, 0.75))
        checked.remarks += read.remarks
        polygons = checked.grid.geometry.to_numpy(), homes.geometry.to_numpy()
        return measure(*polygons, read.barriers, checked.cell_area, self.progress(feedback, 0.75, 0.9))


@dataclass
class _Checked:
    """What the report speaks of: the current grids, the number of closed ones, and what was found."""

    grid: gpd.GeoDataFrame
    closed: int
    communities: gpd.GeoDataFrame
    problems: gpd.GeoDataFrame
    cell_area: float
    ratios: tuple[float, float]
    quality: Quality | None = None
    remarks: list[str] = field(default_factory=list)


def _report(checked: _Checked, picture: bytes) -> Report:
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(tr("Check of the unit grid"))
    for remark in checked.remarks:
        report.warning(remark)
    problems, number = checked.problems, by_severity(checked.problems)
    found = number["error"] + number["warning"]
    area = checked.grid.area.to_numpy()
    area = area[area > 0]
    rows: list[tuple[str, object]] = [
        (tr("Unit grids"), len(checked.grid)),
        (tr("Communities"), len(checked.communities)),
        (tr("Problems"), found),
    ]
    if number["note"]:
        rows.append((tr("Notes"), number["note"]))
    if len(area):
        sizes = " / ".join(f"{value:,.0f}" for value in (area.min(), area.mean(), area.max()))
        rows.append((tr("Smallest / mean / largest grid (m²)"), sizes))
    if checked.closed:
        rows.insert(1, (tr("Closed unit grids"), checked.closed))
    rows.append((tr("Coordinate reference system"), checked.grid.crs.name))
    report.table(rows)
    report.heading(tr("Problems"))
    if not found:
        report.paragraph(tr("No problem was found in {count} unit grids.").format(count=len(checked.grid)))
    if len(problems):
        report.table(counts(problems), (tr("Severity"), tr("Problem"), tr("Count")))
        report.picture(picture, tr("Problems on the map: errors in red, warnings in orange, notes in blue."))
    else:
        report.picture(picture, tr("The unit grid and its communities."))
    report.heading(tr("Grids by area"))
    report.histogram(_histogram(area, checked.cell_area, checked.ratios))
    if checked.quality is not None:
        add_quality(report, checked.quality)
    return report


def _histogram(area: Floats, cell_area: float, ratios: tuple[float, float]) -> Histogram:
    """Grids by area, in tenths of the area asked for or wider classes; the last one holds all that are larger."""
    import numpy as np  # noqa: PLC0415

    from citygrid_plugin.storage.report import Histogram  # noqa: PLC0415

    ratio = area / cell_area
    largest = min(max(float(ratio.max(initial=0.0)), _LEAST_RATIO), _MOST_RATIO)
    width = 0.1 * max(1, np.ceil(10 * largest / _TENTHS / 2))
    classes = int(np.floor(largest / width)) + 1
    number = np.minimum(np.floor(ratio / width + 1e-6), classes - 1).astype(np.intp)
    least, most = ratios
    return Histogram(
        np.bincount(number, minlength=classes).tolist(),
        0.0,
        width * cell_area,
        tr("Area (m²)"),
        tr("Unit grids"),
        more=bool((ratio >= classes * width).any()),
        marks=[(least * cell_area, tr("least")), (cell_area, tr("asked for")), (most * cell_area, tr("largest"))],
    )
