"""``citygrid:responsibilitygrids``: exactly N connected zones of unit grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsVectorLayer,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import BadSetting, UnknownField, WrongGeometry
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import tr

from .base import ANY_SOURCE, POLYGON_SOURCE, SINK_POLYGON, CityGridAlgorithm
from .exchange import attribute_columns, column_name, frame_from_source
from .grids import polygon_type, read_grid, with_area

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    from citygrid_plugin.core.responsibility import Plan
    from citygrid_plugin.storage.report import Report


_LARGEST_WORKLOAD = 1e15  # ours: sums of such numbers are still exact enough to compare


class ResponsibilityGrids(CityGridAlgorithm):
    """Groups unit grids into responsibility grids."""

    NAME = "responsibilitygrids"
    TITLE = "Create responsibility grids"
    TAGS = ("责任网格", "zones", "districting", "partition")
    HELP = (
        "Groups unit grids into exactly as many responsibility grids (责任网格) as asked for. Each lies in one "
        "community, is connected by shared edges, and carries about the same workload. Closed unit grids (with an end "
        "date) are left out.\n\n"
        "The responsibility grids are allocated to the communities by workload (Huntington–Hill), at least one "
        "each. Workload is the number of objects in the given point layers (components, cases), else the chosen "
        "field, else the area.\n\n"
        "With 0 as their number, one is made for every so many unit grids. The same seed gives the same plan. "
        "Codes are the community code and three digits, west to east, north to south."
    )

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
        self.addParameter(
            QgsProcessingParameterField(
                "WORKLOAD",
                tr("Field with the workload of each unit grid (area if empty)"),
                parentLayerParameterName="GRID",
                type=QgsProcessingParameterField.DataType.Numeric,
                optional=True,
            )
        )
        self.addParameter(
            QgsProcessingParameterMultipleLayers(
                "WORKLOAD_LAYERS",
                tr("Layers whose objects are counted as workload (components, cases)"),
                ANY_SOURCE,
                optional=True,
            )
        )
        self.add_advanced(
            QgsProcessingParameterNumber("SEED", tr("Seed"), integer, defaultValue=0, minValue=0, maxValue=2**31 - 1)
        )
        self.add_sink("OUTPUT", tr("Unit grid with responsibility grids"), SINK_POLYGON)
        self.add_sink("ZONES", tr("Responsibility grids"), SINK_POLYGON)
        self.add_report()
        self.add_numbers(ZONE_COUNT=tr("Responsibility grids"), COMMUNITY_COUNT=tr("Communities"))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.responsibility import responsibility_grids  # noqa: PLC0415

        grid = with_area(read_grid(self, parameters, context, self.progress(feedback, 0, 0.1), feedback), feedback)
        workload = self._workload(grid, parameters, context, feedback)
        count = self.parameterAsInt(parameters, "COUNT", context)
        if count == 0:
            count = self._count_by_size(grid, parameters, context)
        seed = self.parameterAsInt(parameters, "SEED", context)
        plan = responsibility_grids(grid, count, workload, seed, self.progress(feedback, 0.15, 0.9))
        remarks = self._remarks(plan)
        for remark in remarks:
            feedback.pushWarning(remark)
        results = {
            "OUTPUT": self.write(plan.cells, parameters, "OUTPUT", context, polygon_type(plan.cells), "zoned_grid"),
            "ZONES": self.write(plan.zones, parameters, "ZONES", context, "MultiPolygon", "zones"),
            "ZONE_COUNT": len(plan.zones),
            "COMMUNITY_COUNT": int(plan.zones[fields.COMMUNITY_CODE].nunique()),
        }
        feedback.pushInfo(
            tr("{zones} responsibility grids in {communities} communities.").format(
                zones=results["ZONE_COUNT"], communities=results["COMMUNITY_COUNT"]
            )
        )
        return results | self.save_report(_report(plan, remarks), parameters, context)

    def _count_by_size(self, grid: gpd.GeoDataFrame, parameters: dict[str, Any], context: QgsProcessingContext) -> int:
        mean = self.parameterAsInt(parameters, "MEAN_CELLS", context)
        from citygrid_plugin.core.responsibility import community_codes  # noqa: PLC0415

        communities = len(set(community_codes(grid)))
        return max(communities, round(len(grid) / mean))

    def _workload(
        self,
        grid: gpd.GeoDataFrame,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> np.ndarray:
        """The workload (n,) of the unit grids, as the parameters say."""
        import numpy as np  # noqa: PLC0415
        import shapely  # noqa: PLC0415

        layers = self.parameterAsLayerList(parameters, "WORKLOAD_LAYERS", context)
        if parameters.get("WORKLOAD_LAYERS") and not layers:
            raise QgsProcessingException(self.invalidSourceError(parameters, "WORKLOAD_LAYERS"))
        if layers:
            progress = self.progress(feedback, 0.1, 0.15)
            return np.sum([_objects_in(grid, layer, feedback, progress) for layer in layers], axis=0)
        name = self.parameterAsString(parameters, "WORKLOAD", context)
        if not name:
            return shapely.area(grid.geometry.to_numpy())
        if column_name(name) not in grid:
            raise UnknownField(layer="GRID", field=name, available=", ".join(attribute_columns(grid)))
        return _numbers(grid[column_name(name)], name, feedback)

    def _remarks(self, plan: Plan) -> list[str]:
        if not plan.disconnected:
            return []
        return [
            tr(
                "{count} responsibility grids have several parts, because their community consists of more "
                "pieces than it has responsibility grids: {codes}."
            ).format(count=len(plan.disconnected), codes=", ".join(plan.disconnected))
        ]


def _objects_in(
    grid: gpd.GeoDataFrame, layer: QgsVectorLayer, feedback: QgsProcessingFeedback, progress: Progress
) -> np.ndarray:
    """How many objects of a layer lie in each unit grid; one on a limit counts once."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    from citygrid_plugin.core.geometry import unplaced  # noqa: PLC0415

    if not layer.isSpatial():
        raise WrongGeometry(layer=layer.name(), wanted=tr("point"))
    objects = frame_from_source(layer, [], progress)
    placed = ~unplaced(objects.geometry.to_numpy())
    if not placed.all():
        message = tr("{count} objects of “{layer}” have no place and were not counted.")
        feedback.pushWarning(message.format(count=int((~placed).sum()), layer=layer.name()))
    if not placed.any():
        return np.zeros(len(grid))
    places = objects[placed].to_crs(grid.crs).geometry.to_numpy()
    places = shapely.point_on_surface(shapely.make_valid(places[~unplaced(places)]))
    item, cell = shapely.STRtree(grid.geometry.to_numpy()).query(places, "intersects")
    _, first = np.unique(item, return_index=True)
    return np.bincount(cell[first], minlength=len(grid)).astype(float)


