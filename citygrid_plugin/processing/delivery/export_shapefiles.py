"""``citygrid:exportshapefiles``: layers as shapefiles for an acceptance check."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProviderRegistry,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput
from citygrid_plugin.core.progress import Progress, part
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.base import ANY_SOURCE, CityGridAlgorithm
from citygrid_plugin.processing.exchange import frame_from_source, to_pyproj
from citygrid_plugin.processing.grid_layers import current

if TYPE_CHECKING:
    import geopandas as gpd

    from citygrid_plugin.storage.report import Report
    from citygrid_plugin.storage.shapefiles import Delivered


class ExportShapefiles(CityGridAlgorithm):
    """Exports layers as shapefiles."""

    NAME = "exportshapefiles"
    TITLE = "Export shapefiles"
    TAGS = ("导出", "成果", "GBK", "delivery")
    HELP = (
        "Writes layers as shapefiles into a folder, in GBK or UTF-8, with a .cpg and a language id that say the "
        "same. Codes stay text; dates and times are written as text, so nothing of them is lost. Of a unit grid only "
        "what is valid now is written, without the closed grids.\n\n"
        "Components (layers with a ClassCode) can be written as one file a class, named BJ0101 or by the name of "
        "the class. A layer with several kinds of geometry becomes several files.\n\n"
        "A .dbf holds field names of 10 bytes and texts of 254 bytes: names that are shortened, texts that are cut "
        "and characters that GBK lacks are listed in the report with their rows."
    )
    ENCODINGS = ("GBK", "UTF-8")
    SCHEMES = (
        "One file a layer, named after the layer",
        "Components: one file a class, named BJ0101",
        "Components: one file a class, named by the class",
    )

    def define(self) -> None:
        self.addParameter(QgsProcessingParameterMultipleLayers("LAYERS", tr("Layers"), ANY_SOURCE))
        self.addParameter(QgsProcessingParameterEnum("ENCODING", tr("Encoding"), list(self.ENCODINGS), defaultValue=0))
        self.addParameter(
            QgsProcessingParameterEnum("NAME_SCHEME", tr("Files"), [tr(name) for name in self.SCHEMES], defaultValue=0)
        )
        self.addParameter(
            QgsProcessingParameterCrs(
                "CRS", tr("Coordinate reference system (each layer's own if empty)"), optional=True
            )
        )
        self.addParameter(QgsProcessingParameterFolderDestination("FOLDER", tr("Folder")))
        self.add_report()
        self.add_numbers(FILE_COUNT=tr("Files"), ROW_COUNT=tr("Rows"))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.storage.files import scratch_folder  # noqa: PLC0415
        from citygrid_plugin.storage.shapefiles import publish, write_shapefiles  # noqa: PLC0415

        folder = Path(self.parameterAsFileOutput(parameters, "FOLDER", context))
        encoding = self.ENCODINGS[self.parameterAsEnum(parameters, "ENCODING", context)]
        scheme = self.parameterAsEnum(parameters, "NAME_SCHEME", context)
        crs = self.parameterAsCrs(parameters, "CRS", context)
        layers = self.parameterAsLayerList(parameters, "LAYERS", context)
        if not layers:
            raise QgsProcessingException(self.invalidSourceError(parameters, "LAYERS"))
        folder.mkdir(parents=True, exist_ok=True)
        delivered: list[tuple[str, Delivered]] = []
        taken: set[str] = set()
        with scratch_folder(folder) as scratch:
            for number, layer in enumerate(layers):
                progress = self.progress(feedback, number / len(layers), (number + 1) / len(layers))
                frame = _read(layer, feedback, progress)
                if frame is None:
                    continue
                if crs.isValid():
                    frame = frame.to_crs(to_pyproj(crs))
                for name, rows in _files(layer, frame, scheme):
                    progress(0.5)
                    files = write_shapefiles(rows, scratch, name, encoding, taken)
                    delivered += [(layer.name(), file) for file in files]
                progress(1.0)
            publish([file for _, file in delivered], folder)
        for _, file in delivered:
            _tell(file, feedback)
        rows = sum(file.rows for _, file in delivered)
        feedback.pushInfo(tr("{files} shapefiles with {rows} rows.").format(files=len(delivered), rows=rows))
        return {
            "FOLDER": str(folder),
            "FILE_COUNT": len(delivered),
            "ROW_COUNT": rows,
        } | self.save_report(_report(delivered, encoding), parameters, context)


def _read(layer: QgsMapLayer, feedback: QgsProcessingFeedback, progress: Progress) -> gpd.GeoDataFrame | None:
    """The layer's features without the hidden row number of GeoPackage; None, with a word, for no features.

    Of a unit grid only the current ones; in other layers CHDate has another meaning, or none.
    """
    try:
        frame = frame_from_source(layer, progress=part(progress, 0.0, 0.5))
        if {fields.BGID, fields.COMMUNITY_CODE} <= set(frame.columns):
            frame = current(frame, layer.name(), feedback)
    except EmptyInput:
        feedback.pushWarning(tr("“{layer}” has no features; no file was written.").format(layer=layer.name()))
        return None
    return frame.drop(columns="fid", errors="ignore")


def _files(layer: QgsMapLayer, frame: gpd.GeoDataFrame, scheme: int) -> list[tuple[str, gpd.GeoDataFrame]]:
    """(file name, rows) of each file of a layer."""
    if scheme == 0 or fields.CLASS_CODE not in frame or fields.OBJ_ID not in frame:
        return [(_safe(_layer_name(layer)), frame)]
    code = frame[fields.CLASS_CODE].fillna("").astype(str)
    label = ("BJ" + code).where(code != "", "BJ_without_class")
    if scheme == 2:  # noqa: PLR2004 - the third of SCHEMES
        names = frame.get(fields.CLASS_NAME, label).fillna("").astype(str)
        label = names.where(names != "", label)
    return [(_safe(str(name)), rows) for name, rows in frame.groupby(label, sort=True)]


def _layer_name(layer: QgsMapLayer) -> str:
    """The name of the table in a GeoPackage, the same in every language; else the name of the layer."""
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    return parts.get("layerName") or layer.name()


def _safe(name: str) -> str:
    """A file name without characters that file systems refuse."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(" .") or "layer"


