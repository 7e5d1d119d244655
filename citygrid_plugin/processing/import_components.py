"""``citygrid:importcomponents``: records of the component census as coded components."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
    QgsProcessingUtils,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput
from citygrid_plugin.i18n import tr

from .accounts import (
    ROW_NUMBERS,
    account_results,
    account_rows,
    add_account_numbers,
    explained,
    mapping_rows,
    said,
    say_account,
    worded,
)
from .base import ANY_SOURCE, POLYGON_SOURCE, SINK_ANY, CityGridAlgorithm
from .exchange import attribute_columns
from .grids import read_optional_grid
from .records import read_delivery, read_rules, with_readable_files

if TYPE_CHECKING:
    import geopandas as gpd

    from citygrid_plugin.core.account import Remark
    from citygrid_plugin.core.census import CensusResult
    from citygrid_plugin.core.schemes import Scheme
    from citygrid_plugin.storage.records import Records
    from citygrid_plugin.storage.report import Report


class ImportComponents(CityGridAlgorithm):
    """Imports records of the component census."""

    NAME = "importcomponents"
    TITLE = "Import components"
    TAGS = ("部件", "普查", "census", "assets", "street furniture")
    KEPT = ("EXISTING",)
    HELP = (
        "Turns records of the component census into one coded component layer. Nothing is lost: every record "
        "read is accepted, rejected or skipped, and those that were not taken are in REJECTED with their row, "
        "all their columns, the reason and their place.\n\n"
        "Input: shapefile, GeoPackage, GeoJSON, CSV or any layer of QGIS. The encoding is told from the bytes "
        "of the file, whatever a .cpg says; codes stay text. Coordinates in columns are found by name (经度 / "
        "纬度, lon / lat, x / y) and put right where they are exchanged.\n\n"
        "Mapping: fields are found by their names in Chinese and English. A mapping says otherwise: JSON text, "
        'or the path of a JSON file, such as {{"ObjID": "编号", "ObjState": {{"field": "现状", '
        '"values": {{"1": "完好"}}}}, "ClassCode": {{"value": "0118"}}}}. It can fill: {targets}. '
        "MajorCode is for a class that is given in two columns. A file without a class column may be named "
        "after its class (BJ0118).\n\n"
        "Scheme: the texts of CQSZ10-2007 and CJ/T 214-2007 were not available; the 85 classes come from "
        "tables that cite them, each with its status in the report. The codes of the local classes (major 21) "
        "are not published: load your city's table (columns code, name) as extension. Unknown codes 21xx are "
        "kept and reported; other unknown codes are rejected. The report lists the local classes that are "
        "known by name only.\n\n"
        "Ids: a sound id of 16 digits (district, class, number) is kept. Ids that a spreadsheet damaged, that "
        "name another district or class, or that repeat are replaced, and the old text goes to Note. New "
        "numbers follow the highest that was ever used in the existing components and the file.\n\n"
        "Same class and place (0.01 m) as an earlier record or an existing component: skipped. With a unit "
        "grid, components get its BGID and those outside are rejected; a point on a shared edge gets the lower "
        "code, a line or polygon the grid with its largest part. In Chongqing (district codes 50…) an empty "
        "DeptName1 is filled with the department that answers for the class.\n\n"
        "Existing components: the output holds them unchanged, followed by the new ones, so it may replace "
        "them. A dry run does everything but write the output."
    )

    SCHEMES = ("CQSZ10-2007 / CJ/T 214-2007",)
    DATUMS = ("As the coordinate reference system says", "GCJ-02 (phones, most Chinese web maps)", "BD-09 (Baidu)")

    def shortHelpString(self) -> str:
        return tr(self.HELP).format(targets=", ".join((*fields.COMPONENT, "MajorCode")))

    def define(self) -> None:
        self.addParameter(
            QgsProcessingParameterFeatureSource("INPUT", tr("Census records (file or layer)"), [ANY_SOURCE])
        )
        self.addParameter(
            QgsProcessingParameterEnum("SCHEME", tr("Code scheme"), [tr(name) for name in self.SCHEMES], defaultValue=0)
        )
        self.addParameter(
            QgsProcessingParameterFile(
                "EXTENSION", tr("Local classes of the city (table with code, name)"), optional=True
            )
        )
        self.add_advanced(
            QgsProcessingParameterString(
                "MAPPING", tr("Mapping (JSON, or the path of a JSON file)"), multiLine=True, optional=True
            )
        )
        self.addParameter(QgsProcessingParameterFeatureSource("GRID", tr("Unit grid"), [POLYGON_SOURCE], optional=True))
        self.addParameter(
            QgsProcessingParameterString(
                "DISTRICT_CODE", tr("District code (6 digits; that of the unit grid if empty)"), optional=True
            )
        )
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "EXISTING", tr("Components imported before"), [ANY_SOURCE], optional=True
            )
        )
        self.add_advanced(
            QgsProcessingParameterEnum(
                "SOURCE_DATUM", tr("Coordinates are"), [tr(name) for name in self.DATUMS], defaultValue=0
            )
        )
        self.add_advanced(
            QgsProcessingParameterCrs(
                "SOURCE_CRS", tr("Coordinate reference system of a file that states none"), optional=True
            )
        )
        self.addParameter(
            QgsProcessingParameterBoolean("DRY_RUN", tr("Dry run: check only, write no components"), defaultValue=False)
        )
        self.add_sink("OUTPUT", tr("Components"), SINK_ANY)
        # Made by default although it may be left out: what was not taken should be seen.
        self.addParameter(
            QgsProcessingParameterFeatureSink("REJECTED", tr("Records not taken"), SINK_ANY, optional=True)
        )
        self.add_report()
        add_account_numbers(self)

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:
        return super().checkParameterValues(with_readable_files(parameters, ["INPUT"], context), context)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.census import import_components  # noqa: PLC0415
        from citygrid_plugin.core.component_mapping import TARGETS, component_mapping  # noqa: PLC0415
        from citygrid_plugin.core.datum import Datum  # noqa: PLC0415

        rules = read_rules(self, parameters, "MAPPING", context, TARGETS)
        scheme = self._scheme(parameters, context)
        records = read_delivery(self, parameters, context, self.progress(feedback, 0, 0.2))
        progress = self.progress(feedback, 0.2, 0.35)
        grid = read_optional_grid(self, parameters, "GRID", context, feedback, progress, [fields.BGID])
        existing = self._existing(parameters, context, feedback)
        rules, remarks = component_mapping(records.frame, rules, scheme, records.name)
        result = import_components(
            records.frame,
            rules,
            scheme,
            self._district(parameters, context, grid),
            grid=grid,
            existing=existing,
            datum=Datum(self.parameterAsEnum(parameters, "SOURCE_DATUM", context)),
            progress=self.progress(feedback, 0.4, 0.8),
            layer=records.name,
        )
        remarks = [*records.remarks, *remarks, *result.remarks]
        for remark in remarks:
            feedback.pushWarning(said(remark))
        return self._deliver(result, existing, records, remarks, scheme, parameters, context, feedback)

    def _deliver(
        self,
        result: CensusResult,
        existing: gpd.GeoDataFrame | None,
        records: Records,
        remarks: list[Remark],
        scheme: Scheme,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        results = account_results(result.account)
        written = self._write_any(explained(result.rejected), parameters, "REJECTED", context)
        if written:
            results["REJECTED"] = written
        feedback.setProgress(85)
        if not self.parameterAsBool(parameters, "DRY_RUN", context):
            frame = _accumulated(existing, result.accepted)
            results["OUTPUT"] = self._write_any(frame, parameters, "OUTPUT", context, "components")
        results |= self.save_report(self._report(result, records, remarks, scheme), parameters, context)
        say_account(result.account, feedback)
        return results

    def _write_any(
        self,
        frame: gpd.GeoDataFrame,
        parameters: dict[str, Any],
        name: str,
        context: QgsProcessingContext,
        role: str | None = None,
    ) -> str | None:
        """Write geometries of any type; a memory layer holds but one, so a mixture goes to a temporary file."""
        kind = _geometry_type(frame)
        if kind == "Unknown":
            parameters = parameters | {name: _not_in_memory(parameters.get(name), name, context)}
        return self.write(frame, parameters, name, context, kind, role)

    # Reading the parameters

    def _scheme(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Scheme:
        from citygrid_plugin.storage.scheme_files import SCHEMES, load_extension, load_scheme  # noqa: PLC0415

        scheme = load_scheme(SCHEMES[self.parameterAsEnum(parameters, "SCHEME", context)])
        extension = self.parameterAsFile(parameters, "EXTENSION", context)
        if not extension:
            return scheme
        path = Path(extension)
        return scheme.with_extension(load_extension(path), path.name)

    def _existing(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> gpd.GeoDataFrame | None:
        """Earlier components; None where the layer is still empty."""
        from citygrid_plugin.storage.records import records_of  # noqa: PLC0415

        try:
            frame = self.read_optional(parameters, "EXISTING", context, self.progress(feedback, 0.35, 0.4))
        except EmptyInput:
            return None
        if frame is None:
            return None
        frame = frame.drop(columns=[name for name in attribute_columns(frame) if name.casefold() in ROW_NUMBERS])
        return records_of(frame, "EXISTING").frame

    def _district(
        self, parameters: dict[str, Any], context: QgsProcessingContext, grid: gpd.GeoDataFrame | None
    ) -> str:
        from citygrid_plugin.core.codes import DISTRICT_DIGITS, check_district  # noqa: PLC0415

        text = self.parameterAsString(parameters, "DISTRICT_CODE", context).strip()
        if not text and grid is not None:
            districts = grid[fields.BGID].dropna().astype(str).str[:DISTRICT_DIGITS].unique()
            text = districts[0] if len(districts) == 1 else ""
        return check_district(text)

    # Report

    def _report(self, result: CensusResult, records: Records, remarks: list[Remark], scheme: Scheme) -> Report:
        from citygrid_plugin.core.schemes import COMPONENT  # noqa: PLC0415
        from citygrid_plugin.storage.report import Report  # noqa: PLC0415

        report = Report(tr("Component census"))
        for remark in remarks:
            report.warning(said(remark))
        account = result.account
        report.table(
            [
                (tr("Source"), records.name),
                (tr("Encoding"), records.encoding or "–"),
                (tr("Code scheme"), scheme.title),
                (tr("Coordinate reference system"), result.accepted.crs.name),
                *account_rows(account),
            ]
        )
        if account.reasons:
            report.heading(tr("Records not taken"))
            rows = [(worded(key).format(value="…"), count) for key, count in account.reasons.items()]
            report.table(rows, (tr("Reason"), tr("Records")))
        report.heading(tr("Classes"))
        report.paragraph(tr(scheme.remark))
        report.table(
            result.classes.itertuples(index=False), (tr("Code"), tr("Class"), tr("Status of the code"), tr("Records"))
        )
        report.heading(tr("Local classes whose code is not assigned"))
        candidates = scheme.candidates[scheme.candidates["kind"] == COMPONENT]
        report.table(candidates[["name", "status"]].itertuples(index=False), (tr("Class"), tr("Status of the code")))
        report.heading(tr("Mapping"))
        report.table(mapping_rows(result.mapping), (tr("Field"), tr("Filled from")))
        return report


def _accumulated(existing: gpd.GeoDataFrame | None, accepted: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Existing components as they are, followed by the new ones."""
    import pandas as pd  # noqa: PLC0415

    if existing is None:
        return accepted
    if existing.crs is not None:
        existing = existing.to_crs(accepted.crs)
    return pd.concat([existing, accepted], ignore_index=True)


