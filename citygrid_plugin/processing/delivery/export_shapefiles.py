"""``citygrid:exportshapefiles``: layers as shapefiles for an acceptance check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterCrs,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
    QgsProviderRegistry,
)

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput, UnwritableTarget
from citygrid_plugin.core.progress import Progress, part
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.base import ANY_SOURCE, CityGridAlgorithm
from citygrid_plugin.processing.exchange import frame_from_source, to_pyproj

from .delivery_report import Account, Entry, Other, delivery_report, description, tell

if TYPE_CHECKING:
    import geopandas as gpd
    import pyproj

    from citygrid_plugin.core.delivery.dictionary import Dictionary, FieldRule

_SHAPEFILE, _GEOPACKAGE, _PARQUET, _EXCEL = range(4)
_ALL_ROWS = 1  # of STATE
_CHINESE = 1  # of FIELD_NAMES
_ONE_FILE, _BY_NAME = 0, 2  # of NAME_SCHEME


class ExportShapefiles(CityGridAlgorithm):
    """Exports layers as shapefiles."""

    NAME = "exportshapefiles"
    TITLE = "Export shapefiles"
    TAGS = ("导出", "成果", "GBK", "delivery")
    HELP = (
        "Writes layers as shapefiles into a folder, in GBK or UTF-8, with a .cpg and a language id that say the "
        "same. Codes stay text; dates (ORDate, CHDate) are dates; times are text, so nothing of them is lost.\n\n"
        "Of unit grids and components only what is valid now is written, without the rows that have an end date "
        "(CHDate); with a date, what was valid on it; or all rows.\n\n"
        "Components (layers with a ClassCode) can be written as one file a class, named BJ0101 or by the name of "
        "the class. A layer with several kinds of geometry becomes several files, and so does one of nearly 2 GB.\n\n"
        "Each field is as wide, in bytes, as the field dictionary says; its status tells how well that is known, since "
        "the texts of the standards were not available. A city's own dictionary (a table with layer, field, type, "
        "width) can take its place. A .dbf holds field names of 10 bytes: names that are shortened, texts that are cut "
        "and characters that the encoding lacks are listed in the report with their rows.\n\n"
        "The belt of CGCS2000 can be chosen by its kind; the layers' place decides which one.\n\n"
        "Beside the files stand a count table, the field dictionary and a data description. Each file is opened again "
        "and compared with its layer, value by value, before the folder is published; the report names the reader. "
        "The same layers give the same bytes. Files of others in the folder stay; an earlier delivery is replaced."
    )
    ENCODINGS = ("GBK", "UTF-8")
    SCHEMES = (
        "One file a layer, named after the layer",
        "Components: one file a class, named BJ0101",
        "Components: one file a class, named by the class",
    )
    BELTS = (
        "As chosen above",
        "CGCS2000, 3-degree belt",
        "CGCS2000, 3-degree belt, zone number in the easting",
        "CGCS2000, 6-degree belt",
        "CGCS2000, 6-degree belt, zone number in the easting",
    )
    VALIDITIES = ("Only what is valid", "All rows, closed ones too")
    FIELD_NAMES = ("Those of CityGrid (BGID, ObjID …)", "Chinese ones of the field dictionary")
    FORMATS = ("Shapefile", "GeoPackage", "GeoParquet", "Excel (.xlsx)")

    def define(self) -> None:
        self.addParameter(QgsProcessingParameterMultipleLayers("LAYERS", tr("Layers"), ANY_SOURCE))
        self.addParameter(QgsProcessingParameterEnum("ENCODING", tr("Encoding"), list(self.ENCODINGS), defaultValue=0))
        self._choice("NAME_SCHEME", tr("Files"), [tr(name) for name in self.SCHEMES])
        self.addParameter(
            QgsProcessingParameterCrs(
                "CRS", tr("Coordinate reference system (each layer's own if empty)"), optional=True
            )
        )
        self._choice(
            "BELT", tr("Belt (where no coordinate reference system is chosen)"), [tr(name) for name in self.BELTS]
        )
        self._choice("STATE", tr("Rows of unit grids and components"), [tr(name) for name in self.VALIDITIES])
        self.addParameter(QgsProcessingParameterString("DATE", tr("Valid on (YYYYMMDD; now if empty)"), optional=True))
        self._choice("FIELD_NAMES", tr("Field names"), [tr(name) for name in self.FIELD_NAMES])
        self.addParameter(
            QgsProcessingParameterEnum(
                "FORMATS", tr("Formats"), list(self.FORMATS), allowMultiple=True, defaultValue=[_SHAPEFILE]
            )
        )
        self.add_advanced(
            QgsProcessingParameterFile(
                "DICTIONARY", tr("Field dictionary of the city (table with layer, field, type, width)"), optional=True
            )
        )
        self.addParameter(QgsProcessingParameterFolderDestination("FOLDER", tr("Folder")))
        self.addParameter(
            QgsProcessingParameterFileDestination(
                "ZIP", tr("Zip of the folder"), tr("Zip archives (*.zip)"), optional=True, createByDefault=False
            )
        )
        self.add_report()
        self.add_numbers(
            FILE_COUNT=tr("Files"), ROW_COUNT=tr("Rows"), CUT_COUNT=tr("Cut texts"), DIFFERENCE_COUNT=tr("Differences")
        )

    def _choice(self, name: str, title: str, choices: list[str]) -> None:
        """An enum parameter whose first choice is the default."""
        self.addParameter(QgsProcessingParameterEnum(name, title, choices, defaultValue=0))

    def compute(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        from citygrid_plugin.storage.delivery_folder import (  # noqa: PLC0415
            MANIFEST,
            check_folder,
            publish,
        )
        from citygrid_plugin.storage.files import scratch_folder  # noqa: PLC0415

        folder = Path(self.parameterAsFileOutput(parameters, "FOLDER", context))
        layers = self.parameterAsLayerList(parameters, "LAYERS", context)
        if not layers:
            raise QgsProcessingException(self.invalidSourceError(parameters, "LAYERS"))
        for path in self._source_files(parameters, context):
            if path.parent == folder.resolve() and (path.parent / MANIFEST).is_file():
                raise UnwritableTarget(path=str(path), why="an input of this run is read from there")
        check_folder(folder)
        zip_path = self.parameterAsFileOutput(parameters, "ZIP", context)
        delivery = _Delivery(self._wishes(parameters, context), feedback)
        with scratch_folder(folder.parent) as scratch:
            delivery.folder = scratch / "delivery"
            delivery.folder.mkdir()
            for number, layer in enumerate(layers):
                delivery.add(
                    layer, self.progress(feedback, 0.95 * number / len(layers), 0.95 * (number + 1) / len(layers))
                )
            delivery.finish(self.progress(feedback, 0.95, 1.0))
            publish(delivery.folder, folder, Path(zip_path) if zip_path else None)
        account = delivery.account
        tell(account, feedback)
        results: dict[str, Any] = {
            "FOLDER": str(folder),
            "FILE_COUNT": len(account.entries),
            "ROW_COUNT": account.rows,
            "CUT_COUNT": sum(len(entry.file.cut) for entry in account.entries),
            "DIFFERENCE_COUNT": account.differences,
        }
        if zip_path:
            results["ZIP"] = zip_path
        return results | self.save_report(delivery_report(account), parameters, context)

    def _wishes(self, parameters: dict[str, Any], context: QgsProcessingContext) -> _Wishes:
        from citygrid_plugin.core.delivery.validity import checked_day  # noqa: PLC0415
        from citygrid_plugin.storage.delivery_dictionary import load_dictionary  # noqa: PLC0415

        dictionary = self.parameterAsFile(parameters, "DICTIONARY", context)
        crs = self.parameterAsCrs(parameters, "CRS", context)
        return _Wishes(
            encoding=self.ENCODINGS[self.parameterAsEnum(parameters, "ENCODING", context)],
            scheme=self.parameterAsEnum(parameters, "NAME_SCHEME", context),
            crs=to_pyproj(crs) if crs.isValid() else None,
            belt=self.parameterAsEnum(parameters, "BELT", context) - 1,
            all_rows=self.parameterAsEnum(parameters, "STATE", context) == _ALL_ROWS,
            day=checked_day(self.parameterAsString(parameters, "DATE", context)),
            chinese=self.parameterAsEnum(parameters, "FIELD_NAMES", context) == _CHINESE,
            formats=frozenset(self.parameterAsEnums(parameters, "FORMATS", context)) or frozenset({_SHAPEFILE}),
            dictionary=load_dictionary(Path(dictionary) if dictionary else None),
        )


@dataclass(frozen=True)
class _Wishes:
    """What the user chose. ``belt``: of ``BeltKind``, -1 for none."""

    encoding: str
    scheme: int
    crs: pyproj.CRS | None
    belt: int
    all_rows: bool
    day: str
    chinese: bool
    formats: frozenset[int]
    dictionary: Dictionary


@dataclass
class _Delivery:
    """A delivery as it grows in its scratch folder."""

    wishes: _Wishes
    feedback: QgsProcessingFeedback
    folder: Path = field(default_factory=Path)
    taken: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)  # of layers and sheets in the other formats
    sheets: list[tuple[str, gpd.GeoDataFrame]] = field(default_factory=list)
    described: list[tuple[Any, Mapping[str, FieldRule]]] = field(default_factory=list)
    account: Account = field(init=False)

    def __post_init__(self) -> None:
        from citygrid_plugin.storage.delivery_compare import reader_name  # noqa: PLC0415

        wishes = self.wishes
        self.account = Account(wishes.encoding, wishes.day, wishes.all_rows, reader_name())
        if _PARQUET in wishes.formats:
            from citygrid_plugin.storage.delivery_formats import NoParquet, check_parquet  # noqa: PLC0415

            try:
                check_parquet()
            except NoParquet as error:  # the rest of the delivery does not depend on it
                self._remark(sentence(error))
                self.wishes = _without(wishes, _PARQUET)

    def _remark(self, text: str) -> None:
        self.account.remarks.append(text)
        self.feedback.pushWarning(text)

    def add(self, layer: QgsMapLayer, progress: Progress) -> None:
        """Read a layer, write its files and compare them."""
        frame = self._read(layer, part(progress, 0.0, 0.3))
        if frame is None:
            return
        kind = self.wishes.dictionary.kind(map(str, frame.columns))
        frame = self._valid(frame, kind, layer.name())
        frame = self._projected(frame, layer.name())
        title = _layer_name(layer)
        files = list(_files(title, kind, frame, self.wishes.scheme))
        for number, (name, rows) in enumerate(files):
            at = part(progress, 0.3 + 0.7 * number / len(files), 0.3 + 0.7 * (number + 1) / len(files))
            self._write(title, kind, name, rows.reset_index(drop=True), at)
        progress(1.0)

    def _read(self, layer: QgsMapLayer, progress: Progress) -> gpd.GeoDataFrame | None:
        """The layer's features without the hidden row number of GeoPackage; None, with a word, for no features."""
        try:
            frame = frame_from_source(layer, progress=progress)
        except EmptyInput:
            self._remark(tr("“{layer}” has no features; no file was written.").format(layer=layer.name()))
            return None
        numbers = {layer.fields().at(index).name() for index in layer.primaryKeyAttributes()} & {"fid"}
        # The numbers of times are for QGIS's maps only: the times themselves are delivered.
        return frame.drop(columns=[*numbers, *fields.TIME_NUMBERS.values()], errors="ignore")

    def _valid(self, frame: gpd.GeoDataFrame, kind: str, name: str) -> gpd.GeoDataFrame:
        from citygrid_plugin.core.delivery.validity import DATED, in_force  # noqa: PLC0415

        if self.wishes.all_rows or kind not in DATED:
            return frame
        valid = in_force(frame, self.wishes.day)
        left_out = int((~valid).sum())
        if left_out:
            message = tr("{layer}: {count} rows that are not valid on the date (by ORDate and CHDate) were left out.")
            self._say_left_out(message.format(layer=name, count=left_out))
        return frame[valid]

    def _say_left_out(self, text: str) -> None:
        self.account.remarks.append(text)
        self.feedback.pushInfo(text)

    def _projected(self, frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
        """The rows in the CRS or belt that was chosen; warns of what makes such a file doubtful."""
        from citygrid_plugin.core.delivery import belts  # noqa: PLC0415

        frame = self._with_places(frame, name)
        if frame.crs is None or (frame.geometry.isna() | frame.geometry.is_empty).all():
            return frame
        target = self.wishes.crs
        if target is None and self.wishes.belt >= 0:
            kind = belts.BeltKind(self.wishes.belt)
            placed = frame.geometry[~(frame.geometry.isna() | frame.geometry.is_empty)]
            middle = belts.middle_longitude(frame.crs, placed.to_numpy())
            target = belts.crs_of(belts.belt_at(kind, middle, name))
        if target is not None and target != frame.crs:
            if belts.is_old_datum(frame.crs) != belts.is_old_datum(target):
                message = tr(
                    "“{layer}” was transformed from {source} to {target}, which without local parameters may be off "
                    "by 100 m. Use the city's own transformation."
                )
                self._remark(message.format(layer=name, source=frame.crs.name, target=target.name))
            frame = self._with_places(belts.to_crs(frame, target), name)
        belt = belts.belt_of(frame.crs)
        far = belts.beyond(belt, frame.geometry.to_numpy()) if belt is not None else 0
        if far:
            message = tr("“{layer}” has coordinates far outside the belt {belt}. Was the right one chosen?")
            self._remark(message.format(layer=name, belt=frame.crs.name))
        return frame

    def _with_places(self, frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
        """The rows with shapes that a file can hold: coordinates that are no finite numbers are none."""
        from citygrid_plugin.core.spatial.geometry import unplaced  # noqa: PLC0415

        shapes = frame.geometry.to_numpy()
        lost = unplaced(shapes) & ~frame.geometry.isna().to_numpy() & ~frame.geometry.is_empty.to_numpy()
        if not lost.any():
            return frame
        message = tr(
            "“{layer}”: {count} shapes have coordinates that are no numbers, or none in the coordinate reference "
            "system of the delivery; their rows were delivered without a shape."
        )
        self._remark(message.format(layer=name, count=int(lost.sum())))
        return frame.set_geometry(frame.geometry.where(~lost, None))

    def _write(self, layer: str, kind: str, name: str, rows: gpd.GeoDataFrame, progress: Progress) -> None:
        from citygrid_plugin.storage.files import free_name  # noqa: PLC0415

        if _SHAPEFILE in self.wishes.formats:
            self._write_shapefiles(layer, kind, name, rows, part(progress, 0.0, 0.7))
        unique = free_name(name, self.names)
        if _EXCEL in self.wishes.formats:
            self.sheets.append((unique, rows))
        if {_GEOPACKAGE, _PARQUET} & self.wishes.formats:
            from citygrid_plugin.storage import delivery_formats  # noqa: PLC0415

            if _GEOPACKAGE in self.wishes.formats:
                path = self.folder / "delivery.gpkg"
                found = delivery_formats.write_geopackage(rows, path, unique, part(progress, 0.7, 0.9))
                names = delivery_formats.geopackage_names(rows)
                renamed = {old: new for old, new in names.items() if old != new}
                self.account.others.append(Other(path.name, unique, len(rows), found, renamed))
            if _PARQUET in self.wishes.formats:
                path = self.folder / f"{unique}.parquet"
                found = delivery_formats.write_parquet(rows, path)
                self.account.others.append(Other(path.name, unique, len(rows), found))
        progress(1.0)

    def _write_shapefiles(self, layer: str, kind: str, name: str, rows: gpd.GeoDataFrame, progress: Progress) -> None:
        from citygrid_plugin.storage.delivery_compare import check  # noqa: PLC0415
        from citygrid_plugin.storage.shapefiles import Wish, write_shapefiles  # noqa: PLC0415

        wishes = self.wishes
        columns = [str(column) for column in rows.columns if column != rows.geometry.name]
        found = {column: wishes.dictionary.rule(kind, column) for column in columns}
        rules = {column: rule for column, rule in found.items() if rule is not None}
        names = {column: rule.short for column, rule in rules.items()} if wishes.chinese else {}
        wish = Wish(rules, names, day=_day_of_tables(wishes.day))
        files = write_shapefiles(rows, self.folder, name, wishes.encoding, self.taken, wish)
        progress(0.3)
        for number, file in enumerate(files):
            at = part(progress, 0.3 + 0.7 * number / len(files), 0.3 + 0.7 * (number + 1) / len(files))
            compared = check(file, wishes.encoding, at)
            self.account.entries.append(Entry(layer, kind, file, compared, _crs_name(file.source)))
            self.described.append((file, rules))
            file.source = None  # its rows need not stay in memory

    def finish(self, progress: Progress) -> None:
        """Write what stands beside the files."""
        from citygrid_plugin.storage.delivery_folder import write_manifest  # noqa: PLC0415
        from citygrid_plugin.storage.delivery_tables import DESCRIPTION, write_counts, write_fields  # noqa: PLC0415

        if self.sheets:
            from citygrid_plugin.storage.delivery_formats import write_excel  # noqa: PLC0415

            path = self.folder / "delivery.xlsx"
            for (name, rows), found in zip(self.sheets, write_excel(self.sheets, path, progress), strict=True):
                self.account.others.append(Other(path.name, name, len(rows), found))
        write_counts(self.account.count_rows(), self.folder)
        write_fields(self.described, self.folder)
        description(self.account).save(self.folder / DESCRIPTION)
        write_manifest(self.folder)


def _without(wishes: _Wishes, what: int) -> _Wishes:
    return replace(wishes, formats=(wishes.formats - {what}) or frozenset({_SHAPEFILE}))


def _day_of_tables(day: str) -> tuple[int, int, int]:
    """The day that tables state: the one asked for, else always the same."""
    from citygrid_plugin.storage.delivery_dbf import NO_DAY  # noqa: PLC0415

    return (int(day[:4]), int(day[4:6]), int(day[6:])) if day and 1900 <= int(day[:4]) <= 2155 else NO_DAY  # noqa: PLR2004 - the years that a .dbf can state


def _crs_name(frame: gpd.GeoDataFrame | None) -> str:
    if frame is None or frame.crs is None:
        return ""
    authority = frame.crs.to_authority()
    return f"{frame.crs.name} ({':'.join(authority)})" if authority else str(frame.crs.name)


def _files(name: str, kind: str, frame: gpd.GeoDataFrame, scheme: int) -> Iterator[tuple[str, gpd.GeoDataFrame]]:
    """(file name, rows) of each file of a layer."""
    from citygrid_plugin.core.delivery.dictionary import COMPONENTS  # noqa: PLC0415
    from citygrid_plugin.core.delivery.names import component_file, safe_name  # noqa: PLC0415

    if scheme == _ONE_FILE or kind != COMPONENTS or fields.CLASS_CODE not in frame or not len(frame):
        yield safe_name(name), frame
        return
    code = frame[fields.CLASS_CODE].fillna("").astype(str).str.strip()
    label = code.map(component_file)
    if scheme == _BY_NAME:
        names = frame.get(fields.CLASS_NAME, label).fillna("").astype(str).str.strip()
        label = names.where(names != "", label)
    for title, rows in frame.groupby(label, sort=True):
        yield safe_name(str(title)), rows


def _layer_name(layer: QgsMapLayer) -> str:
    """The name of the table in a GeoPackage, the same in every language; else the name of the layer."""
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    return parts.get("layerName") or layer.name()
