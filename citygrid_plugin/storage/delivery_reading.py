"""A delivery as it stands on the disk, ours or a stranger's: every shapefile with all that an acceptance check needs.

Nothing is mended on the way and nothing is written into the delivery.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path, PurePosixPath
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.delivery.belts import epsg_of
from citygrid_plugin.core.delivery.check_files import NUMBERS, CountTable, FoundField, FoundFile
from citygrid_plugin.core.delivery.dictionary import (
    CASES,
    COMMUNITIES,
    COMPONENTS,
    NUMBER,
    OTHER,
    STREETS,
    UNIT_GRID,
    ZONES,
    Dictionary,
)
from citygrid_plugin.core.delivery.names import class_of_file
from citygrid_plugin.core.distinct import each_text
from citygrid_plugin.core.errors import CityGridError, UnreadableFile
from citygrid_plugin.core.progress import Progress, part, silent

from .files import bytes_of, copied_to, temporary_folder
from .gdal import opening
from .readers import encodings
from .readers.archives import Budget, unpack
from .readers.dbf import Dbf, read_dbf
from .readers.records import Options, Records, read_file, text_of

_PARTS: Final = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_TABLES: Final = frozenset({".csv", ".xlsx", ".xls"})
_SHX_HEADER, _SHX_RECORD = 100, 8
_BY_NAME: Final = {
    "单元网格": UNIT_GRID, "责任网格": ZONES, "社区": COMMUNITIES, "街道": STREETS, "案卷": CASES, "部件": COMPONENTS,
    "zoned_grid": UNIT_GRID, "owned_grid": UNIT_GRID,
    **{kind: kind for kind in (UNIT_GRID, ZONES, COMMUNITIES, STREETS, COMPONENTS, CASES)},
}  # fmt: skip
_FILE_WORDS: Final = frozenset({
    "文件 file", "文件", "文件名", "文件名称", "图层", "图层名", "图层名称", "数据", "数据名称", "名称",
    "file", "filename", "layer", "name",
})  # fmt: skip
_COUNT_WORDS: Final = frozenset({
    "记录数 rows", "记录数", "记录条数", "数量", "个数", "要素数", "要素个数", "图斑数", "条数",
    "rows", "count", "number", "features",
})  # fmt: skip
_MOST_DIGITS: Final = 30  # of a number that is taken for a code
_TOTALS: Final = frozenset({"合计", "总计", "小计", "共计", "total", "sum"})
_LARGEST_TABLE: Final = 5 << 20  # bytes; ours: a count table has a row a file, a larger table is one of data


@dataclass(frozen=True)
class FoundDelivery:
    """All shapefiles of a delivery, its count tables, and what could not be unpacked."""

    files: list[FoundFile] = field(default_factory=list)
    counts: list[CountTable] = field(default_factory=list)
    failed: list[CityGridError] = field(default_factory=list)


def read_delivery(
    path: Path, dictionary: Dictionary, count_table: Path | None = None, progress: Progress = silent
) -> FoundDelivery:
    """Read a delivery: a folder, a zip, or one .shp. ``count_table``: where it does not lie among the files.

    Raises ``UnreadableFile`` where there is nothing of the kind or ``count_table`` is none, and what unpacking a zip
    does. A file that cannot be read is one with a reason (``FoundFile.why``).
    """
    if path.is_dir():
        return _of_folder(path, dictionary, count_table, progress)
    if not path.is_file():
        raise UnreadableFile(path=str(path), why="there is no such file or folder")
    if path.suffix.lower() == ".zip":
        with temporary_folder() as folder:
            unpacked = unpack(path, folder, _is_wanted, Budget(), part(progress, 0.0, 0.3))
            found = _of_folder(folder, dictionary, count_table, part(progress, 0.3, 1.0))
            return replace(found, failed=unpacked.failed)
    if path.suffix.lower() in _PARTS:
        return _of_folder(path.parent, dictionary, count_table, progress, only=path.stem)
    raise UnreadableFile(path=str(path), why="it is neither a folder nor a zip nor a shapefile")


def _is_wanted(name: str) -> bool:
    return PurePosixPath(name.replace("\\", "/").lower()).suffix in _PARTS | _TABLES


def _of_folder(
    folder: Path, dictionary: Dictionary, count_table: Path | None, progress: Progress, only: str = ""
) -> FoundDelivery:
    paths = [path for path in sorted(folder.glob("*" if only else "**/*")) if _counts_as_file(path)]
    shapefiles = _shapefiles(
        (path for path in paths if only.casefold() in ("", path.stem.casefold())), folder, exact=only
    )
    files = []
    for number, (stem, parts) in enumerate(shapefiles.items()):
        progress(number / len(shapefiles))
        files.append(_read(f"{stem}.shp", parts, dictionary))
    if count_table is not None:
        return FoundDelivery(files, [_given_counts(count_table)])
    tables = [] if only else [path for path in paths if path.suffix.lower() in _TABLES]
    return FoundDelivery(files, list(_counts(tables, folder, files)))


def _counts_as_file(path: Path) -> bool:
    """Whether a path is a file that somebody made, and not one that a program or system left beside it."""
    return path.is_file() and not path.name.startswith(("~$", "."))


def _shapefiles(paths: Iterable[Path], folder: Path, exact: str) -> dict[str, dict[str, Path]]:
    """The parts of each shapefile by suffix, by its path without one.

    Parts whose names differ in case only are one shapefile, as on Windows, where none of them is there twice.
    ``exact``: where they are not, the one of this name is meant.
    """
    found: dict[str, dict[str, Path]] = {}
    for path in paths:
        if path.suffix.lower() in _PARTS:
            stem = path.with_suffix("").relative_to(folder).as_posix()
            found.setdefault(stem, {})[path.suffix.lower()] = path
    alike: dict[str, list[str]] = {}
    for stem in found:
        alike.setdefault(stem.casefold(), []).append(stem)
    result = {}
    for stems in alike.values():
        whole = {suffix: path for stem in stems for suffix, path in found[stem].items()}
        if len(whole) == sum(len(found[stem]) for stem in stems):
            name = next((stem for stem in stems if ".shp" in found[stem]), stems[0])
            result[name] = whole
        else:
            result |= {stem: found[stem] for stem in stems if exact in ("", stem)}
    return {stem: parts for stem, parts in result.items() if ".shp" in parts or len(parts) > 1}


# The count table


def _counts(tables: Iterable[Path], folder: Path, files: Iterable[FoundFile]) -> Iterator[CountTable]:
    """The first count table of each folder; it speaks of the nearest folder at or above it that holds shapefiles."""
    homes = {home.as_posix() for file in files for home in PurePosixPath(file.file).parents}
    told: set[Path] = set()
    for path in tables:
        if path.parent in told or path.stat().st_size > _LARGEST_TABLE:
            continue
        rows: tuple[tuple[str, int], ...] = ()
        with contextlib.suppress(CityGridError):
            rows = _count_rows(path)
        if rows:
            told.add(path.parent)
            name = PurePosixPath(path.relative_to(folder).as_posix())
            home = next((home.as_posix() for home in name.parents if home.as_posix() in homes), ".")
            yield CountTable(name.as_posix(), rows, "" if home == "." else f"{home}/")


def _given_counts(path: Path) -> CountTable:
    rows = _count_rows(path)
    if not rows:
        raise UnreadableFile(path=str(path), why="it has no column of file names with one of numbers of rows beside it")
    return CountTable(path.name, rows)


def _count_rows(path: Path) -> tuple[tuple[str, int], ...]:
    """Name of a file without suffix, and its rows, of the first sheet that has such columns."""
    tables = (records.frame for records in read_file(path, Options()) if isinstance(records, Records))
    return next((rows for rows in map(_count_columns, tables) if rows), ())


def _count_columns(table: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    columns = {str(name).strip().casefold(): name for name in table.columns}
    file = next((columns[word] for word in columns if word in _FILE_WORDS), None)
    count = next((columns[word] for word in columns if word in _COUNT_WORDS), None)
    if file is None or count is None:
        return ()
    result = []
    for name, number in zip(table[file].fillna(""), table[count].fillna(""), strict=True):
        path, rows = PurePosixPath(str(name).strip().replace("\\", "/")), str(number).strip()
        told = path.suffix.casefold() in ("", ".shp", ".dbf") and path.name.casefold() not in {"", *_TOTALS}
        if told and rows.isascii() and rows.isdigit():
            result.append((path.with_suffix("").as_posix(), int(rows)))
    return tuple(result)


# Shapefiles


def _read(file: str, parts: Mapping[str, Path], dictionary: Dictionary) -> FoundFile:
    cases_differ = len({path.stem for path in parts.values()}) > 1
    try:
        return replace(_complete(file, parts, dictionary), cases_differ=cases_differ)
    except CityGridError as error:
        why = str(error.values.get("why", error))
        return FoundFile(file, frozenset(parts), why=why, cases_differ=cases_differ)


def _complete(file: str, parts: Mapping[str, Path], dictionary: Dictionary) -> FoundFile:
    table = read_dbf(parts[".dbf"]) if ".dbf" in parts else None
    shapes, crs = _shapes(parts) if ".shp" in parts else (None, None)
    if table is None:
        frame = gpd.GeoDataFrame(geometry=[] if shapes is None else shapes, crs=crs)
        return FoundFile(file, frozenset(parts), frame=frame, shapes=len(frame))
    code_page = bytes_of(parts[".cpg"], 100) if ".cpg" in parts else None
    cpg = None if code_page is None else encodings.text_of_file(code_page)[0].strip()
    telling = any(not text.isascii() for text in table.texts())
    hints = [hint for hint in (encodings.known_encoding(cpg or ""), table.language) if hint]
    encoding = encodings.choose(table.texts(), hints).encoding
    attributes, found, kind = _attributes(parts[".dbf"], table, encoding, PurePosixPath(file).stem, dictionary)
    records = np.flatnonzero(~table.deleted)
    geometry = np.full(len(table.deleted), None, dtype=object)
    if shapes is not None:
        count = min(len(shapes), len(geometry))
        geometry[:count] = shapes[:count]
    frame = gpd.GeoDataFrame(attributes.iloc[records].reset_index(drop=True), geometry=geometry[records], crs=crs)
    return FoundFile(
        file,
        frozenset(parts),
        kind,
        frame,
        found,
        cpg=cpg,
        cpg_agrees=not telling or not cpg or _says(cpg, encoding),
        cpg_marked=code_page is not None and encodings.marked(code_page),
        language=table.language,
        language_agrees=not telling or _language_agrees(table.language, encoding, cpg),
        encoding=encoding,
        shapes=len(geometry) if shapes is None else len(shapes),
        rows=len(geometry),
        records=records,
    )


def _language_agrees(language: str, encoding: str, cpg: str | None) -> bool:
    """Whether the language id names the encoding, or none; cp1252 beside a .cpg is what many programs always write."""
    usual = not language or (language == "cp1252" and cpg is not None)
    return usual or _says(language, encoding) or (cpg is not None and not encodings.differ(language, encoding))


def _says(stated: str, encoding: str) -> bool:
    """Whether a name means the encoding; GBK is not enough for text that needs GB18030, whose rest it shows broken."""
    short = encoding == encodings.GB18030 and encodings.known_encoding(stated) != encoding.casefold()
    return not short and not encodings.differ(stated, encoding)


def _attributes(
    path: Path, table: Dbf, encoding: str, stem: str, dictionary: Dictionary
) -> tuple[pd.DataFrame, tuple[FoundField, ...], str]:
    """The table as text by our field names, its fields, and what kind of layer it is."""
    frame = _frame(path, table, encoding)
    names = [str(name) for name in frame.columns]
    kind = dictionary.kind(names) or _kind_of_name(stem)
    rules = [dictionary.rule(kind, name) if kind != OTHER else None for name in names]
    found, columns = [], []
    taken: set[str] = set()
    for number, (name, rule) in enumerate(zip(names, rules, strict=True)):
        own = rule if rule is not None and rule.field not in taken else None
        column = own.field if own is not None else name if name not in taken else f"{name} ({number + 1})"
        taken.add(column)
        columns.append(column)
        if own is not None and own.type != NUMBER and table.types[number] in NUMBERS:
            frame.isetitem(number, each_text(frame.iloc[:, number], _whole))
        found.append(FoundField(column if own is None else name, table.types[number], *table.sizes[number], own))
    return frame.set_axis(columns, axis=1), tuple(found), kind


def _whole(number: str) -> str:
    """A code or date that a field of numbers holds: 20240101.00 and 2.0240101e+007 are 20240101."""
    if not number.lower().strip("0123456789"):
        return number
    with contextlib.suppress(InvalidOperation):
        value = Decimal(number)
        if value.is_finite() and value.adjusted() < _MOST_DIGITS and value == value.to_integral_value():
            return str(int(value))
    return number


def _frame(path: Path, table: Dbf, encoding: str) -> pd.DataFrame:
    if table.plain:
        return table.frame(encoding)
    with opening(path):  # fields of a binary type, which only GDAL reads; deleted rows it passes over
        read = pyogrio.read_dataframe(path, read_geometry=False, encoding=encoding, fid_as_index=True)
    if len(read.columns) != len(table.names):
        raise UnreadableFile(path=str(path), why="its fields are of unknown types")
    texts = {number: text_of(read[name]) for number, name in enumerate(read.columns)}
    frame = pd.DataFrame(texts, index=read.index, dtype=object).reindex(range(len(table.deleted)))
    return frame.set_axis(list(read.columns), axis=1)


def _kind_of_name(stem: str) -> str:
    """What the name of a file says that it holds: the layers of the workspace, or Chinese words for them."""
    if class_of_file(stem):
        return COMPONENTS
    lower = stem.casefold()
    return _BY_NAME.get(lower) or next((kind for word, kind in _BY_NAME.items() if lower.startswith(word)), OTHER)


def _shapes(parts: Mapping[str, Path]) -> tuple[NDArray[Any], pyproj.CRS | None]:
    """The shapes of a .shp, one a record, and the CRS of its .prj.

    Without a .shx, where it goes by another case, or beside a .prj that is no UTF-8 and GDAL stumbles over, a copy is
    read; GDAL makes an index for it where there is none.
    """
    shp, shx = parts[".shp"], parts.get(".shx")
    projection = bytes_of(parts[".prj"]) if ".prj" in parts else b""
    if shx is not None and shx.stem == shp.stem and projection.isascii():
        geometry = _read_shapes(shp, shp)
    else:
        with temporary_folder() as folder:
            copy = folder / "shapes.shp"
            copied_to(shp, copy)
            if shx is not None:
                copied_to(shx, copy.with_suffix(".shx"))
            geometry = _read_shapes(copy, shp, SHAPE_RESTORE_SHX="YES")
    count = 0 if shx is None else (shx.stat().st_size - _SHX_HEADER) // _SHX_RECORD
    if count > len(geometry):
        geometry = np.concatenate([geometry, np.full(count - len(geometry), None, dtype=object)])
    return geometry, _crs(projection)


def _read_shapes(path: Path, shown: Path, **options: str) -> NDArray[Any]:
    """The shapes by the number of their record: GDAL passes over those whose row in the .dbf is deleted."""
    with opening(path, shown, **options):
        _, records, wkb, _ = pyogrio.raw.read(path, columns=[], return_fids=True)
    shapes = np.full(int(records.max(initial=-1)) + 1, None, dtype=object)
    shapes[records] = shapely.from_wkb(wkb, on_invalid="ignore")
    return shapes


def _crs(projection: bytes) -> pyproj.CRS | None:
    """The CRS of a .prj; None for what is none. A belt of CGCS2000 is the one of EPSG, however it is written out."""
    text = encodings.text_of_file(projection)[0].strip()
    try:
        crs = pyproj.CRS.from_wkt(text)
    except pyproj.exceptions.CRSError:
        return None
    code = epsg_of(crs)
    return pyproj.CRS.from_epsg(code) if code is not None else crs
