"""``citygrid:responsibilitygrids``: exactly N connected zones of unit grids."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import UnknownField
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.barriers import barriers_given, read_barriers
from citygrid_plugin.processing.base import (
    ANY_SOURCE,
    POLYGON_SOURCE,
    SINK_POLYGON,
    SINK_TABLE,
    CityGridAlgorithm,
    destination_of,
    table_of,
)
from citygrid_plugin.processing.exchange import attribute_columns, column_name
from citygrid_plugin.processing.grid_layers import polygon_type, read_grid, with_area

from .workloads import add_workload_parameters, json_text, read_workload

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    from citygrid_plugin.core.zones.responsibility import Plan, Wanted
    from citygrid_plugin.core.zones.zone_codes import Previous
    from citygrid_plugin.storage.layers import NewLayer
    from citygrid_plugin.storage.report import Report

_COUNTS_WIDGET = "citygrid_plugin.gui.zones.allocation.CountsWrapper"  # by name: nothing here imports a window
_UNLOCKED = frozenset({"", "0", "0.0", "false", "f", "no", "n", "否", "未锁定"})
"""Texts of a field of locks that say no (ours)."""


class ResponsibilityGrids(CityGridAlgorithm):
    """Groups unit grids into responsibility grids."""

    NAME = "responsibilitygrids"
    TITLE = "Create responsibility grids"
    TAGS = ("责任网格", "zones", "districting", "partition")
    HELP = (
        "Groups unit grids into exactly as many responsibility grids (责任网格) as asked for. Each lies in one "
        "community, is connected by shared edges, and carries about the same workload. Closed unit grids (with an end "
        "date) are left out.\n\n"
        "The responsibility grids are allocated to the communities by workload (Huntington–Hill, or largest "
        "remainder), at least one each; COUNT_FIELD and COUNTS set the number of single communities. With 0 as their "
        "number, those decide, and elsewhere one is made for every so many unit grids. The table of the allocation "
        "can be written, changed and given as COUNTS.\n\n"
        "Workload is the number of objects in the given point layers (components, cases), else the chosen "
        "field, else the area. WEIGHTS adds up several, as JSON: "
        '{"area": 1, "Population": 2, "components": {"weight": 3, "classes": {"0103": 2, "02": 0.5}}, '
        '"cases": {"weight": 1, "per_month": "Reported"}}. Each part counts against its mean.\n\n'
        "Limits are drawn along strong barriers where that costs little. Locked responsibility grids stay exactly as "
        "they are. Where one is essentially the same as in the previous plan (two thirds of the area of each of both), "
        "it keeps code, name and owner; the others get numbers that were never used. The same seed gives the same "
        "plan. Codes are the community code and three digits, west to east, north to south."
    )
    RULES = ("Huntington–Hill", "Largest remainder")

    def define(self) -> None:
        self.addParameter(QgsProcessingParameterFeatureSource("GRID", tr("Unit grid"), [POLYGON_SOURCE]))
        integer = QgsProcessingParameterNumber.Type.Integer
        self.addParameter(
            QgsProcessingParameterNumber(
                "COUNT",
                tr("Number of responsibility grids (0: by the mean size below)"),
                integer,
                defaultValue=0,
                minValue=0,
            )
        )
        self.addParameter(
            QgsProcessingParameterNumber(
                "MEAN_CELLS",
                tr("Unit grids in a responsibility grid, on average"),
                integer,
                defaultValue=8,
                minValue=1,
            )
        )
        add_workload_parameters(self)
        self._define_counts()
        self._define_limits()
        self.add_advanced(
            QgsProcessingParameterNumber("SEED", tr("Seed"), integer, defaultValue=0, minValue=0, maxValue=2**31 - 1)
        )
        label = tr("Only find the number of each community (nothing else is made)")
        self.add_advanced(QgsProcessingParameterBoolean("DRY_RUN", label, defaultValue=False))
        self.add_sink("OUTPUT", tr("Unit grid with responsibility grids"), SINK_POLYGON)
        self.add_sink("ZONES", tr("Responsibility grids"), SINK_POLYGON)
        self.add_sink("ALLOCATION", tr("Responsibility grids of each community"), SINK_TABLE, optional=True)
        self.add_report()
        self.add_numbers(ZONE_COUNT=tr("Responsibility grids"), COMMUNITY_COUNT=tr("Communities"))

    def _define_counts(self) -> None:
        """Where the number of single communities stands, and the rule for the others."""
        self.addParameter(
            QgsProcessingParameterFeatureSource("COMMUNITIES", tr("Communities"), [ANY_SOURCE], optional=True)
        )
        self.addParameter(
            QgsProcessingParameterField(
                "COUNT_FIELD",
                tr("Field of the communities with their number of responsibility grids"),
                parentLayerParameterName="COMMUNITIES",
                optional=True,
            )
        )
        counts = tr("Numbers of single communities (JSON, or a file)")
        numbers = QgsProcessingParameterString("COUNTS", counts, multiLine=True, optional=True)
        numbers.setMetadata({"widget_wrapper": {"class": _COUNTS_WIDGET}})  # shows and edits them in the dialog
        self.addParameter(numbers)
        names = [tr(name) for name in self.RULES]
        self.add_advanced(QgsProcessingParameterEnum("RULE", tr("Rule"), names, defaultValue=0))

    def _define_limits(self) -> None:
        """Barriers, locks and the previous plan."""
        any_geometry = QgsProcessing.SourceType.TypeVectorAnyGeometry
        for name, label in (
            ("BARRIERS", tr("Barriers: streets, waters, railways, walls (lines or polygons)")),
            ("STRONG_BARRIERS", tr("Strong barriers: all of these layers count as rivers and railways do")),
        ):
            self.addParameter(QgsProcessingParameterMultipleLayers(name, label, any_geometry, optional=True))
        label = tr("Field of the barriers with their strength (0 to 3; none, weak, normal, strong)")
        self.add_advanced(QgsProcessingParameterString("STRENGTH_FIELD", label, optional=True))
        self.addParameter(
            QgsProcessingParameterField(
                "LOCKED_FIELD",
                tr("Field that marks unit grids of locked responsibility grids"),
                parentLayerParameterName="GRID",
                optional=True,
            )
        )
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "PREVIOUS", tr("Previous plan, to keep codes (RGID of the unit grid if empty)"), [POLYGON_SOURCE],
                optional=True,
            )
        )  # fmt: skip

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.zones.responsibility import allocation_of, responsibility_grids  # noqa: PLC0415

        grid = with_area(read_grid(self, parameters, context, self.progress(feedback, 0, 0.1), feedback), feedback)
        workload = read_workload(self, grid, parameters, context, feedback, self.progress(feedback, 0.1, 0.15))
        wanted, remarks = self._wanted(grid, parameters, context, feedback)
        if self.parameterAsBool(parameters, "DRY_RUN", context):
            return self._allocation(allocation_of(grid, workload, wanted), parameters, context)
        plan = responsibility_grids(
            grid, wanted.count, workload, wanted.seed, self.progress(feedback, 0.2, 0.9), wanted=wanted
        )
        remarks += _remarks(plan)
        for remark in remarks:
            feedback.pushWarning(remark)
        zones = _with_reasons(plan)
        with self.all_or_none():
            log = _log(plan, table_of(destination_of(parameters.get("OUTPUT"), context)))
            kind = polygon_type(plan.cells)
            results = {
                "OUTPUT": self.write(plan.cells, parameters, "OUTPUT", context, kind, "zoned_grid"),
                "ZONES": self.write(zones, parameters, "ZONES", context, "MultiPolygon", "zones"),
                "ZONE_COUNT": len(zones),
                "COMMUNITY_COUNT": int(zones[fields.COMMUNITY_CODE].nunique()),
            }
            allocation = self.write(plan.allocation, parameters, "ALLOCATION", context, "NoGeometry")
            if log is not None:
                self.write_layer(*log)
        if allocation:
            results["ALLOCATION"] = allocation
        feedback.pushInfo(
            tr("{zones} responsibility grids in {communities} communities.").format(
                zones=results["ZONE_COUNT"], communities=results["COMMUNITY_COUNT"]
            )
        )
        return results | self.save_report(_report(plan, remarks), parameters, context)

    def _allocation(
        self, allocation: pd.DataFrame, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> dict[str, Any]:
        """The outputs of a dry run."""
        from citygrid_plugin.core.zones.zone_counts import COUNT  # noqa: PLC0415

        written = self.write(allocation, parameters, "ALLOCATION", context, "NoGeometry")
        counts = {"ZONE_COUNT": int(allocation[COUNT].sum()), "COMMUNITY_COUNT": len(allocation)}
        return counts | ({"ALLOCATION": written} if written else {})

    def _wanted(
        self,
        grid: gpd.GeoDataFrame,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> tuple[Wanted, list[str]]:
        """What the parameters ask for, and what is to be said of the layers that were read for it."""
        from citygrid_plugin.core.zones.allocation import Rule  # noqa: PLC0415
        from citygrid_plugin.core.zones.responsibility import Wanted  # noqa: PLC0415

        locked = self._locked(grid, parameters, context)
        barriers, remarks = None, []
        if barriers_given(parameters):
            read = read_barriers(self, parameters, context, feedback, grid, self.progress(feedback, 0.15, 0.2))
            barriers, remarks = read.barriers, read.remarks
        wanted = Wanted(
            count=self.parameterAsInt(parameters, "COUNT", context),
            counts=self._counts(parameters, context, feedback),
            rule=Rule(self.parameterAsEnum(parameters, "RULE", context)),
            mean_cells=self.parameterAsInt(parameters, "MEAN_CELLS", context),
            seed=self.parameterAsInt(parameters, "SEED", context),
            locked=locked,
            previous=self._previous(grid, locked, parameters, context, feedback),
            barriers=barriers,
        )
        return wanted, remarks

    def _counts(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, int]:
        """Zones by community code: COUNT_FIELD of COMMUNITIES, and COUNTS, which goes before it."""
        from citygrid_plugin.core.zones.zone_counts import COUNT, parse_counts  # noqa: PLC0415

        counts: dict[str, int] = {}
        name = self.parameterAsString(parameters, "COUNT_FIELD", context)
        communities = self.read_optional(parameters, "COMMUNITIES", context, self.progress(feedback, 0.15, 0.16))
        if name and communities is not None:
            counts |= _counts_of(communities, "COMMUNITIES", column_name(name))
        text = json_text(self.parameterAsString(parameters, "COUNTS", context))
        if text.startswith(("{", "[")):
            counts |= parse_counts(text)
        elif text:
            from citygrid_plugin.storage.readers.records import read_records  # noqa: PLC0415

            counts |= _counts_of(read_records(Path(text)).frame, "COUNTS", COUNT)
        return counts

    def _locked(
        self, grid: gpd.GeoDataFrame, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> np.ndarray | None:
        """Which unit grids LOCKED_FIELD marks; None without it. Raises ``UnknownField``."""
        from citygrid_plugin.core.grids.divisions import text  # noqa: PLC0415

        name = self.parameterAsString(parameters, "LOCKED_FIELD", context)
        if not name:
            return None
        if column_name(name) not in grid:
            raise UnknownField(layer="GRID", field=name, available=", ".join(attribute_columns(grid)))
        return ~text(grid[column_name(name)]).str.lower().isin(_UNLOCKED).to_numpy(dtype=bool)

    def _previous(
        self,
        grid: gpd.GeoDataFrame,
        locked: np.ndarray | None,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Previous | None:
        """The plan before: PREVIOUS, else the RGID of the grid; locked cells are of the zone that the grid names."""
        import numpy as np  # noqa: PLC0415

        from citygrid_plugin.core.zones.zone_codes import Previous  # noqa: PLC0415

        own = Previous.read(grid, grid) if fields.RGID in grid else None
        plan = self.read_optional(parameters, "PREVIOUS", context, self.progress(feedback, 0.16, 0.18))
        if plan is None:
            return own
        given = Previous.read(grid, plan.to_crs(grid.crs))
        if own is None or locked is None:
            return given
        return given.with_code(np.where(locked & (own.code != ""), own.code, given.code))


def _log(plan: Plan, table: tuple[str, str] | None) -> tuple[Path, NewLayer] | None:
    """Where the plan replaces that of a workspace: what changes hands, for the log there."""
    from citygrid_plugin.core.grids.divisions import text  # noqa: PLC0415
    from citygrid_plugin.processing.project import user_name  # noqa: PLC0415
    from citygrid_plugin.storage.plans import CELLS, open_name  # noqa: PLC0415
    from citygrid_plugin.storage.zone_records import logged  # noqa: PLC0415

    if table is None or table[1] != CELLS or not Path(table[0]).exists():
        return None
    workspace, cells = Path(table[0]), plan.cells
    zones = cells[fields.RGID].set_axis(text(cells[fields.BGID])) if fields.BGID in cells else None
    if zones is None or not zones.index.is_unique:
        return None
    log = logged(workspace, zones, user_name(), open_name(workspace))
    return (workspace, log) if log is not None else None


def _counts_of(table: pd.DataFrame, layer: str, name: str) -> dict[str, int]:
    """Zones by community code from a table with CommCode and a column of numbers; rows without one say nothing.

    Columns are found without regard to case. Raises ``UnknownField`` and ``BadCounts``.
    """
    from citygrid_plugin.core.grids.divisions import text  # noqa: PLC0415
    from citygrid_plugin.core.zones.zone_counts import whole_count  # noqa: PLC0415

    lower = {str(column).lower(): column for column in attribute_columns(table)}
    for wanted in (fields.COMMUNITY_CODE, name):
        if wanted.lower() not in lower:
            raise UnknownField(layer=layer, field=wanted, available=", ".join(map(str, attribute_columns(table))))
    codes, numbers = text(table[lower[fields.COMMUNITY_CODE.lower()]]), text(table[lower[name.lower()]])
    return {code: whole_count(code, number) for code, number in zip(codes, numbers, strict=True) if code and number}


def _remarks(plan: Plan) -> list[str]:
    from citygrid_plugin.core.zones.responsibility import TEXTS  # noqa: PLC0415

    return [tr(TEXTS[key]).format(**values) for key, values in plan.remarks]


def _with_reasons(plan: Plan) -> gpd.GeoDataFrame:
    """The zones with the reason why one deviates in Note."""
    zones = plan.zones.copy()
    notes = {code: _reason(plan, code) for code in plan.reasons}
    zones.insert(len(zones.columns) - 1, fields.NOTE, zones[fields.RGID].map(notes).fillna(""))
    return zones


def _reason(plan: Plan, code: str) -> str:
    from citygrid_plugin.core.zones.zone_reasons import TEXTS  # noqa: PLC0415

    reason = plan.reasons[code]
    return tr(TEXTS[reason.key]).format(**reason.values)


def _report(plan: Plan, remarks: list[str]) -> Report:
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(tr("Responsibility grids"))
    for remark in remarks:
        report.warning(remark)
    zones = plan.zones
    load = zones[fields.WORKLOAD]
    report.table(
        [
            (tr("Responsibility grids"), len(zones)),
            (tr("Communities"), int(zones[fields.COMMUNITY_CODE].nunique())),
            (tr("Unit grids"), int(zones[fields.CELLS].sum())),
            (
                tr("Workload: least / mean / most"),
                f"{load.min():,.1f} / {load.mean():,.1f} / {load.max():,.1f}",
            ),
        ]
    )
    _communities(report, plan)
    _deviating(report, plan)
    return report


def _communities(report: Report, plan: Plan) -> None:
    """A row a community: what it got, by what quota, and how even its zones are."""
    from citygrid_plugin.core.zones.zone_counts import COUNT, LOCKED_ZONES, QUOTA  # noqa: PLC0415

    report.heading(tr("Communities"))
    by_community = plan.zones.groupby(fields.COMMUNITY_CODE)[fields.WORKLOAD].agg(["mean", "min", "max"])
    table = plan.allocation.merge(by_community, left_on=fields.COMMUNITY_CODE, right_index=True)
    columns = [
        fields.COMMUNITY_CODE, fields.COMMUNITY_NAME, COUNT, LOCKED_ZONES, QUOTA, fields.CELLS, "mean", "min", "max",
    ]  # fmt: skip
    report.table(
        table[columns].astype(object).itertuples(index=False),
        (
            tr("Code"),
            tr("Name"),
            tr("Responsibility grids"),
            tr("Locked"),
            tr("Quota by workload"),
            tr("Unit grids"),
            tr("Mean workload"),
            tr("Least workload"),
            tr("Most workload"),
        ),
    )


def _deviating(report: Report, plan: Plan) -> None:
    """A row a zone that carries clearly more or less than the mean of its community, and why."""
    if not plan.reasons:
        return
    report.heading(tr("Responsibility grids that deviate by more than a tenth"))
    names = plan.zones.set_index(fields.RGID)[fields.RG_NAME]
    ordered = sorted(plan.reasons, key=lambda code: (-abs(plan.reasons[code].share), code))
    report.table(
        ((code, names[code], f"{100 * plan.reasons[code].share:+.1f} %", _reason(plan, code)) for code in ordered),
        (tr("Code"), tr("Name"), tr("Against the mean"), tr("Reason")),
    )
