"""``citygrid:createunitgrid``: the unit grid of communities."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import BadSetting, UnknownField
from citygrid_plugin.i18n import tr

from .base import ANY_SOURCE, POLYGON_SOURCE, SINK_POLYGON, CityGridAlgorithm
from .communities import add_field_parameters, chosen_fields, read_communities
from .exchange import attribute_columns
from .records import read_input

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from citygrid_plugin.core.divisions import CodedCommunities
    from citygrid_plugin.storage.report import Report

_DATE_FORMAT = "%Y%m%d"
_OVERLAP_WORTH_A_WORD = 0.5  # m²; less is rounding or a digitising residue


class CreateUnitGrid(CityGridAlgorithm):
    """Cuts communities into coded unit grids."""

    NAME = "createunitgrid"
    TITLE = "Create unit grid"
    TAGS = ("单元网格", "fishnet", "grid", "cells")
    HELP = (
        "Cuts communities into unit grids of about 10,000 m² and codes them.\n\n"
        "Squares lie on one lattice for the whole CRS, so neighbouring districts and later runs align. "
        "They are clipped to the communities; a piece smaller than the least share of a cell joins the "
        "neighbour in its community with which it shares the longest edge. Every grid is one polygon in "
        "one community; grids share their edges exactly.\n\n"
        "Fields that are not chosen are found by name: CommCode, CommName, StrCode, StrName, 社区名称, 街道名称 and "
        "the like. Codes are the community code and a number, west to east, north to south. Communities without "
        "codes get them from the table of division codes by name; the others are numbered and marked "
        "as provisional.\n\n"
        "A layer in degrees or in web map metres is measured in the local CGCS2000 belt (UTM outside China)."
    )

    METHODS = ("Regular squares",)
    TEMPLATES = ("15 digits: 6 + 3 + 3 + 3 (in force today)", "14 digits: 6 + 3 + 3 + 2 (CJ/T 213)")

    def define(self) -> None:
        self.addParameter(QgsProcessingParameterFeatureSource("COMMUNITIES", tr("Communities"), [POLYGON_SOURCE]))
        add_field_parameters(self)
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
        self.add_advanced(
            QgsProcessingParameterEnum("METHOD", tr("Method"), [tr(name) for name in self.METHODS], defaultValue=0)
        )
        self.addParameter(
            QgsProcessingParameterNumber(
                "CELL_AREA",
                tr("Area of a grid (m²)"),
                QgsProcessingParameterNumber.Type.Double,
                defaultValue=10_000,
                minValue=100,
                maxValue=10_000_000,
            )
        )
        self.addParameter(
            QgsProcessingParameterNumber(
                "MIN_RATIO",
                tr("Least share of that area; smaller pieces are merged"),
                QgsProcessingParameterNumber.Type.Double,
                defaultValue=0.5,
                minValue=0,
                maxValue=1,
            )
        )
        self.addParameter(
            QgsProcessingParameterEnum(
                "CODE_TEMPLATE", tr("Code"), [tr(name) for name in self.TEMPLATES], defaultValue=0
            )
        )
        self.add_advanced(
            QgsProcessingParameterString("DATE", tr("Initial date (YYYYMMDD; today if empty)"), optional=True)
        )
        self.add_sink("OUTPUT", tr("Unit grid"), SINK_POLYGON)
        self.add_sink("CODED_COMMUNITIES", tr("Communities with codes"), SINK_POLYGON, optional=True)
        self.add_report()
        self.add_numbers(GRID_COUNT=tr("Unit grids"), COMMUNITY_COUNT=tr("Communities"), STREET_COUNT=tr("Streets"))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.coded_grid import coded_grid  # noqa: PLC0415
        from citygrid_plugin.core.codes import GRID_TEMPLATES, GridTemplate  # noqa: PLC0415
        from citygrid_plugin.core.unit_grid import regular_cells  # noqa: PLC0415

        cell_area = self.number(parameters, "CELL_AREA", context, 100, 10_000_000)
        min_ratio = self.number(parameters, "MIN_RATIO", context, 0, 1)
        template = GRID_TEMPLATES[GridTemplate(self.parameterAsEnum(parameters, "CODE_TEMPLATE", context))]
        source = self.parameterAsSource(parameters, "COMMUNITIES", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "COMMUNITIES"))
        communities = read_communities(
            source, chosen_fields(self, parameters, context), feedback, self.progress(feedback, 0, 0.1)
        )
        coded = self._code(communities.frame, parameters, context, feedback)
        remarks = communities.remarks + self._remarks(coded)
        remarks += self._other_districts(coded, self.parameterAsString(parameters, "DISTRICT_CODE", context).strip())
        cells = regular_cells(
            coded.frame.geometry.to_numpy(), cell_area, min_ratio, self.progress(feedback, 0.15, 0.75)
        )
        grid = coded_grid(coded.frame, cells, template, self._date(parameters, context), cell_area)
        remarks += self._uncovered(coded.frame, grid)
        for remark in remarks[len(communities.remarks) :]:
            feedback.pushWarning(remark)

        results: dict[str, Any] = {
            "OUTPUT": self.write(grid, parameters, "OUTPUT", context, "Polygon", "unit_grid"),
            "GRID_COUNT": len(grid),
            "COMMUNITY_COUNT": len(coded.frame),
            "STREET_COUNT": int(coded.frame[fields.STREET_CODE].nunique()),
        }
        divisions = self.write(coded.frame, parameters, "CODED_COMMUNITIES", context, "MultiPolygon", "communities")
        if divisions:
            results["CODED_COMMUNITIES"] = divisions
        results |= self.save_report(self._report(grid, coded, cell_area, remarks), parameters, context)
        feedback.pushInfo(
            tr("{grids} unit grids in {communities} communities of {streets} streets.").format(
                grids=len(grid), communities=results["COMMUNITY_COUNT"], streets=results["STREET_COUNT"]
            )
        )
        return results

    def _date(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        text = self.parameterAsString(parameters, "DATE", context).strip()
        if not text:
            return datetime.now().astimezone().strftime(_DATE_FORMAT)
        if not (len(text) == len("YYYYMMDD") and text.isascii() and text.isdigit()):
            raise BadSetting(name="DATE", value=text, allowed="YYYYMMDD")
        try:
            return datetime.strptime(text, _DATE_FORMAT).astimezone().strftime(_DATE_FORMAT)
        except ValueError as error:
            raise BadSetting(name="DATE", value=text, allowed="YYYYMMDD") from error

    def _code(
        self,
        communities: gpd.GeoDataFrame,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> CodedCommunities:
        from citygrid_plugin.core.codes import check_district  # noqa: PLC0415
        from citygrid_plugin.core.divisions import code_communities, text  # noqa: PLC0415

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

    def _report(self, grid: gpd.GeoDataFrame, coded: CodedCommunities, cell_area: float, remarks: list[str]) -> Report:
        from citygrid_plugin.storage.report import Report  # noqa: PLC0415

        report = Report(tr("Unit grid"))
        for remark in remarks:
            report.warning(remark)
        area = grid[fields.AREA]
        report.table(
            [
                (tr("Streets"), int(coded.frame[fields.STREET_CODE].nunique())),
                (tr("Communities"), len(coded.frame)),
                (tr("Unit grids"), len(grid)),
                (tr("Area of all grids (m²)"), float(area.sum())),
                (tr("Area of all communities (m²)"), float(coded.frame.area.sum())),
                (
                    tr("Smallest / mean / largest grid (m²)"),
                    " / ".join(f"{value:,.0f}" for value in (area.min(), area.mean(), area.max())),
                ),
                (tr("Coordinate reference system"), grid.crs.name),
            ]
        )
        report.heading(tr("Grids by area"))
        report.table(_by_area(area, cell_area), (tr("Area (m²)"), tr("Unit grids")))
        report.heading(tr("Communities"))
        by_community = grid.groupby(fields.COMMUNITY_CODE)[fields.AREA].agg(["size", "sum"])
        report.table(
            (
                (row.CommCode, row.CommName, row.StrName, int(size), float(total), row.Note)
                for row, (size, total) in zip(
                    coded.frame.itertuples(),
                    by_community.reindex(coded.frame[fields.COMMUNITY_CODE], fill_value=0).to_numpy(),
                    strict=True,
                )
            ),
            (tr("Code"), tr("Community"), tr("Street"), tr("Unit grids"), tr("Area (m²)"), tr("Note")),
        )
        return report


def _listed(codes: list[tuple[str, list[str]]]) -> str:
    return "; ".join(f"{code} ({'、'.join(names)})" for code, names in codes)


def _by_area(area: pd.Series, cell_area: float) -> list[tuple[str, int]]:
    """Counts by share of the cell area: (range in m², count)."""
    import numpy as np  # noqa: PLC0415

    edges = np.array([0, 0.25, 0.5, 0.75, 0.999, 1.001, 1.5, 2, 4, np.inf]) * cell_area
    counts, _ = np.histogram(area, edges)
    return [
        (f"{low:,.0f} – {high:,.0f}" if np.isfinite(high) else f"> {low:,.0f}", int(count))
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
