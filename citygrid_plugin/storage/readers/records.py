"""Records of any delivery as text, exactly as written, with their places.

A code is never a number: 0118 keeps its zero, and an id of 16 digits its last one.
"""

from __future__ import annotations

import contextlib
import glob
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.raw
import pyproj
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.distinct import each_text, factorized, spread
from citygrid_plugin.core.errors import (
    CityGridError,
    EmptyInput,
    MissingCrs,
    UnknownField,
    UnreadableFile,
)
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.core.records.coordinates import (
    Places,
    belt,
    belted,
    coordinate_columns,
    lacks_zone,
    places,
    zones,
)
from citygrid_plugin.storage.files import bytes_of, copied_to, filling_temporary, free_name, temporary_folder
from citygrid_plugin.storage.gdal import bulk_columns, number_text, opening
from citygrid_plugin.storage.survey import survey_layers

from . import encodings, json_tables
from .dbf import Dbf, read_dbf
from .drawings import drawing_texts, read_drawing
from .encodings import Candidate
from .tables import UnclosedQuote, check_width, read_table
from .workbooks import BY_GDAL, XLSX, read_workbook

__all__ = [
    "Records",
    "UnclosedQuote",
    "UnknownCoordinates",
    "encoding_candidates",
    "read_file",
    "read_records",
    "records_of",
    "table_records",
]

TABLES: Final = frozenset({".csv", ".tsv", ".txt"})
WORKBOOKS: Final = XLSX | BY_GDAL
DRAWINGS: Final = frozenset({".dxf"})
SHAPEFILES: Final = frozenset({".shp", ".dbf"})
JSON_LINES: Final = json_tables.SUFFIXES
UTF8_FORMATS: Final = frozenset({".geojson", ".json", ".geojsonl", ".topojson", ".kml"})
"""Text formats that must be UTF-8, but are not always."""
OTHER_LAYERS: Final = frozenset({".gpkg", ".sqlite", ".fgb", ".kmz", ".gml", ".gpx", ".tab", ".mif", ".gdb"})
FORMATS: Final = TABLES | WORKBOOKS | DRAWINGS | SHAPEFILES | JSON_LINES | UTF8_FORMATS | OTHER_LAYERS
"""Suffixes of files (and of one kind of folder, .gdb) that hold records."""

_REFUSED: Final = {
    ".dwg": "it is a DWG; save it as DXF",
    ".rar": "it is a RAR archive; unpack it and choose the folder",
    ".7z": "it is a 7z archive; unpack it and choose the folder",
    ".xlsb": "it is a binary workbook; save it as .xlsx",
    ".mdb": "it is an Access database; export its tables as CSV or .xlsx",
}
REFUSED: Final = frozenset(_REFUSED)
"""Suffixes of files that hold records which cannot be read."""

_KEPT_BY_QGIS: Final = frozenset({"layer_styles", "qgis_projects"})
_DEGREES: Final = pyproj.CRS.from_epsg(4490)  # CGCS2000, what a census in China is surveyed in
_MIDNIGHT = "T00:00:00"
_EXACT: Final = 2.0**53  # whole numbers beyond it have no exact floating-point number
_XML_ENCODING = re.compile(rb"""encoding=(["'])([^"']{1,40})\1""")
_XML_START = 200
_CONTAINERS: Final = frozenset({".gpkg", ".sqlite", ".gdb", ".kmz"})  # of whose layers each may be a class
_BULK_TYPES: Final = frozenset({"OFTString", "OFTInteger", "OFTInteger64", "OFTReal", "OFTDate"})
_BYTES: Final = "ISO-8859-1"  # a character for each byte: field names may be cut inside a character
_WHOLE: Final = "OFTInteger64"
_WORTH_BULK: Final = 10_000  # features; ours


class UnknownCoordinates(CityGridError):
    """A table with coordinates in metres, of which nobody says in which system."""

    template = (
        "“{layer}” has coordinates in metres (columns {x} and {y}), but does not say in which coordinate "
        "reference system. Choose it in SOURCE_CRS."
    )


