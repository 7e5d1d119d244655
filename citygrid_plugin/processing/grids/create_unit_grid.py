"""``citygrid:createunitgrid``: the unit grid of communities."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError, UnknownField
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.barriers import ReadBarriers, add_barrier_parameters, barriers_given, read_barriers
from citygrid_plugin.processing.base import ANY_SOURCE, POLYGON_SOURCE, SINK_POLYGON, SINK_TABLE, CityGridAlgorithm
from citygrid_plugin.processing.communities import add_field_parameters, chosen_fields, read_communities
from citygrid_plugin.processing.days import read_date
from citygrid_plugin.processing.exchange import attribute_columns
from citygrid_plugin.processing.grid_layers import polygon_type, read_previous
from citygrid_plugin.processing.records import read_input

from .unit_grid_report import Made, unit_grid_report

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from citygrid_plugin.core.codes import CodeTemplate
    from citygrid_plugin.core.grids.divisions import CodedCommunities
    from citygrid_plugin.core.grids.quality import Quality
    from citygrid_plugin.core.spatial.coverage import Faces

_OVERLAP_WORTH_A_WORD = 0.5  # m²; less is rounding or a digitising residue
_AREA, _LEAST_AREA, _LARGEST_AREA = 10_000, 100, 10_000_000  # m²
_LEAST_MAX_RATIO, _LARGEST_MAX_RATIO = 1.1, 10.0  # ours: a cut in two must leave parts that are not too small


class TwoSizes(CityGridError):
    """Side and area of a grid that contradict each other."""

    template = "SIDE is {side} m, that is {square} m², but CELL_AREA is {area} m². Give only one of the two."


@dataclass(frozen=True)
class _Settings:
    """The numbers that a run goes by; areas in m², ``rotation`` in degrees or None for that of the streets."""

    along_streets: bool
    cell_area: float
    min_ratio: float
    max_ratio: float
    compound_limit: float
    rotation: float | None
    template: CodeTemplate
    date: str


class CreateUnitGrid(CityGridAlgorithm):
    """Cuts communities into coded unit grids."""

    NAME = "createunitgrid"
    TITLE = "Create unit grid"
    TAGS = ("单元网格", "fishnet", "grid", "cells", "streets", "blocks")
    KEPT = ("PREVIOUS_GRID",)
    HELP = (
        "Cuts communities into unit grids of about 10,000 m² and codes them. Every grid is one polygon in one "
        "community; grids share their edges exactly.\n\n"
        "Regular squares lie on one lattice for the whole CRS, so neighbouring districts and later runs align. "
        "They are clipped to the communities; a piece smaller than the least share of a cell joins the "
        "neighbour in its community with which it shares the longest edge.\n\n"
        "Along streets, the barriers divide each community into blocks. Blocks too large are cut into compact parts of "
        "similar area: along dead-end streets where the sizes allow, else square to their long side. Blocks too small "
        "merge across the weakest barrier, never across a community limit, and across a strong barrier only where "
        "there is no other way. Ends that miss a crossing by a few metres are closed, and the strip between two "
        "carriageways makes no grid of its own. Compounds are not cut, unless they are larger than their limit.\n\n"
        "Barriers are strong, normal or weak, as the strength field says (0 to 3, or none, weak, normal, strong). "
        "Layers of OpenStreetMap without that field go by their classes: motorways, trunk roads, railways, rivers, "
        "coasts and the shores of waters are strong; other streets, walls and fences normal; service ways, tracks, "
        "trams, streams and ditches weak; footways, driveways, and roads and railways in tunnels bound nothing. In "
        "all other layers every line and outline is normal.\n\n"
        "Fields that are not chosen are found by name: CommCode, CommName, StrCode, StrName, 社区名称, 街道名称 and "
        "the like. Codes are the community code and a number, west to east, north to south. Communities without "
        "codes get them from the table of division codes by name; the others are numbered and marked "
        "as provisional.\n\n"
        "With the previous unit grid, a grid that is essentially the same keeps its code, new ones get numbers that "
        "were never used, and those that are gone stay in the layer with an end date. The crosswalk lists what "
        "became of each; in a workspace, its rows are added to those that are there.\n\n"
        "A layer in degrees or in web map metres is measured in the local CGCS2000 belt (UTM outside China)."
    )

    METHODS = ("Regular squares", "Along streets")
    TEMPLATES = ("15 digits: 6 + 3 + 3 + 3 (in force today)", "14 digits: 6 + 3 + 3 + 2 (CJ/T 213)")

    def define(self) -> None:
        self.addParameter(QgsProcessingParameterFeatureSource("COMMUNITIES", tr("Communities"), [POLYGON_SOURCE]))
        self._define_cutting()
        self.addParameter(
            QgsProcessingParameterString(
                "DISTRICT_CODE", tr("District code (6 digits), for communities without codes"), optional=True
            )
        )
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "DIVISION_CODES",
                tr("Table of division codes (columns code, name)"),
                [ANY_SOURCE],
                optional=True,
            )
        )
        self.addParameter(
            QgsProcessingParameterEnum(
                "CODE_TEMPLATE", tr("Code"), [tr(name) for name in self.TEMPLATES], defaultValue=0
            )
        )
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "PREVIOUS_GRID", tr("Previous unit grid, whose codes are kept"), [POLYGON_SOURCE], optional=True
            )
        )
        self._define_advanced()
        self.add_sink("OUTPUT", tr("Unit grid"), SINK_POLYGON)
        self.add_sink("CODED_COMMUNITIES", tr("Communities with codes"), SINK_POLYGON, optional=True)
        self.add_sink("CROSSWALK", tr("Crosswalk from the previous unit grid"), SINK_TABLE, optional=True)
        self.add_report()
        self.add_numbers(
            GRID_COUNT=tr("Unit grids"),
            COMMUNITY_COUNT=tr("Communities"),
            STREET_COUNT=tr("Streets"),
            CLOSED_COUNT=tr("Closed unit grids"),
        )

    def _define_cutting(self) -> None:
        """How the communities are cut."""
        self.addParameter(
            QgsProcessingParameterEnum("METHOD", tr("Method"), [tr(name) for name in self.METHODS], defaultValue=0)
        )
        add_barrier_parameters(self)
        self.addParameter(_number("CELL_AREA", tr("Area of a grid (m²)"), _AREA, _LEAST_AREA, _LARGEST_AREA))
        self.addParameter(_number("MIN_RATIO", tr("Least share of that area; smaller pieces are merged"), 0.5, 0, 1))

    def _define_advanced(self) -> None:
        """What is folded away."""
        add_field_parameters(self)
        label = tr("Largest multiple of that area; larger blocks are cut (along streets)")
        self.add_advanced(_number("MAX_RATIO", label, 1.5, _LEAST_MAX_RATIO, _LARGEST_MAX_RATIO))
        label = tr("Area from which compounds are cut, too (m²; along streets)")
        self.add_advanced(_number("COMPOUND_LIMIT", label, 40_000, 0, 1e9))
        label = tr("Side of a square (m), in place of its area")
        self.add_advanced(_number("SIDE", label, None, math.sqrt(_LEAST_AREA), math.sqrt(_LARGEST_AREA)))
        label = tr("Rotation of the squares (degrees, counter-clockwise; regular squares)")
        self.add_advanced(_number("ROTATION", label, 0, -360, 360))
        label = tr("Rotate the squares to the main direction of the barriers (regular squares)")
        self.add_advanced(QgsProcessingParameterBoolean("ROTATE_TO_STREETS", label, defaultValue=False))
        label = tr("Date (YYYYMMDD; today if empty): the initial date, and the end date of what is closed")
        self.add_advanced(QgsProcessingParameterString("DATE", label, optional=True))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        settings = self._settings(parameters, context)
        source = self.source(parameters, "COMMUNITIES", context)
        communities = read_communities(
            source, chosen_fields(self, parameters, context), feedback, self.progress(feedback, 0, 0.1)
        )
        coded = self._code(communities.frame, parameters, context, feedback)
        previous = read_previous(self, parameters, context, self.progress(feedback, 0.15, 0.18))
        read, rotation = self._barriers(settings, coded.frame, parameters, context, feedback)
        cells = self._cells(coded.frame, read, rotation, settings, feedback)
        made = self._coded(coded, cells, previous, settings, feedback)
        remarks = self._remarks(coded)
        if previous is None and parameters.get("PREVIOUS_GRID"):
            remarks.append(tr("The previous unit grid has no row: all numbers are new, and there is no crosswalk."))
        remarks += self._other_districts(coded, self.parameterAsString(parameters, "DISTRICT_CODE", context).strip())
        remarks += [*read.remarks, *made.remarks, *self._uncovered(coded.frame, made.current)]
        for remark in remarks:
            feedback.pushWarning(remark)
        made.remarks = communities.remarks + remarks
        made.barriers, made.rotation = read.counts, rotation
        if settings.along_streets and self.parameterAsFileOutput(parameters, "REPORT", context):
            made.quality = self._quality(coded.frame, cells, read, settings, feedback)
        return self._deliver(made, parameters, context, feedback)

    # Parameters

    def _settings(self, parameters: dict[str, Any], context: QgsProcessingContext) -> _Settings:
        from citygrid_plugin.core.codes import GRID_TEMPLATES, GridTemplate  # noqa: PLC0415

        to_streets = self.parameterAsBool(parameters, "ROTATE_TO_STREETS", context)
        return _Settings(
            along_streets=self.parameterAsEnum(parameters, "METHOD", context) == 1,
            cell_area=self._cell_area(parameters, context),
            min_ratio=self.number(parameters, "MIN_RATIO", context, 0, 1),
            max_ratio=self.number(parameters, "MAX_RATIO", context, _LEAST_MAX_RATIO, _LARGEST_MAX_RATIO),
            compound_limit=self.number(parameters, "COMPOUND_LIMIT", context, 0, 1e9),
            rotation=None if to_streets else self.number(parameters, "ROTATION", context, -360, 360),
            template=GRID_TEMPLATES[GridTemplate(self.parameterAsEnum(parameters, "CODE_TEMPLATE", context))],
            date=read_date(self, parameters, context),
        )

    def _cell_area(self, parameters: dict[str, Any], context: QgsProcessingContext) -> float:
        """CELL_AREA, or the square of SIDE; raises ``TwoSizes`` where both are given and differ."""
        area = self.number(parameters, "CELL_AREA", context, _LEAST_AREA, _LARGEST_AREA)
        if parameters.get("SIDE") is None:
            return area
        side = self.number(parameters, "SIDE", context, math.sqrt(_LEAST_AREA), math.sqrt(_LARGEST_AREA))
        if area != _AREA and not math.isclose(area, side**2, rel_tol=1e-6):
            raise TwoSizes(side=f"{side:g}", square=f"{side**2:g}", area=f"{area:g}")
        return side**2

    # Cutting

    def _barriers(
        self,
        settings: _Settings,
        communities: gpd.GeoDataFrame,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> tuple[ReadBarriers, float]:
        """The barriers, read only where the method uses them, and the rotation of the squares in degrees."""
        from citygrid_plugin.core.grids.unit_grid import main_direction  # noqa: PLC0415
        from citygrid_plugin.core.streets.barriers import Barriers  # noqa: PLC0415

        given = barriers_given(parameters)
        to_streets = settings.rotation is None and not settings.along_streets
        if not (settings.along_streets or to_streets):
            read = ReadBarriers(Barriers.none())
            if given:
                read.remarks.append(
                    tr("Regular squares do not follow barriers; those given were not used. “Along streets” does.")
                )
            return read, settings.rotation or 0.0
        progress = self.progress(feedback, 0.18, 0.25)
        read = read_barriers(self, parameters, context, feedback, communities, progress)
        if settings.along_streets:
            if not given:
                read.remarks.append(
                    tr("No barriers were given: the communities are only divided into compact parts of similar size.")
                )
            return read, 0.0
        if not len(read.barriers.line):
            read.remarks.append(tr("There are no barriers to rotate the squares to; they stand north to south."))
        rotation = main_direction(read.barriers.line)
        feedback.pushInfo(tr("The squares are rotated by {angle}°.").format(angle=f"{rotation:.2f}"))
        return read, rotation

    def _cells(
        self,
        communities: gpd.GeoDataFrame,
        read: ReadBarriers,
        rotation: float,
        settings: _Settings,
        feedback: QgsProcessingFeedback,
    ) -> Faces:
        """The cells, not coded yet."""
        outlines, progress = communities.geometry.to_numpy(), self.progress(feedback, 0.25, 0.75)
        if not settings.along_streets:
            from citygrid_plugin.core.grids.unit_grid import regular_cells  # noqa: PLC0415

            return regular_cells(outlines, settings.cell_area, settings.min_ratio, progress, rotation=rotation)
        from citygrid_plugin.core.streets.blocks import street_cells  # noqa: PLC0415

        return street_cells(
            outlines,
            read.barriers,
            settings.cell_area,
            settings.min_ratio,
            settings.max_ratio,
            settings.compound_limit,
            progress,
        )

    def _coded(
        self,
        coded: CodedCommunities,
        cells: Faces,
        previous: gpd.GeoDataFrame | None,
        settings: _Settings,
        feedback: QgsProcessingFeedback,
    ) -> Made:
        """The coded grid, as new or with the codes of the previous one."""
        from citygrid_plugin.core.grids.coded_grid import coded_grid, renewed_grid  # noqa: PLC0415
        from citygrid_plugin.core.grids.stability import TEXTS, current  # noqa: PLC0415

        template, date, area = settings.template, settings.date, settings.cell_area
        if previous is None:
            grid = coded_grid(coded.frame, cells, template, date, area)
            return Made(coded, area, grid, grid)
        progress = self.progress(feedback, 0.75, 0.8)
        renewed = renewed_grid(coded.frame, cells, template, date, area, previous, progress)
        made = Made(coded, area, renewed.frame, renewed.frame[current(renewed.frame)], renewed.crosswalk)
        made.remarks = [tr(TEXTS[key]).format(count=count) for key, count in renewed.remarks.items()]
        return made

    def _quality(
        self,
        communities: gpd.GeoDataFrame,
        cells: Faces,
        read: ReadBarriers,
        settings: _Settings,
        feedback: QgsProcessingFeedback,
    ) -> Quality:
        from citygrid_plugin.core.grids.quality import measure  # noqa: PLC0415

        progress = self.progress(feedback, 0.8, 0.9)
        outlines = communities.geometry.to_numpy()
        return measure(cells.polygon, outlines, read.barriers, settings.cell_area, progress)

    def _deliver(
        self,
        made: Made,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Write the outputs; returns the results."""
        communities = made.coded.frame
        results: dict[str, Any] = {
            "OUTPUT": self.write(made.grid, parameters, "OUTPUT", context, polygon_type(made.grid), "unit_grid"),
            "GRID_COUNT": len(made.current),
            "COMMUNITY_COUNT": len(communities),
            "STREET_COUNT": int(communities[fields.STREET_CODE].nunique()),
            "CLOSED_COUNT": len(made.grid) - len(made.current),
        }
        divisions = self.write(communities, parameters, "CODED_COMMUNITIES", context, "MultiPolygon", "communities")
        if divisions:
            results["CODED_COMMUNITIES"] = divisions
        if made.crosswalk is not None:
            # What earlier renewals and corrections by hand have written down stays.
            written = self.write(made.crosswalk, parameters, "CROSSWALK", context, "NoGeometry", adds=True)
            if written:
                results["CROSSWALK"] = written
        results |= self.save_report(unit_grid_report(made), parameters, context)
        feedback.pushInfo(
            tr("{grids} unit grids in {communities} communities of {streets} streets.").format(
                grids=results["GRID_COUNT"], communities=results["COMMUNITY_COUNT"], streets=results["STREET_COUNT"]
            )
        )
        return results

    def _code(
        self,
        communities: gpd.GeoDataFrame,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> CodedCommunities:
        from citygrid_plugin.core.codes import check_district  # noqa: PLC0415
        from citygrid_plugin.core.grids.divisions import code_communities, text  # noqa: PLC0415

        district = self.parameterAsString(parameters, "DISTRICT_CODE", context).strip()
        coded = fields.COMMUNITY_CODE in communities and (text(communities[fields.COMMUNITY_CODE]) != "").all()
        if district or not coded:
            district = check_district(district)
        return code_communities(communities, district, self._division_codes(parameters, context, feedback))

    def _division_codes(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> pd.DataFrame | None:
        """The table of division codes, its two columns found without regard to case."""
        records = read_input(self, parameters, "DIVISION_CODES", context, self.progress(feedback, 0.1, 0.15))
        if records is None:
            return None
        table = records.frame
        lower = {str(name).lower(): name for name in table.columns}
        for name in ("code", "name"):
            if name not in lower:
                available = ", ".join(map(str, attribute_columns(table)))
                raise UnknownField(layer="DIVISION_CODES", field=name, available=available)
        return table.rename(columns={lower["code"]: "code", lower["name"]: "name"})[["code", "name"]]

    def _remarks(self, coded: CodedCommunities) -> list[str]:
        remarks = []
        if coded.provisional_streets or coded.provisional_communities:
            remarks.append(
                tr(
                    "{streets} streets and {communities} communities have no official code in the data; "
                    "they carry provisional numbers, marked in the field Note."
                ).format(streets=coded.provisional_streets, communities=coded.provisional_communities)
            )
        if coded.repeated_names:
            remarks.append(
                tr("These names occur more than once in a street; each row was kept as a community: {names}.").format(
                    names="、".join(coded.repeated_names)
                )
            )
        if coded.broken_names:
            remarks.append(
                tr("{count} community names hold broken characters (wrong encoding in the source).").format(
                    count=coded.broken_names
                )
            )
        if coded.joined_rows:
            remarks.append(
                tr("{count} rows repeat the code of another row and were joined with it.").format(
                    count=coded.joined_rows
                )
            )
        if coded.shared_codes:
            remarks.append(
                tr("These codes stand beside different names; their rows were joined: {codes}.").format(
                    codes=_listed(coded.shared_codes)
                )
            )
        if coded.ambiguous_codes:
            remarks.append(
                tr("The table of division codes gives one code to several names, so it was not used: {codes}.").format(
                    codes=_listed(coded.ambiguous_codes)
                )
            )
        return remarks

    def _other_districts(self, coded: CodedCommunities, district: str) -> list[str]:
        """A remark where given codes contradict the district code."""
        codes = coded.frame[fields.DIST_CODE]
        other = codes[codes != district]
        if not district or not len(other):
            return []
        return [
            tr(
                "{count} of {total} communities have codes that do not begin with the district code {district}; "
                "their own codes were kept ({codes})."
            ).format(
                count=len(other),
                total=len(codes),
                district=district,
                codes=", ".join(f"{code}: {number}" for code, number in other.value_counts().sort_index().items()),
            )
        ]

    def _uncovered(self, communities: gpd.GeoDataFrame, grid: gpd.GeoDataFrame) -> list[str]:
        """Communities whose grids do not fill them: they lie under other communities."""
        area = communities.area.groupby(communities[fields.COMMUNITY_CODE]).sum()
        filled = grid.area.groupby(grid[fields.COMMUNITY_CODE]).sum().reindex(area.index, fill_value=0.0)
        lost = area - filled
        names = communities.set_index(fields.COMMUNITY_CODE)[fields.COMMUNITY_NAME]
        return [
            tr(
                "“{name}” ({code}) lies under its neighbours with {area} m²; that place was given to the "
                "smaller community."
            ).format(name=names[code], code=code, area=f"{lost[code]:,.1f}")
            for code in lost.index[lost > _OVERLAP_WORTH_A_WORD]
        ]


def _number(name: str, label: str, default: float | None, low: float, high: float) -> QgsProcessingParameterNumber:
    """A parameter of a decimal number; without a default it is optional."""
    return QgsProcessingParameterNumber(
        name,
        label,
        QgsProcessingParameterNumber.Type.Double,
        defaultValue=default,
        optional=default is None,
        minValue=low,
        maxValue=high,
    )


def _listed(codes: list[tuple[str, list[str]]]) -> str:
    return "; ".join(f"{code} ({'、'.join(names)})" for code, names in codes)