def _not_in_memory(value: Any, name: str, context: QgsProcessingContext) -> Any:  # noqa: ANN401
    """A sink parameter with a temporary GeoPackage in place of a memory layer."""
    definition = value if isinstance(value, QgsProcessingOutputLayerDefinition) else None
    sink = definition.sink.valueAsString(context.expressionContext(), "")[0] if definition else str(value or "")
    if sink != QgsProcessing.TEMPORARY_OUTPUT and not sink.startswith("memory:"):
        return value
    path = QgsProcessingUtils.generateTempFilename(f"{name.lower()}.gpkg", context)
    if definition is None:
        return path
    result = QgsProcessingOutputLayerDefinition(path, definition.destinationProject)
    result.destinationName = definition.destinationName
    return result


def _geometry_type(frame: gpd.GeoDataFrame) -> str:
    """The one type that holds all geometries."""
    kinds = {kind.removeprefix("Multi") for kind in frame.geometry.dropna().geom_type.unique()}
    if len(kinds) > 1 or kinds - {"Point", "LineString", "Polygon"}:
        return "Unknown"
    several = frame.geometry.dropna().geom_type.str.startswith("Multi").any()
    kind = next(iter(kinds), "Point")
    return kind if kind == "Point" and not several else f"Multi{kind}"