class UnstatedCrs(MissingCrs):
    """A file with geometries that does not say in which coordinate reference system."""

    template = "“{layer}” does not say in which coordinate reference system it is. Choose it in SOURCE_CRS."


@dataclass(frozen=True)
class Records:
    """Records of one file or layer, in its order.

    ``frame``: every attribute as text exactly as written, None where null; a geometry or None; its CRS
    is None only where no record has a place. ``encoding`` is empty where the format leaves no choice.
    ``layer``: the layer or sheet where the file has several, else empty; ``file``: the file's name, with its
    folders inside a delivery. ``name`` shows both; ``title`` may tell the class: the layer, else the file.
    """

    frame: gpd.GeoDataFrame
    name: str
    encoding: str = ""
    remarks: Sequence[Remark] = field(default_factory=tuple)
    file: str = ""
    layer: str = ""

    @property
    def title(self) -> str:
        """What the records are called: their layer, else their file without folder and suffix."""
        return self.layer or Path(self.file or self.name).stem


@dataclass(frozen=True)
class Options:
    """What a user says of a file: encoding (``checked_encoding``), CRS of files that state none, coordinate columns."""

    encoding: str | None = None
    crs: pyproj.CRS | None = None
    xy: tuple[str, str] | None = None


def read_records(
    path: Path,
    layer: str | None = None,
    encoding: str | None = None,
    crs: pyproj.CRS | None = None,
    xy: tuple[str, str] | None = None,
) -> Records:
    """Read a layer of a file: shapefile, GeoPackage, GeoJSON, CSV, Excel, DXF, or what else GDAL opens.

    ``layer``: the first with records where none is named. ``encoding``: instead of the one that the bytes tell.
    ``crs``: for files that state none. ``xy``: columns with the coordinates of a table, instead of those told by
    their names; degrees without a stated CRS are CGCS2000, eastings with a belt number that belt of CGCS2000.

    Raises ``UnreadableFile``, ``UnclosedQuote``, ``EmptyInput``, ``UnstatedCrs`` (geometries without any CRS),
    ``UnknownCoordinates`` (a table in metres without one), ``UnknownField`` (``xy``), ``UnknownEncoding``,
    ``MissingPackage``.
    """
    options = Options(encodings.checked_encoding(encoding), crs, xy)
    for raw in _raws(path, layer, options.encoding, all_layers=False):
        if isinstance(raw, CityGridError):
            raise raw
        return _records(raw, path.name, options)
    raise EmptyInput(layer=path.name)


def read_file(path: Path, options: Options, name: str = "") -> Iterator[Records | CityGridError]:
    """All layers or sheets of a file, in order; in the place of one that cannot be read, why not.

    ``name``: what the file is called in the delivery. Raises ``UnreadableFile`` of the file as a whole, and as
    ``read_records``.
    """
    name = name or path.name
    for raw in _raws(path, None, options.encoding, all_layers=True):
        try:
            yield raw if isinstance(raw, CityGridError) else _records(raw, name, options)
        except CityGridError as error:
            yield error


def records_of(frame: gpd.GeoDataFrame, name: str) -> Records:
    """Records of a table that is in memory already: its attributes as text."""
    attributes = frame.drop(columns=frame.geometry.name)
    texts = pd.DataFrame({column: text_of(attributes[column]) for column in attributes}, dtype=object)
    return _records(_Raw(texts, frame.geometry.to_numpy(), frame.crs), name, Options())


def table_records(attributes: pd.DataFrame, name: str, options: Options) -> Records:
    """Records of a table of text that is in memory, with points where it has columns with coordinates.

    Raises ``EmptyInput``, ``UnknownCoordinates``, ``UnknownField`` (``options.xy``).
    """
    return _records(_Raw(attributes.astype(object), crs=None), name, options)