def _tell(file: Delivered, feedback: QgsProcessingFeedback) -> None:
    if file.cut:
        message = tr("{file}: {count} texts were longer than 254 bytes and were cut; the report lists the rows.")
        feedback.pushWarning(message.format(file=file.path.name, count=len(file.cut)))
    if file.replaced:
        message = tr("{file}: {count} texts hold characters that the encoding lacks; they became “?”.")
        feedback.pushWarning(message.format(file=file.path.name, count=len(file.replaced)))


def _report(delivered: list[tuple[str, Delivered]], encoding: str) -> Report:
    from citygrid_plugin.storage.report import Report  # noqa: PLC0415

    report = Report(tr("Delivered shapefiles"))
    report.paragraph(tr("Encoding: {encoding}").format(encoding=encoding))
    report.table(
        [(layer, file.path.name, file.rows) for layer, file in delivered],
        (tr("Layer"), tr("File"), tr("Rows")),
    )
    renamed = [(file.path.name, old, new) for _, file in delivered for old, new in file.renamed.items()]
    if renamed:
        report.heading(tr("Shortened field names"))
        report.table(renamed, (tr("File"), tr("Field"), tr("Name in the file")))
    lost = [(file.path.name, row, name, tr("cut to 254 bytes")) for _, file in delivered for row, name in file.cut]
    lost += [
        (file.path.name, row, name, tr("characters missing in the encoding"))
        for _, file in delivered
        for row, name in file.replaced
    ]
    if lost:
        report.heading(tr("Changed texts"))
        report.table(lost, (tr("File"), tr("Row"), tr("Field"), tr("Change")))
    return report
