"""Archives from outside: unpacked within bounds, never beyond their folder, with names in any encoding."""

from __future__ import annotations

import errno
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from citygrid_plugin.core.errors import CityGridError, UnreadableFile
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.storage.files import NoTemporaryFolder, no_temporary_folder

from . import encodings

MOST_BYTES: Final = 4 << 30  # ours: unpacked, of an archive in all
_MOST_FILES: Final = 10_000
_HIGHEST_RATIO: Final = 500  # ours: a blank .dbf comes near to it; a bomb has twice as much
_HARMLESS: Final = 50 << 20  # bytes up to which no ratio matters
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1
_CHUNK: Final = 1 << 20
_FORBIDDEN: Final = frozenset('<>:"|?*')  # characters that Windows has in no file name
_LONGEST_NAME: Final = 150
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})

_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


class TooLargeArchive(UnreadableFile):
    """An archive that would fill the disk."""

    template = (
        "“{path}” was not unpacked: it would need {size} MB, which is too much or far more than its packed size. "
        "Unpack it yourself and choose the folder, if you trust it."
    )


class UnsafeName(UnreadableFile):
    """A file of an archive that would land outside its folder, or over another one."""

    template = "“{name}” in “{path}” was not read: its path leaves the archive, or another file has the same one."


class EncryptedArchive(UnreadableFile):
    """A file of an archive that needs a password."""

    template = "“{name}” in “{path}” needs a password. Unpack it yourself and choose the folder."


@dataclass
class Budget:
    """What the archives of a delivery may still unpack."""

    bytes: int = MOST_BYTES
    files: int = _MOST_FILES


@dataclass
class Unpacked:
    """What of an archive could not be unpacked, and the names of what nobody wanted."""

    failed: list[CityGridError] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def check_sizes(path: Path) -> None:
    """Refuse a zipped file (a workbook) that unpacks to too much. Raises ``TooLargeArchive``, ``UnreadableFile``."""
    with _opened(path) as archive:
        _spend(path, archive.infolist(), Budget())


def unpack(
    path: Path, folder: Path, wanted: Callable[[str], bool], budget: Budget, progress: Progress = silent
) -> Unpacked:
    """Unpack the files of a zip whose names are wanted into a folder.

    Names without the mark of UTF-8 are decoded as the bytes of all of them tell (GBK as a rule). Raises
    ``UnreadableFile``, ``TooLargeArchive``, ``NoTemporaryFolder``; a file that cannot be unpacked is collected.
    """
    result = Unpacked()
    with _opened(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
        names = entry_names(entries)
        _spend(path, [entry for entry, name in zip(entries, names, strict=True) if wanted(name)], budget)
        taken: set[str] = set()
        for number, (entry, name) in enumerate(zip(entries, names, strict=True)):
            progress(number / len(entries))
            if not wanted(name):
                result.ignored.append(name)
                continue
            try:
                _unpack_one(path, archive, entry, _target(path, folder, name, taken))
            except NoTemporaryFolder:
                raise
            except CityGridError as error:
                result.failed.append(error)
    return result


def entry_names(entries: Iterable[zipfile.ZipInfo]) -> list[str]:
    """The names of entries; old programs write them in the system's encoding without saying so."""
    raw = [
        None if entry.flag_bits & _UTF8_NAME else entry.orig_filename.encode("cp437", "replace") for entry in entries
    ]
    encoding = encodings.choose([name for name in raw if name is not None]).encoding
    return [
        entry.filename if name is None else encodings.decode(name, encoding).replace("\\", "/").partition("\0")[0]
        for entry, name in zip(entries, raw, strict=True)
    ]


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _ZIP_ERRORS as error:
        raise UnreadableFile(path=str(path), why=str(error)) from error


def _spend(path: Path, entries: Iterable[zipfile.ZipInfo], budget: Budget) -> None:
    entries = list(entries)
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    steep = any(
        entry.file_size > _HARMLESS and entry.file_size > _HIGHEST_RATIO * max(entry.compress_size, 1)
        for entry in entries
    ) or (size > _HARMLESS and size > _HIGHEST_RATIO * max(packed, 1))
    if steep or size > budget.bytes or len(entries) > budget.files:
        raise TooLargeArchive(path=str(path), size=f"{size / (1 << 20):,.0f}")
    budget.bytes -= size
    budget.files -= len(entries)


def _target(path: Path, folder: Path, name: str, taken: set[str]) -> Path:
    """Where a file is unpacked to: always inside the folder, under a name that every system allows."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    absolute = name.startswith(("/", "\\")) or (parts and parts[0].endswith(":"))
    if absolute or not parts or ".." in parts:
        raise UnsafeName(path=str(path), name=name)
    target = folder.joinpath(*map(_safe, parts))
    key = str(target).casefold()
    if key in taken:
        raise UnsafeName(path=str(path), name=name)
    taken.add(key)
    return target


def _safe(part: str) -> str:
    stem, dot, suffix = part.rpartition(".")
    kept = f"{stem[:_LONGEST_NAME]}{dot}{suffix[:_LONGEST_NAME]}"
    return "".join("_" if letter in _FORBIDDEN or not letter.isprintable() else letter for letter in kept).rstrip(" .")


def _unpack_one(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise EncryptedArchive(path=str(path), name=target.name)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink, _CHUNK)
    except _ZIP_ERRORS as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise no_temporary_folder(error) from error
        raise UnreadableFile(path=f"{path}/{target.name}", why=str(error)) from error
