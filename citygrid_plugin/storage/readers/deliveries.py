"""Whole deliveries: a file, a folder or a zip of any files, one ``Records`` a file, layer or sheet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyproj

from citygrid_plugin.core.errors import CityGridError, EmptyInput
from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.storage.files import temporary_folder
from citygrid_plugin.storage.survey import MAPPING_FILE

from . import encodings
from .archives import Budget, unpack
from .records import (
    FORMATS,
    REFUSED,
    Options,
    Records,
    read_file,
)

_ZIP: Final = ".zip"
_DATABASE: Final = ".gdb"
_SIDECARS: Final = frozenset({
    ".shx", ".prj", ".qpj", ".cpg", ".sbn", ".sbx", ".qix", ".idx", ".ain", ".aih", ".fix", ".lock", ".mid", ".map",
    ".id", ".ind", ".dat", ".xsd", ".gfs", ".csvt", ".gpkg-wal", ".gpkg-shm", ".qmd",
})  # fmt: skip
"""Suffixes of files that belong to another one, and are nothing of their own."""
_SYSTEM: Final = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_LOCK: Final = "~$"  # how Excel begins the name of the file by which it marks a workbook as open
_PROSE_COLUMNS = 2  # the text and the (empty) geometry
_NAMES_SHOWN = 10


@dataclass(frozen=True)
class Deliveries:
    """What was read, in the order of the files; what could not be read, each with its reason; remarks on the whole."""

    records: list[Records] = field(default_factory=list)
    failed: list[CityGridError] = field(default_factory=list)
    remarks: Sequence[Remark] = field(default_factory=tuple)


def read_deliveries(
    path: Path,
    *,
    encoding: str | None = None,
    crs: pyproj.CRS | None = None,
    xy: tuple[str, str] | None = None,
    progress: Progress = silent,
) -> Deliveries:
    """Read a file, or every file of a folder or a zip, with folders and zips inside it (these one deep).

    ``encoding``, ``crs``, ``xy``: as in ``records.read_records``, for all files. The files of one shapefile are one;
    a folder ``*.gdb`` is one. ``Records.name`` is the path inside the delivery, with ``|layer`` where there are
    several. Files that are no records, and empty ones, are named in remarks; a broken one of several is collected
    in ``failed``, and so is a layer of several.

    Raises, of a single file or of an archive as a whole, ``UnreadableFile`` and what ``read_records`` does;
    ``EmptyInput`` where a folder or a zip has no records and nothing failed; ``UnknownEncoding``.
    """
    options = Options(encodings.checked_encoding(encoding), crs, xy)
    found = _Found(options)
    if path.suffix.lower() != _ZIP and not _is_folder(path):
        found.add_file(path, path.name)
        if not found.records:
            raise found.failed[0] if found.failed else EmptyInput(layer=path.name)
    elif path.is_dir():
        found.add_folder(path, "", zips_inside=1, progress=progress)
    else:
        found.add_zip(path, "", zips_inside=1, progress=progress)
    if not found.records and not found.failed:
        raise EmptyInput(layer=path.name)
    progress(1.0)
    return Deliveries(found.records, found.failed, tuple(found.remarks()))


class _Found:
    """Collects what files hold."""

    def __init__(self, options: Options) -> None:
        self.records: list[Records] = []
        self.failed: list[CityGridError] = []
        self._options = options
        self._ignored: list[str] = []
        self._empty: list[str] = []
        self._budget = Budget()

    def remarks(self) -> Iterator[Remark]:
        for key, names in (("files_ignored", self._ignored), ("files_empty", self._empty)):
            if names:
                shown = ", ".join(names[:_NAMES_SHOWN]) + (" …" if len(names) > _NAMES_SHOWN else "")
                yield Remark(key, {"count": len(names), "names": shown})

    def add_file(self, path: Path, name: str, *, one_of_many: bool = False) -> None:
        try:
            for result in read_file(path, self._options, name):
                if isinstance(result, Records) and one_of_many and _is_prose(path, result):
                    self._ignored.append(name)
                elif isinstance(result, Records):
                    self.records.append(result)
                else:
                    self._fail(result)
        except CityGridError as error:
            self._fail(error)

    def _fail(self, error: CityGridError) -> None:
        if isinstance(error, EmptyInput):
            self._empty.append(str(error.values["layer"]))
        else:
            self.failed.append(error)

    def add_folder(self, folder: Path, prefix: str, zips_inside: int, progress: Progress) -> None:
        files = sorted(_files(folder))
        for number, file in enumerate(files):
            at = part(progress, number / len(files), (number + 1) / len(files))
            at(0.0)
            path, name = folder / file, prefix + file
            if file.lower().endswith(_ZIP):
                self._add_zip_inside(path, name, zips_inside, at)
            elif Path(file).name == MAPPING_FILE:  # what a survey package says of itself
                self._ignored.append(name)
            elif _is_record_file(path):
                self.add_file(path, name, one_of_many=True)
            elif not _belongs_to_another(path):
                self._ignored.append(name)

    def _add_zip_inside(self, path: Path, name: str, zips_inside: int, progress: Progress) -> None:
        if not zips_inside:
            self._ignored.append(name)
            return
        try:
            self.add_zip(path, f"{name}/", zips_inside - 1, progress)
        except CityGridError as error:
            self.failed.append(error)

    def add_zip(self, path: Path, prefix: str, zips_inside: int, progress: Progress) -> None:
        with temporary_folder() as folder:
            unpacked = unpack(path, folder, _is_wanted, self._budget, part(progress, 0.0, 0.3))
            self.failed += unpacked.failed
            others = [
                name for name in unpacked.ignored if not _is_of_system(name) and not _belongs_to_another(Path(name))
            ]
            self._ignored += [prefix + name for name in others]
            self.add_folder(folder, prefix, zips_inside, part(progress, 0.3, 1.0))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and path.suffix.lower() != _DATABASE


def _files(folder: Path) -> Iterator[str]:
    """Paths of the files below a folder, with forward slashes; a File Geodatabase counts as one."""
    for root, folders, names in os.walk(folder):
        databases = [name for name in folders if name.lower().endswith(_DATABASE)]
        folders[:] = [name for name in folders if name not in databases and not _is_of_system(name)]
        for name in [*databases, *(name for name in names if not _is_of_system(name))]:
            yield (Path(root) / name).relative_to(folder).as_posix()


def _is_of_system(name: str) -> bool:
    return any(
        (piece.startswith((".", _LOCK)) and piece.strip(".")) or piece.casefold() in _SYSTEM
        for piece in name.replace("\\", "/").split("/")
    )


def _is_wanted(name: str) -> bool:
    """Whether a file of an archive is unpacked: records, what belongs to them, and archives."""
    lower = name.replace("\\", "/").lower()
    suffix = os.path.splitext(lower)[1]  # noqa: PTH122 - a name, not a path
    wanted = suffix in FORMATS | _SIDECARS | REFUSED | {_ZIP} or f"{_DATABASE}/" in lower
    return wanted and not _is_of_system(name)


def _is_record_file(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix == ".dbf":
        return not (_has_beside(path, ".shp") or _has_beside(path, ".tab"))
    return suffix in FORMATS | REFUSED


def _is_prose(path: Path, records: Records) -> bool:
    """Whether a .txt is a text to read, not a table: it has a single column."""
    return path.suffix.lower() == ".txt" and len(records.frame.columns) <= _PROSE_COLUMNS


def _belongs_to_another(path: Path) -> bool:
    return path.suffix.lower() in _SIDECARS | {".dbf"} or path.name.lower().endswith(".shp.xml")


def _has_beside(path: Path, suffix: str) -> bool:
    return any(path.with_suffix(either).exists() for either in (suffix, suffix.upper()))