def _numbers(values: pd.Series, name: str, feedback: QgsProcessingFeedback) -> np.ndarray:
    """A field as workloads; what is missing or negative counts as 0."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from citygrid_plugin.core.responsibility import NotNumeric  # noqa: PLC0415

    if not pd.api.types.is_numeric_dtype(values):
        raise NotNumeric(field=name)
    workload = values.to_numpy(dtype=float, na_value=np.nan)
    huge = workload[workload > _LARGEST_WORKLOAD]
    if len(huge):
        raise BadSetting(name=f"WORKLOAD ({name})", value=huge[0], allowed=f"0 … {_LARGEST_WORKLOAD:g}")
    useless = ~(workload >= 0)
    if useless.any():
        message = tr("{count} unit grids have no workload, or a negative one, in the field “{field}”; it counts as 0.")
        feedback.pushWarning(message.format(count=int(useless.sum()), field=name))
    return np.where(useless, 0.0, workload)


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
    report.heading(tr("Communities"))
    by_community = zones.groupby(fields.COMMUNITY_CODE).agg(
        zones=(fields.RGID, "size"),
        cells=(fields.CELLS, "sum"),
        mean=(fields.WORKLOAD, "mean"),
        least=(fields.WORKLOAD, "min"),
        most=(fields.WORKLOAD, "max"),
    )
    report.table(
        (
            (code, int(row.zones), int(row.cells), float(row.mean), float(row.least), float(row.most))
            for code, row in zip(by_community.index, by_community.itertuples(index=False), strict=True)
        ),
        (
            tr("Code"),
            tr("Responsibility grids"),
            tr("Unit grids"),
            tr("Mean workload"),
            tr("Least workload"),
            tr("Most workload"),
        ),
    )
    return report
