"""``citygrid:compareplans``: what changed hands between two plans of responsibility grids."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import UnreadableFile
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import SINK_POLYGON, SINK_TABLE, CityGridAlgorithm
from citygrid_plugin.processing.grid_layers import polygon_type

if TYPE_CHECKING:
    from citygrid_plugin.core.zones.plan_comparison import Comparison
    from citygrid_plugin.storage.report import Report


class ComparePlans(CityGridAlgorithm):
    """Compares two plans of a workspace."""

    NAME = "compareplans"
    TITLE = "Compare plans"
    TAGS = ("方案", "责任网格", "比较", "plans", "difference")
    HELP = (
        "Compares two plans of responsibility grids of a workspace: a map of the unit grids that changed hands, and a "
        "table of how many went from which responsibility grid and owner to which.\n\n"
        "A plan is named as in the list of plans; an empty name is what is on the map now (the layers zoned_grid and "
        "responsibility_grids).\n\n"
        "Responsibility grids of the two plans are taken as the same by their largest common area, one each, whatever "
        "their codes are; so a new code alone is no change of hands."
    )

    def define(self) -> None:
        self.addParameter(
            QgsProcessingParameterFile("WORKSPACE", tr("Workspace (GeoPackage)"), fileFilter=tr("GeoPackages (*.gpkg)"))
        )
        for name, title in (
            ("BEFORE", tr("First plan (empty: what is on the map)")),
            ("AFTER", tr("Second plan (empty: what is on the map)")),
        ):
            self.addParameter(QgsProcessingParameterString(name, title, optional=True))
        self.add_sink("OUTPUT", tr("Unit grids that changed hands"), SINK_POLYGON)
        self.add_sink("TABLE", tr("What went from whom to whom"), SINK_TABLE, optional=True)
        self.add_report()
        self.add_numbers(CHANGED_COUNT=tr("Unit grids that changed hands"))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.grids.divisions import text  # noqa: PLC0415
        from citygrid_plugin.core.zones.plan_comparison import TEXTS, compare  # noqa: PLC0415
        from citygrid_plugin.storage import plans  # noqa: PLC0415

        workspace = Path(self.parameterAsFile(parameters, "WORKSPACE", context))
        if not workspace.is_file():
            raise UnreadableFile(path=str(workspace), why=tr("there is no such file"))
        before, after = (self.parameterAsString(parameters, name, context).strip() for name in ("BEFORE", "AFTER"))
        progress = self.progress(feedback)
        grid = plans.unit_grids(workspace)
        progress(0.3)
        compared = compare(plans.cells_of(workspace, before), plans.cells_of(workspace, after), plans.areas_of(grid))
        progress(0.6)
        grid = grid[[fields.BGID, "geometry"]].assign(**{fields.BGID: text(grid[fields.BGID])})
        changes = grid.merge(compared.changes, on=fields.BGID)
        lost = int((~compared.changes[fields.BGID].isin(grid[fields.BGID])).sum())
        if lost:
            message = tr("{count} unit grids of the plans are not on the map any more; only the table has them.")
            feedback.pushWarning(message.format(count=lost))
        changes[fields.TEXT] = [tr(TEXTS[kind]) for kind in changes[fields.CHANGE]]
        changes = changes[[*compared.changes.columns, fields.TEXT, "geometry"]]
        results: dict[str, Any] = {"CHANGED_COUNT": len(compared.changes)}
        with self.all_or_none():
            kind = polygon_type(changes) if len(changes) else "Polygon"
            results["OUTPUT"] = self.write(changes, parameters, "OUTPUT", context, kind, "plan_changes")
            table = self.write(compared.transfers, parameters, "TABLE", context, "NoGeometry")
        if table:
            results["TABLE"] = table
        if not len(compared.changes):
            feedback.pushInfo(tr("The two plans are the same."))
        names = [name or tr("what is on the map") for name in (before, after)]
        return results | self.save_report(_report(compared, names), parameters, context)


def _report(compared: Comparison, names: list[str]) -> Report:
    from citygrid_plugin.core.zones.plan_comparison import TEXTS  # noqa: PLC0415
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(tr("Comparison of plans"))
    report.table([(tr("First plan"), names[0]), (tr("Second plan"), names[1])])
    counts = compared.changes[fields.CHANGE].value_counts()
    report.heading(tr("Unit grids that changed hands"))
    report.table([(tr(TEXTS[kind]), int(count)) for kind, count in counts.items()] or [(tr("none"), 0)])
    if len(compared.transfers):
        report.heading(tr("What went from whom to whom"))
        report.table(
            (
                (
                    tr(TEXTS[row[fields.CHANGE]]),
                    " ".join((row[fields.OLD_RGID], row[fields.OLD_OWNER])),
                    " ".join((row[fields.NEW_RGID], row[fields.NEW_OWNER])),
                    int(row[fields.CELLS]),
                    round(float(row[fields.AREA])),
                )
                for row in compared.transfers.to_dict("records")
            ),
            (tr("Change"), tr("From"), tr("To"), tr("Unit grids"), tr("Area (m²)")),
        )
    return report