def encoding_candidates(path: Path) -> list[Candidate]:
    """The encodings that the text of a file may have, each with samples, the one that would be taken first.

    Empty where the format leaves no choice (GeoPackage, Excel ...). Raises ``UnreadableFile``.
    """
    suffix = path.suffix.lower()
    if suffix in SHAPEFILES:
        parts = _parts(path)
        if ".dbf" not in parts:
            return []
        table = read_dbf(parts[".dbf"])
        return encodings.candidates(table.texts(), _dbf_hints(table, parts.get(".cpg"))[1])
    if suffix in DRAWINGS:
        return encodings.candidates(*drawing_texts(path))
    if suffix not in TABLES | JSON_LINES | UTF8_FORMATS and not _is_text(path):
        return []
    data = bytes_of(path)
    if encodings.marked(data):
        text, chosen = encodings.text_of_file(data)
        return [Candidate(chosen.encoding, 0, tuple(encodings.telling_lines(text)))]
    return encodings.candidates(data.splitlines())


@dataclass
class _Raw:
    """What a reader found: attributes as text, geometries (None: the format has none), CRS, encoding."""

    attributes: pd.DataFrame
    geometry: NDArray[Any] | None = None
    crs: pyproj.CRS | None = None
    encoding: str = ""
    remarks: list[Remark] = field(default_factory=list)
    layer: str = ""


def _raws(path: Path, layer: str | None, encoding: str | None, *, all_layers: bool) -> Iterator[_Raw | CityGridError]:
    """What a file holds: one a layer or sheet if all are wanted, else the one that is."""
    if not path.exists():
        raise UnreadableFile(path=str(path), why="it does not exist")
    suffix = path.suffix.lower()
    if suffix in _REFUSED:
        raise UnreadableFile(path=str(path), why=_REFUSED[suffix])
    if suffix in TABLES:
        table = read_table(path, encoding)
        yield _Raw(table.cells, encoding=table.encoding, remarks=table.remarks)
    elif suffix in WORKBOOKS:
        yield from _sheets(path, layer, encoding, all_layers)
    elif suffix in DRAWINGS:
        drawing = read_drawing(path, encoding)
        yield _Raw(drawing.attributes, drawing.geometry, None, drawing.encoding, drawing.remarks)
    elif suffix in SHAPEFILES:
        yield _read_shapefile(path, encoding)
    elif suffix in JSON_LINES:
        yield _json_raw(json_tables.read_lines(path, encoding), several=False)
    elif suffix == ".json" and json_tables.is_records(path, encoding):
        yield from _json_tables(path, layer, encoding, all_layers)
    else:
        yield from _layers(path, layer, encoding, all_layers)


# Places


def _records(raw: _Raw, file: str, options: Options) -> Records:
    name = f"{file}|{raw.layer}" if raw.layer else file
    if not len(raw.attributes):
        raise EmptyInput(layer=name)
    check_width(Path(name), len(raw.attributes.columns))
    if raw.crs is not None and options.crs is not None and raw.crs != options.crs:
        raw.remarks.append(Remark("crs_ignored", {"stated": raw.crs.name}))
    raw.crs = raw.crs or options.crs
    if raw.geometry is None or shapely.is_missing(raw.geometry).all():
        _place_by_columns(raw, name, options.xy)
    elif raw.crs is None:
        _place_by_zone(raw, raw.geometry, name)
    else:
        _remark_zone(raw, raw.crs, shapely.get_coordinates(raw.geometry[:1]))
    geometry = np.full(len(raw.attributes), None) if raw.geometry is None else raw.geometry
    attributes = raw.attributes.set_axis(_unique_names(raw.attributes.columns, raw.remarks), axis=1)
    frame = gpd.GeoDataFrame(attributes, geometry=geometry, crs=raw.crs)
    return Records(frame, name, raw.encoding, tuple(raw.remarks), file, raw.layer)


def _place_by_zone(raw: _Raw, geometry: NDArray[Any], name: str) -> None:
    """Geometries without a stated system: their eastings may name one."""
    coordinates = shapely.get_coordinates(geometry)
    found = _belted(raw, coordinates)
    if found is None:
        raise UnstatedCrs(layer=name)
    if not np.array_equal(found, coordinates, equal_nan=True):
        raw.geometry = shapely.set_coordinates(shapely.force_2d(geometry), found)


