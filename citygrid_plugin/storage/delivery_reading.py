"""A delivery as it stands on the disk, ours or a stranger's: every shapefile with all that an acceptance check needs.

Nothing is mended on the way and nothing is written into the delivery.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
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
from citygrid_plugin.core.delivery.check_files import FoundField, FoundFile
from citygrid_plugin.core.delivery.dictionary import (
    CASES,
    COMMUNITIES,
    COMPONENTS,
    OTHER,
    STREETS,
    UNIT_GRID,
    ZONES,
    Dictionary,
)
from citygrid_plugin.core.delivery.names import class_of_file
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
_HEADER, _DESCRIPTOR = 32, 32
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


@dataclass(frozen=True)
class FoundDelivery:
    """All shapefiles of a delivery; the count table (name without suffix -> rows) and the file that it stands in."""

    files: list[FoundFile] = field(default_factory=list)
    counts: Mapping[str, int] | None = None
    count_table: str = ""


def read_delivery(
    path: Path, dictionary: Dictionary, count_table: Path | None = None, progress: Progress = silent
) -> FoundDelivery:
    """Read a delivery: a folder, a zip, or one .shp. ``count_table``: where it does not lie among the files.

    Raises ``UnreadableFile`` where there is nothing of the kind, and what unpacking a zip does. A file that cannot be
    read is one with a reason (``FoundFile.why``).
    """
    if path.is_dir():
        return _of_folder(path, dictionary, count_table, progress)
    if not path.is_file():
        raise UnreadableFile(path=str(path), why="there is no such file or folder")
    if path.suffix.lower() == ".zip":
        with temporary_folder() as folder:
            unpack(path, folder, _is_wanted, Budget(), part(progress, 0.0, 0.3))
            return _of_folder(folder, dictionary, count_table, part(progress, 0.3, 1.0))
    if path.suffix.lower() in _PARTS:
        return _of_folder(path.parent, dictionary, count_table, progress, only=path.stem)
    raise UnreadableFile(path=str(path), why="it is neither a folder nor a zip nor a shapefile")


def _is_wanted(name: str) -> bool:
    return PurePosixPath(name.replace("\\", "/").lower()).suffix in _PARTS | _TABLES


def _of_folder(
    folder: Path, dictionary: Dictionary, count_table: Path | None, progress: Progress, only: str = ""
) -> FoundDelivery:
    found: dict[str, dict[str, Path]] = {}
    tables = []
    for path in sorted(folder.glob("*" if only else "**/*")):
        suffix = path.suffix.lower()
        if suffix in _PARTS and path.is_file() and only in ("", path.stem):
            found.setdefault(path.with_suffix("").relative_to(folder).as_posix(), {})[suffix] = path
        elif suffix in _TABLES and path.is_file() and not path.name.startswith(("~$", ".")):
            tables.append(path)
    shapefiles = {stem: parts for stem, parts in found.items() if ".shp" in parts or len(parts) > 1}
    files = []
    for number, (stem, parts) in enumerate(shapefiles.items()):
        progress(number / len(shapefiles))
        files.append(_read(f"{stem}.shp", parts, dictionary))
    counts, name = _counts([count_table] if count_table is not None else [] if only else tables)
    return FoundDelivery(files, counts, name)


# The count table


def _counts(tables: list[Path]) -> tuple[Mapping[str, int] | None, str]:
    """The first table with a column of file names and one of numbers."""
    for path in tables:
        with contextlib.suppress(CityGridError):
            for records in read_file(path, Options()):
                counts = _count_columns(records.frame) if isinstance(records, Records) else None
                if counts is not None:
                    return counts, path.name
    return None, ""


def _count_columns(table: pd.DataFrame) -> Mapping[str, int] | None:
    columns = {str(name).strip().casefold(): name for name in table.columns}
    file = next((columns[word] for word in columns if word in _FILE_WORDS), None)
    count = next((columns[word] for word in columns if word in _COUNT_WORDS), None)
    if file is None or count is None:
        return None
    result = {}
    for name, number in zip(table[file], table[count], strict=True):
        suffix = PurePosixPath(str(name or "")).suffix.casefold()
        if name and str(number or "").strip().isdigit() and suffix in ("", ".shp", ".dbf"):
            result[PurePosixPath(str(name).strip()).stem.casefold()] = int(str(number).strip())
    return result or None


# Shapefiles


def _read(file: str, parts: Mapping[str, Path], dictionary: Dictionary) -> FoundFile:
    present = frozenset(parts)
    try:
        return _complete(file, parts, dictionary)
    except CityGridError as error:
        return FoundFile(file, present, why=str(error.values.get("why", error)))


def _complete(file: str, parts: Mapping[str, Path], dictionary: Dictionary) -> FoundFile:
    table = read_dbf(parts[".dbf"]) if ".dbf" in parts else None
    shapes, crs = _shapes(parts) if ".shp" in parts else (None, None)
    if table is None:
        frame = gpd.GeoDataFrame(geometry=[] if shapes is None else shapes, crs=crs)
        return FoundFile(file, frozenset(parts), frame=frame, shapes=len(frame))
    cpg = bytes_of(parts[".cpg"], 100).decode("ascii", "replace").strip() if ".cpg" in parts else None
    telling = any(not text.isascii() for text in table.texts())
    hints = [hint for hint in (encodings.known_encoding(cpg or ""), table.language) if hint]
    encoding = encodings.choose(table.texts(), hints).encoding
    attributes, found, kind = _attributes(parts[".dbf"], table, encoding, PurePosixPath(file).stem, dictionary)
    kept = ~table.deleted
    geometry = np.full(len(kept), None, dtype=object)
    if shapes is not None:
        count = min(len(shapes), len(kept))
        geometry[:count] = shapes[:count]
    frame = gpd.GeoDataFrame(attributes[kept].reset_index(drop=True), geometry=geometry[kept], crs=crs)
    return FoundFile(
        file,
        frozenset(parts),
        kind,
        frame,
        found,
        cpg=cpg,
        cpg_agrees=not telling or not cpg or not encodings.differ(cpg, encoding),
        language=table.language,
        language_agrees=not telling or _language_agrees(table.language, encoding, cpg),
        encoding=encoding,
        shapes=len(kept) if shapes is None else len(shapes),
        rows=len(kept),
        deleted=int(table.deleted.sum()),
    )


def _language_agrees(language: str, encoding: str, cpg: str | None) -> bool:
    """Whether the language id names the encoding, or none; cp1252 beside a .cpg is what many programs always write."""
    usual = not language or (language == "cp1252" and cpg is not None)
    return usual or not encodings.differ(language, encoding)


def _attributes(
    path: Path, table: Dbf, encoding: str, stem: str, dictionary: Dictionary
) -> tuple[pd.DataFrame, tuple[FoundField, ...], str]:
    """The table as text by our field names, its fields, and what kind of layer it is."""
    frame = _frame(path, table, encoding)
    names = [str(name) for name in frame.columns]
    kind = dictionary.kind(names) or _kind_of_name(stem)
    rules = [dictionary.rule(kind, name) if kind != OTHER else None for name in names]
    data = bytes_of(path, _HEADER + len(names) * _DESCRIPTOR)
    found, columns = [], []
    taken: set[str] = set()
    for number, (name, rule) in enumerate(zip(names, rules, strict=True)):
        own = rule if rule is not None and rule.field not in taken else None
        descriptor = data[_HEADER + number * _DESCRIPTOR :][:_DESCRIPTOR]
        width, decimals = descriptor[16], descriptor[17]
        if table.types[number] == "C":
            width, decimals = width + 256 * decimals, 0
        column = own.field if own is not None else name if name not in taken else f"{name} ({number + 1})"
        taken.add(column)
        columns.append(column)
        found.append(FoundField(column if own is None else name, table.types[number], width, decimals, own))
    return frame.set_axis(columns, axis=1), tuple(found), kind


def _frame(path: Path, table: Dbf, encoding: str) -> pd.DataFrame:
    if table.plain:
        return table.frame(encoding)
    with opening(path):  # fields of a binary type, which only GDAL reads
        read = pyogrio.read_dataframe(path, read_geometry=False, encoding=encoding)
    texts = {number: text_of(read[name]) for number, name in enumerate(read.columns)}
    return pd.DataFrame(texts, dtype=object).set_axis(list(read.columns), axis=1)


def _kind_of_name(stem: str) -> str:
    """What the name of a file says that it holds: the layers of the workspace, or Chinese words for them."""
    if class_of_file(stem):
        return COMPONENTS
    lower = stem.casefold()
    return _BY_NAME.get(lower) or next((kind for word, kind in _BY_NAME.items() if lower.startswith(word)), OTHER)


def _shapes(parts: Mapping[str, Path]) -> tuple[NDArray[Any], pyproj.CRS | None]:
    """The shapes of a .shp and the CRS of its .prj; without a .shx, those of a copy for which GDAL makes one."""
    if ".shx" in parts:
        geometry = _read_shapes(parts[".shp"], parts[".shp"])
        count = (parts[".shx"].stat().st_size - _SHX_HEADER) // _SHX_RECORD
        if count > len(geometry):
            geometry = np.concatenate([geometry, np.full(count - len(geometry), None, dtype=object)])
    else:
        with temporary_folder() as folder:
            copy = folder / "shapes.shp"
            copied_to(parts[".shp"], copy)
            geometry = _read_shapes(copy, parts[".shp"], SHAPE_RESTORE_SHX="YES")
    return geometry, _crs(parts[".prj"]) if ".prj" in parts else None


def _read_shapes(path: Path, shown: Path, **options: str) -> NDArray[Any]:
    with opening(path, shown, **options):
        _, _, wkb, _ = pyogrio.raw.read(path, columns=[])
    return np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"))


def _crs(path: Path) -> pyproj.CRS | None:
    """The CRS of a .prj; None for what is none. A belt of CGCS2000 is the one of EPSG, however it is written out."""
    text = encodings.text_of_file(bytes_of(path))[0].strip()
    try:
        crs = pyproj.CRS.from_wkt(text)
    except pyproj.exceptions.CRSError:
        return None
    code = epsg_of(crs)
    return pyproj.CRS.from_epsg(code) if code is not None else crs
