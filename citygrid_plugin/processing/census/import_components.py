"""``citygrid:importcomponents``: records of the component census as coded components."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.accounts import (
    ROW_NUMBERS,
    account_results,
    add_account_numbers,
    rule_texts,
    said,
    say_account,
    without_own_names,
)
from citygrid_plugin.processing.base import (
    ANY_SOURCE,
    POLYGON_SOURCE,
    SINK_ANY,
    SINK_TABLE,
    CityGridAlgorithm,
    geometry_type,
    not_in_memory,
    workspace_of,
)
from citygrid_plugin.processing.grid_layers import read_optional_grid
from citygrid_plugin.processing.records import DATUMS, add_coordinates, add_mapping, with_readable_files
from citygrid_plugin.processing.schemes import add_scheme, read_scheme

from .census_files import (
    deliveries_of,
    listed_files,
    read_all,
    read_mappings,
)
from .census_report import census_report

if TYPE_CHECKING:
    import geopandas as gpd

    from citygrid_plugin.core.census.census_account import CensusResult
    from citygrid_plugin.core.census.census_renewal import Renewing
    from citygrid_plugin.core.schemes import Scheme

_NEAR = 0.5  # metres; core.census.NEAR, which is not loaded at the start of QGIS
_LARGEST_NEAR = 1000.0


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
        "Input: a layer of QGIS in INPUT; in FILES any number of files, folders and zip archives (shapefile, "
        "GeoPackage, GeoJSON, KML, DXF, CSV, Excel …). The encoding is told from the bytes of a file, whatever a "
        ".cpg says; codes stay text. Coordinates in columns are found by name (经度 / 纬度, lon / lat, x / y) and put "
        "right where they are exchanged. REJECTED, repaired, can be imported again as it is.\n\n"
        "Mapping: fields are found by their names in Chinese and English. A mapping says otherwise: JSON text, "
        'or the path of a JSON file, such as {{"ObjID": "编号", "ObjState": {{"field": "现状", '
        '"values": {{"1": "完好"}}}}, "ClassCode": {{"value": "0118"}}}}. It can fill: {targets}. '
        "MajorCode is for a class that is given in two columns. A file without a class column may be named "
        "after its class (BJ0118). A list of saved mappings may name the file and layer that each is for; of "
        "several files, those that lack a column of the mapping are read by the names of their own.\n\n"
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
        "code, a line or polygon the grid with its largest part, and none is cut. In Chongqing (district codes 50…) "
        "an empty DeptName1 is filled with the department that answers for the class.\n\n"
        'Rules: each has a level, which LEVELS changes as in {{"near_duplicate": "reject"}}: reject, skip, warn '
        "or off. They are: {rules}. PROBLEMS shows each finding at its place, SUMMARY counts them by file, class and "
        "rule.\n\n"
        "Existing components: the output holds them unchanged, followed by the new ones, so it may replace "
        "them. UPDATE renews them instead: records are matched by id, else by class and place; what is changed or "
        "moved is taken over, ids and initial dates stay, and what the delivery lacks of its classes gets an end date "
        "only where that is asked for. COVERED says what counts as missing: a delivery of some communities need not "
        "close the components of the others. CHANGES shows each change.\n\n"
        "A dry run does everything but write the output. An import that was interrupted is simply started again: "
        "nothing is taken twice. Where the output is a layer of a workspace, a row in its table census_log "
        "tells of each import."
    )

    UPDATES = ("left as they are", "renewed", "renewed, and closed where they are missing")
    COVERS = (
        "components of its classes",
        "components of its classes in the communities that it reaches",
        "components of its classes in the unit grids that it reaches",
        "all components",
    )
    DATUMS = DATUMS

    def shortHelpString(self) -> str:
        from citygrid_plugin.core.census.census_rules import RULES  # noqa: PLC0415 - loads pandas

        rules = ", ".join(f"{rule.key} ({rule.level})" for rule in RULES.values())
        return tr(self.HELP).format(targets=", ".join((*fields.COMPONENT, "MajorCode")), rules=rules)

    def define(self) -> None:
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "INPUT", tr("Census records (file or layer)"), [ANY_SOURCE], optional=True
            )
        )
        self.addParameter(
            QgsProcessingParameterMultipleLayers(
                "FILES",
                tr("Files, folders or zip archives with records"),
                QgsProcessing.SourceType.TypeFile,
                optional=True,
            )
        )
        add_scheme(self)
        add_mapping(self)
        self.add_advanced(
            QgsProcessingParameterString(
                "ENCODING", tr("Encoding of the files (told from their bytes if empty)"), optional=True
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
        add_coordinates(self)
        self.add_advanced(
            QgsProcessingParameterFeatureSource(
                "PLACE", tr("District, where the unit grid does not fill it"), [POLYGON_SOURCE], optional=True
            )
        )
        self.add_advanced(
            QgsProcessingParameterNumber(
                "NEAR_DISTANCE",
                tr("Distance within which components of one class are almost at the same place (m)"),
                Qgis.ProcessingNumberParameterType.Double,
                _NEAR,
                minValue=0,
                maxValue=_LARGEST_NEAR,
            )
        )
        self.add_advanced(
            QgsProcessingParameterString("LEVELS", tr("Levels of rules (JSON)"), multiLine=True, optional=True)
        )
        self.addParameter(
            QgsProcessingParameterEnum(
                "UPDATE", tr("Components imported before are"), [tr(name) for name in self.UPDATES], defaultValue=0
            )
        )
        self.add_advanced(
            QgsProcessingParameterString(
                "DATE", tr("End date of missing components (YYYYMMDD; today if empty)"), optional=True
            )
        )
        self.add_advanced(
            QgsProcessingParameterEnum(
                "COVERED",
                tr("What the delivery lacks is missing among"),
                [tr(name) for name in self.COVERS],
                defaultValue=0,
            )
        )
        self.add_advanced(
            QgsProcessingParameterNumber(
                "MOVE_DISTANCE",
                tr("Distance from which a component has moved (m; that of almost the same place if empty)"),
                Qgis.ProcessingNumberParameterType.Double,
                optional=True,
                minValue=0,
                maxValue=_LARGEST_NEAR,
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
        self.add_sink("PROBLEMS", tr("Findings"), QgsProcessing.SourceType.TypeVectorPoint, optional=True)
        self.add_sink("CHANGES", tr("Changes of the components imported before"), SINK_ANY, optional=True)
        self.add_sink("SUMMARY", tr("Counts by file, class and rule"), SINK_TABLE, optional=True)
        self.add_report()
        add_account_numbers(self)

    def checkable(self, parameters: dict[str, Any], context: QgsProcessingContext) -> dict[str, Any]:
        # FILES may be folders and formats that QGIS opens in no way; our reader says what is wrong with them.
        values = {name: value for name, value in parameters.items() if name != "FILES"}
        return with_readable_files(values, ["INPUT"], context)

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.core.census.census import import_components  # noqa: PLC0415
        from citygrid_plugin.core.census.census_rules import parse_levels  # noqa: PLC0415
        from citygrid_plugin.core.spatial.datum import Datum  # noqa: PLC0415
        from citygrid_plugin.storage.census_log import highest_numbers, logged  # noqa: PLC0415

        levels = parse_levels(self.parameterAsString(parameters, "LEVELS", context))
        near = self.number(parameters, "NEAR_DISTANCE", context, 0, _LARGEST_NEAR)
        mappings = read_mappings(self, parameters, context)
        workspace = workspace_of(parameters.get("OUTPUT"), context)
        scheme = read_scheme(self, parameters, context, workspace)
        read = read_all(self, parameters, context, feedback, mappings, self.progress(feedback, 0, 0.2))
        progress = self.progress(feedback, 0.2, 0.35)
        grid = read_optional_grid(self, parameters, "GRID", context, feedback, progress, [fields.BGID])
        district = self._district(parameters, context, grid)
        existing = self._existing(parameters, context, feedback)
        deliveries, remarks = deliveries_of(read, mappings, scheme)
        result = import_components(
            deliveries,
            scheme,
            district,
            grid=grid,
            existing=existing,
            datum=Datum(self.parameterAsEnum(parameters, "SOURCE_DATUM", context)),
            levels=levels,
            near=near,
            place=self.read_optional(parameters, "PLACE", context, self.progress(feedback, 0.38, 0.4), []),
            reserved=highest_numbers(workspace),
            renewing=self._renewing(parameters, context),
            texts=rule_texts(),
            progress=self.progress(feedback, 0.4, 0.8),
        )
        remarks = [*remarks, *result.remarks]
        for remark in remarks:
            feedback.pushWarning(said(remark))
        report = census_report(result, read.records, read.failed, remarks, scheme)
        del read, deliveries, grid  # what was read is not needed to write
        with self.all_or_none():
            results = self._deliver(result, existing, parameters, context, feedback)
            if workspace is not None and "OUTPUT" in results:
                self.write_layer(workspace, logged(workspace, _log_row(result, scheme, district, levels)))
        results |= self.save_report(report, parameters, context)
        say_account(result.account, feedback)
        return results

    def _deliver(
        self,
        result: CensusResult,
        existing: gpd.GeoDataFrame | None,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Write the layers."""
        results = account_results(result.account)
        written: dict[str, str | None] = {}
        written["REJECTED"] = self._write_any(without_own_names(result.rejected), parameters, "REJECTED", context)
        if parameters.get("PROBLEMS"):
            problems = result.problems(rule_texts())
            written["PROBLEMS"] = self.write(problems, parameters, "PROBLEMS", context, "Point")
        if result.renewal is not None:
            written["CHANGES"] = self._write_any(result.renewal.changes, parameters, "CHANGES", context)
        if parameters.get("SUMMARY"):
            written["SUMMARY"] = self.write(result.summary, parameters, "SUMMARY", context, "NoGeometry")
        feedback.setProgress(85)
        if not self.parameterAsBool(parameters, "DRY_RUN", context):
            frame = _accumulated(existing, result.accepted) if result.renewal is None else result.renewal.components
            written["OUTPUT"] = self._write_any(frame, parameters, "OUTPUT", context, "components")
        return results | {name: layer for name, layer in written.items() if layer}

    def _write_any(
        self,
        frame: gpd.GeoDataFrame,
        parameters: dict[str, Any],
        name: str,
        context: QgsProcessingContext,
        role: str | None = None,
    ) -> str | None:
        """Write geometries of any type; a memory layer holds but one, so a mixture goes to a temporary file."""
        kind = geometry_type(frame)
        if kind == "Unknown":
            parameters = parameters | {name: not_in_memory(parameters.get(name), name, context)}
        return self.write(frame, parameters, name, context, kind, role)

    # Reading the parameters

    def _source_files(self, parameters: dict[str, Any], context: QgsProcessingContext) -> set[Path]:
        """The files of FILES too, which QGIS would try to open as layers."""
        own = {path.resolve() for path in listed_files(self, parameters, context)}
        return own | super()._source_files(parameters | {"FILES": None}, context)

    def _existing(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> gpd.GeoDataFrame | None:
        """Earlier components; None where the layer is still empty."""
        from citygrid_plugin.storage.readers.records import records_of  # noqa: PLC0415

        if not parameters.get("EXISTING"):
            return None
        names = self.source(parameters, "EXISTING", context).fields().names()
        columns = [name for name in names if name.casefold() not in ROW_NUMBERS]
        try:
            frame = self.read(parameters, "EXISTING", context, self.progress(feedback, 0.35, 0.4), columns)
        except EmptyInput:
            return None
        return records_of(frame, "EXISTING").frame

    def _renewing(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Renewing | None:
        """How UPDATE renews the existing components; None where they stay as they are."""
        from citygrid_plugin.core.census.census_renewal import Covered, Renewing  # noqa: PLC0415

        update = self.parameterAsEnum(parameters, "UPDATE", context)
        if not update:
            return None
        date = self.parameterAsString(parameters, "DATE", context).strip()
        farthest = parameters.get("MOVE_DISTANCE")
        return Renewing(
            date or datetime.now().astimezone().strftime("%Y%m%d"),
            close_missing=update > 1,
            covered=Covered(self.parameterAsEnum(parameters, "COVERED", context)),
            tolerance=None if farthest is None else self.number(parameters, "MOVE_DISTANCE", context, 0, _LARGEST_NEAR),
        )

    def _district(
        self, parameters: dict[str, Any], context: QgsProcessingContext, grid: gpd.GeoDataFrame | None
    ) -> str:
        from citygrid_plugin.core.codes import DISTRICT_DIGITS, check_district  # noqa: PLC0415

        text = self.parameterAsString(parameters, "DISTRICT_CODE", context).strip()
        if not text and grid is not None:
            districts = {str(code)[:DISTRICT_DIGITS] for code in grid[fields.BGID].dropna()}
            text = districts.pop() if len(districts) == 1 else ""
        return check_district(text)


def _log_row(result: CensusResult, scheme: Scheme, district: str, levels: dict[str, Any]) -> dict[str, Any]:
    """What the log of the workspace says of an import."""
    from citygrid_plugin.core.census.component_ids import highest_numbers  # noqa: PLC0415

    account = result.account
    highest = highest_numbers(result.accepted[fields.OBJ_ID], scheme.digits)
    return {
        "Time": datetime.now(UTC).isoformat(timespec="microseconds"),
        "Files": "\n".join(file.name for file in result.files),
        "Scheme": scheme.id,
        "District": district,
        "Read": account.read,
        "Accepted": account.accepted,
        "Rejected": account.rejected,
        "Skipped": account.skipped,
        "Levels": json.dumps(levels),
        "Mapping": json.dumps(
            [{"file": name, "rules": dict(rules)} for name, rules in result.mappings], ensure_ascii=False
        ),
        "Highest": json.dumps(highest),
    }


def _accumulated(existing: gpd.GeoDataFrame | None, accepted: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Existing components as they are, followed by the new ones."""
    import pandas as pd  # noqa: PLC0415

    if existing is None:
        return accepted
    if existing.crs is not None:
        existing = existing.to_crs(accepted.crs)
    return pd.concat([existing, accepted], ignore_index=True)