def _belted(raw: _Raw, coordinates: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Coordinates in the belt that they name, which becomes the CRS; None where they name none."""
    found = belted(coordinates)
    if found is None:
        return None
    raw.crs = found.crs
    raw.remarks.append(Remark("zone_taken", {"zone": found.zone, "crs": found.crs.name}))
    if found.others:
        values = {
            "count": sum(found.others.values()),
            "zones": ", ".join(map(str, found.others)),
            "crs": found.crs.name,
        }
        raw.remarks.append(Remark("zones_joined", values))
    return found.coordinates


def _remark_zone(raw: _Raw, stated: pyproj.CRS, coordinates: NDArray[np.float64]) -> None:
    """Say so where eastings name a belt, but the stated system has none."""
    zone = int(zones(coordinates[:1])[0]) if len(coordinates) else 0
    if not zone or not lacks_zone(stated):
        return
    meant = belt(zone)
    values = {"zone": zone, "stated": stated.name, "crs": meant.name if meant is not None else ""}
    raw.remarks.append(Remark("zone_not_stated", values))


def _place_by_columns(raw: _Raw, name: str, xy: tuple[str, str] | None) -> None:
    """Give a table its points, if it has columns with coordinates."""
    for column in xy or ():
        if column not in raw.attributes:
            raise UnknownField(layer=name, field=column, available=", ".join(map(str, raw.attributes.columns)))
    xy = xy or coordinate_columns(raw.attributes.columns)
    if xy is None:
        return
    found = places(*(_numbers(raw.attributes, column) for column in xy))
    known = ~shapely.is_missing(found.points)
    raw.geometry = found.points
    if known.any():
        _place_points(raw, found, known, UnknownCoordinates(layer=name, x=xy[0], y=xy[1]))
    columns = {"x": xy[0], "y": xy[1]}
    raw.remarks.append(Remark("points_from_columns", columns))
    if found.all_swapped:
        raw.remarks.append(Remark("axes_swapped", columns))
    if found.rows_swapped:
        raw.remarks.append(Remark("rows_swapped", {"count": found.rows_swapped}))
    if not known.all():
        raw.remarks.append(Remark("bad_coordinates", {"count": int((~known).sum())}))


def _place_points(raw: _Raw, found: Places, known: NDArray[np.bool_], unknown: CityGridError) -> None:
    """Find the CRS of points (where ``known``) that were made from columns, if none is stated."""
    coordinates = shapely.get_coordinates(found.points[known])
    if raw.crs is not None:
        _remark_zone(raw, raw.crs, coordinates)
    elif found.degrees:
        raw.crs = _DEGREES
        raw.remarks.append(Remark("degrees_assumed", {"crs": _DEGREES.name}))
    elif (moved := _belted(raw, coordinates)) is not None:
        found.points[known] = shapely.points(moved)
    else:
        raise unknown


def _numbers(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """A column (the first of that name) as numbers; what is none is not-a-number."""
    column = frame.iloc[:, list(frame.columns).index(name)]
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _unique_names(names: Iterable[str], remarks: list[Remark]) -> list[str]:
    """Names that differ in more than case, and from the geometry's, so that every format can hold them."""
    taken = {"geometry"}
    result = [free_name(str(name), taken) for name in names]
    changed = [new for old, new in zip(names, result, strict=True) if old != new]
    if changed:
        remarks.append(Remark("columns_renamed", {"names": ", ".join(changed)}))
    return result


# Text


def text_of(values: pd.Series | NDArray[Any]) -> NDArray[Any]:
    """A column as text: whole numbers without a decimal point, null as None."""
    try:
        row, distinct = factorized(values, nulls=False)
    except TypeError:  # lists
        texts = np.array([None if value is None else str(value) for value in values], dtype=object)
        row, distinct = factorized(texts, nulls=False)
    return spread(row, distinct, _as_written)


def _as_written(value: Any) -> str:  # noqa: ANN401 - a field can be of any type
    if isinstance(value, float | np.floating):
        return number_text(float(value))
    return str(value).removesuffix(_MIDNIGHT)


# Sheets


def _sheets(path: Path, layer: str | None, encoding: str | None, all_layers: bool) -> Iterator[_Raw]:
    if _is_text(path):  # many systems call a table of text .xls
        table = read_table(path, encoding)
        yield _Raw(table.cells, encoding=table.encoding, remarks=table.remarks)
        return
    book = read_workbook(path)
    remarks = book.remarks
    names = [sheet.name for sheet in book.sheets]
    if not all_layers and layer is None and len(names) > 1:
        remarks = [*remarks, Remark("first_layer", {"layer": names[0], "names": ", ".join(names)})]
    if layer is not None and layer not in names:
        raise UnreadableFile(path=str(path), why=f"it has no sheet “{layer}” with a table")
    chosen = [sheet for sheet in book.sheets if layer in (None, sheet.name)]
    for number, sheet in enumerate(chosen if all_layers else chosen[:1]):
        own = [*(remarks if not number else []), *sheet.remarks]
        yield _Raw(sheet.cells, remarks=own, layer=sheet.name if all_layers and len(names) > 1 else "")


def _is_text(path: Path) -> bool:
    """Whether a workbook by its suffix is a table of text."""
    if path.suffix.lower() != ".xls":
        return False
    start = bytes_of(path, 4096)
    return (
        bool(start)
        and not start.lstrip().startswith(b"<")
        and (encodings.marked(start) or not any(byte in start for byte in (0, 1, 8)))
    )


# JSON


def _json_tables(path: Path, layer: str | None, encoding: str | None, all_layers: bool) -> Iterator[_Raw]:
    """The arrays of records in a JSON document."""
    tables = json_tables.read_document(path, encoding)
    names = [table.name for table in tables]
    chosen = [table for table in tables if layer in (None, table.name)]
    if not chosen:
        raise UnreadableFile(path=str(path), why=f"it has no list “{layer}”")
    if len(tables) > 1 and layer is None and not all_layers:
        tables[0].remarks.append(Remark("first_layer", {"layer": names[0], "names": ", ".join(names)}))
    for table in chosen if all_layers else chosen[:1]:
        yield _json_raw(table, several=all_layers and len(tables) > 1)


def _json_raw(table: json_tables.JsonTable, *, several: bool) -> _Raw:
    crs = pyproj.CRS.from_user_input(table.crs) if table.crs else None
    return _Raw(table.cells, table.geometry, crs, table.encoding, table.remarks, table.name if several else "")


# Shapefiles


def _parts(path: Path) -> dict[str, Path]:
    """The files of a shapefile by their suffixes."""
    found = path.parent.glob(f"{glob.escape(path.stem)}.*")
    return {part.suffix.lower(): part for part in found if part.stem == path.stem}  # a.2024.dbf is no part of a.shp


def _read_shapefile(path: Path, encoding: str | None) -> _Raw:
    """A shapefile: geometries by GDAL, attributes from the bytes of its table."""
    parts = _parts(path)
    if ".dbf" not in parts:
        return _read_layer(path, 0, None)
    table = read_dbf(parts[".dbf"])
    raw = _Raw(pd.DataFrame())
    raw.encoding = encoding or _dbf_encoding(table, parts.get(".cpg"), raw.remarks)
    if table.beyond:
        raw.remarks.append(Remark("records_beyond", {"stated": len(table.deleted), "count": table.beyond}))
    if ".shp" in parts:
        meta, fids, wkb = _shapes(parts)
        raw.geometry = np.full(len(table.deleted), None, dtype=object)
        inside = fids < len(table.deleted)
        raw.geometry[fids[inside]] = shapely.from_wkb(wkb[inside], on_invalid="ignore")
        if not inside.all():
            raw.remarks.append(Remark("shapes_unnamed", {"count": int((~inside).sum())}))
        if lost := int(shapely.is_missing(raw.geometry[~table.deleted]).sum()) * _is_cut(parts[".shp"]):
            raw.remarks.append(Remark("shapes_missing", {"count": lost}))
        raw.crs = _crs_of(meta)
    if table.plain:
        attributes = table.frame(raw.encoding)
    else:
        _, fids, _, columns = _pyogrio_read(path, read_geometry=False, return_fids=True, encoding=_BYTES)
        if len(columns) != len(table.names):
            raise UnreadableFile(path=str(path), why="its fields are of unknown types")
        texts = {number: _recoded(text_of(column), raw.encoding) for number, column in enumerate(columns)}
        attributes = pd.DataFrame(texts, index=fids, dtype=object)
        attributes = attributes.reindex(range(len(table.deleted)))
        attributes = attributes.set_axis([encodings.decode(name, raw.encoding) for name in table.names], axis=1)
    raw.attributes = attributes[~table.deleted].reset_index(drop=True)
    if raw.geometry is not None:
        raw.geometry = raw.geometry[~table.deleted]
    if table.deleted.any():
        raw.remarks.append(Remark("deleted_rows", {"count": int(table.deleted.sum())}))
    return raw


def _recoded(texts: NDArray[Any], encoding: str) -> NDArray[Any]:
    """Texts that were read byte by byte, in their encoding."""
    return each_text(texts, lambda text: encodings.decode(text.encode(_BYTES), encoding))


def _is_cut(shapes: Path) -> bool:
    """Whether a .shp file is shorter than its header says (in words of two bytes)."""
    return 2 * int.from_bytes(bytes_of(shapes, 28)[24:28], "big") > shapes.stat().st_size


def _shapes(parts: dict[str, Path]) -> tuple[dict[str, Any], Any, Any]:
    """The shapes of a shapefile; where its index (.shx) is missing or its .prj is no UTF-8, those of a mended copy."""
    prj = bytes_of(parts[".prj"]) if ".prj" in parts else b""
    if ".shx" in parts and _is_utf8(prj):
        meta, fids, wkb, _ = _pyogrio_read(parts[".shp"], columns=[], return_fids=True, encoding=_BYTES)
        return meta, fids, wkb
    with temporary_folder() as folder:
        copy = folder / "shapes.shp"
        for suffix in (".shp", ".shx"):
            if suffix in parts:
                copied_to(parts[suffix], copy.with_suffix(suffix))
        with filling_temporary():
            copy.with_suffix(".prj").write_text(encodings.text_of_file(prj)[0], encoding="utf-8")
        with opening(copy, parts[".shp"], SHAPE_RESTORE_SHX="YES"):
            meta, fids, wkb, _ = pyogrio.raw.read(copy, columns=[], return_fids=True)
    return meta, fids, wkb


def _dbf_encoding(table: Dbf, cpg: Path | None, remarks: list[Remark]) -> str:
    stated, hints = _dbf_hints(table, cpg)
    texts = table.texts()
    chosen = encodings.choose(texts, hints)
    if hints and encodings.differ(hints[0], chosen.encoding) and any(not text.isascii() for text in texts):
        remarks.append(Remark("encoding_disagrees", {"encoding": chosen.encoding, "stated": stated or hints[0]}))
    remarks += chosen.remarks()
    return chosen.encoding


def _dbf_hints(table: Dbf, cpg: Path | None) -> tuple[str, list[str]]:
    """What the .cpg file says, and the encodings that it and the language id name."""
    stated = bytes_of(cpg, 100).decode("ascii", "replace").strip() if cpg is not None else ""
    return stated, [hint for hint in (encodings.known_encoding(stated), table.language) if hint]


# Layers of every other format


def _layers(path: Path, layer: str | None, encoding: str | None, all_layers: bool) -> Iterator[_Raw | CityGridError]:
    """The layer of that name, the first one, or all; a layer that cannot be read is an error in its place."""
    with _as_utf8(path, encoding) as (source, remarks):  # the first layer gets them
        with opening(source, path):
            listed = [str(name) for name, _ in pyogrio.list_layers(source)]
        surveyed = survey_layers(path) if all_layers and path.suffix.lower() == ".gpkg" else None
        kept = [name for name in listed if name in _KEPT_BY_QGIS or (surveyed is not None and name not in surveyed)]
        numbers = [number for number, name in enumerate(listed) if layer in (None, name) and name not in kept]
        if not numbers and surveyed is not None:
            raise EmptyInput(layer=path.name)
        if not numbers:
            why = f"it has no layer “{layer}”" if layer is not None else "it has no layer"
            raise UnreadableFile(path=str(path), why=why)
        if kept and all_layers:
            remarks.append(Remark("layers_ignored", {"names": ", ".join(kept)}))
        if len(numbers) > 1 and not all_layers:
            remarks.append(Remark("first_layer", {"layer": listed[numbers[0]], "names": ", ".join(listed)}))
        several = all_layers and (len(numbers) > 1 or path.suffix.lower() in _CONTAINERS)
        for number in numbers if all_layers else numbers[:1]:
            try:
                raw = _read_layer(source, number, encoding)
            except UnreadableFile as error:
                yield UnreadableFile(path=f"{path}|{listed[number]}", why=str(error.values["why"]))
                continue
            raw.remarks += remarks
            remarks.clear()
            raw.layer = listed[number] if several else ""
            yield raw


@contextlib.contextmanager
def _as_utf8(path: Path, encoding: str | None) -> Iterator[tuple[Path, list[Remark]]]:
    """A file that GDAL takes for UTF-8: the file itself, or a copy for this time if its text is something else."""
    suffix = path.suffix.lower()
    if suffix == ".gml":
        with _copied(path, ".xsd") as copy:
            yield copy, []
        return
    if suffix not in UTF8_FORMATS:
        yield path, []
        return
    found = _transcoded(path, encoding)
    if found is None:
        yield path, []
        return
    text, remarks = found
    with temporary_folder() as folder:
        copy = folder / f"layer{suffix}"
        with filling_temporary():
            copy.write_text(text, encoding="utf-8", newline="")
        del text, found
        yield copy, remarks


def _transcoded(path: Path, encoding: str | None) -> tuple[str, list[Remark]] | None:
    """A text which is something else as UTF-8 has to be, and what to say of it; None where it is UTF-8."""
    data = bytes_of(path)
    declared = _XML_ENCODING.search(data[:_XML_START]) if path.suffix.lower() == ".kml" else None
    stated = encodings.known_encoding(declared[2].decode("ascii", "replace")) if declared else ""
    plain = data.isascii() or (_is_utf8(data) and not encodings.marked(data))
    if not data or (plain and not encoding and stated in {"", "utf-8"}):
        return None
    text, chosen = encodings.text_of_file(data, encoding, [stated] if stated else [])
    if declared:
        text = text.replace(declared[0].decode("ascii", "replace"), 'encoding="UTF-8"', 1)
    transcoded = encodings.differ(chosen.encoding, encodings.UTF8)
    said = [Remark("text_transcoded", {"encoding": chosen.encoding})] if transcoded else []
    return text, said + chosen.remarks()


@contextlib.contextmanager
def _copied(path: Path, *others: str) -> Iterator[Path]:
    """A copy of a file, and of those of the same name with other suffixes, beside which GDAL may write."""
    with temporary_folder() as folder:
        for part in (path, *(other for suffix in others if (other := path.with_suffix(suffix)).is_file())):
            copied_to(part, folder / part.name)
        yield folder / path.name


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_layer(path: Path, number: int, encoding: str | None) -> _Raw:
    """A layer by its number, whose names may be repeated."""
    raw = _Raw(pd.DataFrame())
    with opening(path):
        info = pyogrio.read_info(path, layer=number)
    bulk = _bulk(path, info)
    rest = [name for name in info["fields"] if name not in bulk]
    options: dict[str, Any] = {"layer": number, "datetime_as_string": True, "encoding": encoding}
    if path.suffix.lower() in {".geojson", ".json"}:
        options["DATE_AS_STRING"] = "YES"
    texts: dict[str, NDArray[Any]] = {}
    wkb = None
    if rest or info["geometry_name"] not in bulk:
        meta, _, wkb, columns = _pyogrio_read(
            path, columns=rest, read_geometry=info["geometry_name"] not in bulk, **options
        )
        texts = _column_texts(path, info["layer_name"], meta, columns)
    texts |= bulk
    raw.crs = _crs_of(info)
    if info["geometry_name"] in bulk:
        raw.geometry = bulk[info["geometry_name"]]
    elif wkb is not None:
        raw.geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    count = len(next(iter(texts.values()))) if texts else len(raw.geometry if raw.geometry is not None else ())
    if count < info["features"]:
        raw.remarks.append(Remark("records_missing", {"stated": info["features"], "count": count}))
    fields = list(map(str, info["fields"]))
    raw.attributes = pd.DataFrame({name: texts[name] for name in fields}, index=range(count), dtype=object)
    if raw.geometry is None:
        raw.crs = None
    return raw


def _bulk(path: Path, info: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """Columns of a GeoPackage, read as whole arrays: texts, numbers, days, and points."""
    if path.suffix.lower() != ".gpkg" or info["features"] < _WORTH_BULK or "ogr_types" not in info:
        return {}
    kinds = zip(map(str, info["fields"]), info["ogr_types"], info["ogr_subtypes"], strict=True)
    types = {name: kind for name, kind, subkind in kinds if kind in _BULK_TYPES and subkind == "OFSTNone"}
    texts = [name for name, kind in types.items() if kind == "OFTString"]
    points = info["geometry_name"] if info["geometry_type"] == "Point" else None
    return bulk_columns(path, str(info["layer_name"]), list(types), texts, points) or {}


def _column_texts(
    path: Path, layer: str, meta: dict[str, Any], columns: Sequence[NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """Columns as text. Whole numbers that had to become floating-point ones, for a null, are read again."""
    texts, inexact = {}, []
    # Older versions of pyogrio tell only the types of arrays, of which texts and others share one.
    types = meta.get("ogr_types") or [_WHOLE if kind == "int64" else "" for kind in meta["dtypes"]]
    for name, kind, column in zip(meta["fields"], types, columns, strict=True):
        if kind == "OFTString":
            texts[str(name)] = column
            continue
        texts[str(name)] = text_of(column)
        if kind == _WHOLE and column.dtype.kind == "f" and (np.abs(column) >= _EXACT).any():
            inexact.append(str(name))
    if inexact:
        texts |= _exact(path, layer, inexact)
    return texts


def _exact(path: Path, layer: str, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    def quoted(name: str) -> str:
        return '"' + name.replace('"', '\\"') + '"'

    chosen = ", ".join(f"CAST({quoted(name)} AS character(20)) AS c{at}" for at, name in enumerate(names))
    sql = " ".join(("SELECT", chosen, "FROM", quoted(layer)))  # names are quoted, and OGR's SQL reads only
    _, _, _, columns = _pyogrio_read(path, sql=sql, sql_dialect="OGRSQL", read_geometry=False)
    return dict(zip(names, columns, strict=True))


def _pyogrio_read(path: Path, **options: Any) -> tuple[dict[str, Any], Any, Any, Any]:  # noqa: ANN401
    """Read with pyogrio; text that is not UTF-8, in a format that does not say so, is taken for Chinese."""
    with opening(path):
        try:
            return pyogrio.raw.read(path, **options)
        except UnicodeDecodeError:
            return pyogrio.raw.read(path, **(options | {"encoding": encodings.GB18030}))


def _crs_of(meta: dict[str, Any]) -> pyproj.CRS | None:
    if not meta["crs"]:
        return None
    try:
        return pyproj.CRS.from_user_input(meta["crs"])
    except pyproj.exceptions.CRSError:
        return None
