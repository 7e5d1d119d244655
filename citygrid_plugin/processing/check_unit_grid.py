"""``citygrid:checkunitgrid``: what is wrong with a unit grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSource,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import UnknownField
from citygrid_plugin.i18n import tr

from .base import POLYGON_SOURCE, SINK_POLYGON, CityGridAlgorithm
from .communities import read_communities
from .exchange import attribute_columns
from .grids import read_grid, to_working_crs
from .problems import counts, say, translated

if TYPE_CHECKING:
    import geopandas as gpd

    from citygrid_plugin.storage.report import Report


class CheckUnitGrid(CityGridAlgorithm):
    """Checks a unit grid."""

    NAME = "checkunitgrid"
    TITLE = "Check unit grid"
    TAGS = ("检查", "topology", "gaps", "overlaps")
    HELP = (
        "Checks a unit grid, made here or drawn elsewhere, against its communities: gaps, overlaps, grids that "
        "reach out of their community, several parts, crossing outlines, sizes out of the usual range, codes that "
        "are malformed, repeated or in the wrong community, and communities without a grid.\n\n"
        "Each problem is a polygon with its kind, severity, the code of the grid, and a sentence. Residues under "
        "0.5 m² or narrower than 1 cm are passed over."
    )

    def define(self) -> None:
        self.addParameter(QgsProcessingParameterFeatureSource("GRID", tr("Unit grid"), [POLYGON_SOURCE]))
        self.addParameter(QgsProcessingParameterFeatureSource("COMMUNITIES", tr("Communities"), [POLYGON_SOURCE]))
        self.add_sink("OUTPUT", tr("Problems of the unit grid"), SINK_POLYGON)
        self.add_report()
        self.add_numbers(PROBLEM_COUNT=tr("Problems"), ERROR_COUNT=tr("Errors"))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.grid_check import check_unit_grid  # noqa: PLC0415
        from citygrid_plugin.core.problems import Severity  # noqa: PLC0415

        grid = read_grid(self, parameters, context, self.progress(feedback, 0, 0.1))
        if fields.BGID not in grid:
            raise UnknownField(layer="GRID", field=fields.BGID, available=", ".join(attribute_columns(grid)))
        grid = to_working_crs(grid, feedback)
        source = self.parameterAsSource(parameters, "COMMUNITIES", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "COMMUNITIES"))
        communities = read_communities(source, {}, feedback, self.progress(feedback, 0.1, 0.2)).frame
        problems = translated(check_unit_grid(grid, communities.to_crs(grid.crs), self.progress(feedback, 0.2, 0.9)))
        say(problems, feedback)
        if not len(problems):
            feedback.pushInfo(tr("No problem was found in {count} unit grids.").format(count=len(grid)))
        return {
            "OUTPUT": self.write(problems, parameters, "OUTPUT", context, "MultiPolygon", "problems"),
            "PROBLEM_COUNT": len(problems),
            "ERROR_COUNT": int((problems[fields.SEVERITY] == Severity.ERROR).sum()),
        } | self.save_report(_report(grid, problems), parameters, context)


def _report(grid: gpd.GeoDataFrame, problems: gpd.GeoDataFrame) -> Report:
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(tr("Check of the unit grid"))
    report.table([(tr("Unit grids"), len(grid)), (tr("Problems"), len(problems))])
    if len(problems):
        report.heading(tr("Problems"))
        severity = {"error": tr("error"), "warning": tr("warning")}
        rows = [(severity[kind], text, number) for kind, text, number in counts(problems)]
        report.table(rows, (tr("Severity"), tr("Problem"), tr("Count")))
    return report
