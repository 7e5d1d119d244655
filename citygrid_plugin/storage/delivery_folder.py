"""A delivery as a folder that is there whole or not at all, and as a zip; the same files give the same bytes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from citygrid_plugin.core.errors import CityGridError, UnwritableTarget

from .files import replacing, scratch_folder
from .shapefiles import SIDECARS

MANIFEST: Final = "delivery.json"
"""The file that tells which files of a folder are of a delivery, so that the next one may take their place."""

_MOMENT: Final = (1980, 1, 1, 0, 0, 0)  # the first that a zip can name
_NORMAL_FILE: Final = 0o644 << 16
_CHUNK: Final = 1 << 20
_CORE: Final = "docProps/core.xml"
_STAMP: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_NAMES_SHOWN: Final = 5


class ForeignFiles(CityGridError):
    """Files in the folder that are no part of an earlier delivery and would be lost."""

    template = (
        "“{path}” holds files of the same name that no delivery of CityGrid made ({names}). Choose an empty folder, or "
        "move them away first."
    )


def write_manifest(folder: Path) -> None:
    """Name all files of a folder, with size and hash."""
    files = {name: [(folder / name).stat().st_size, _hash(folder / name)] for name in sorted(_files(folder))}
    text = json.dumps({"made_by": "CityGrid", "files": files}, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def check_folder(folder: Path) -> None:
    """Raise ``UnwritableTarget`` where a folder cannot be made at ``folder``."""
    if folder.exists() and not folder.is_dir():
        raise UnwritableTarget(path=str(folder), why="it is a file")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableTarget(path=str(folder), why=error.strerror or str(error)) from error


def publish(new: Path, folder: Path, zip_path: Path | None = None) -> None:
    """Let a finished folder (on the same disk) become ``folder`` and its zip ``zip_path``: both or neither.

    Raises ``UnwritableTarget``, ``ForeignFiles``.
    """
    if zip_path is None:
        with _published(new, folder):
            return
    with scratch_folder(zip_path.parent) as scratch:
        packed = scratch / zip_path.name
        _pack(new, packed)  # before anything is moved: it is what takes long, and needs room
        with _published(new, folder):
            try:
                packed.replace(zip_path)
            except OSError as error:
                raise UnwritableTarget(path=str(zip_path), why=error.strerror or str(error)) from error


@contextlib.contextmanager
def _published(new: Path, folder: Path) -> Iterator[None]:
    """Let a finished folder (on the same disk) be ``folder``; what was there is back where an error is raised within.

    Files of an earlier delivery there go, with what programs have put beside them. Files of others stay: then, and
    where the folder cannot be renamed, the new files are moved one by one, and back where one fails. Raises
    ``ForeignFiles`` before anything is touched where one would take another's place, ``UnwritableTarget``.
    """
    folder = folder.resolve()
    there = _files(folder) if folder.is_dir() else []
    ours = _ours(folder, there)
    others = set(there) - ours
    clashes = sorted({name.casefold() for name in _files(new)} & {name.casefold() for name in others})
    if clashes:
        names = ", ".join(clashes[:_NAMES_SHOWN]) + (" …" if len(clashes) > _NAMES_SHOWN else "")
        raise ForeignFiles(path=str(folder), names=names)
    moved = [] if others else _swap(new, folder)
    moved = moved or _move_in(new, folder, ours)
    try:
        yield
    except BaseException:
        _move_back(moved)
        raise


def _pack(folder: Path, path: Path) -> None:
    """All files of a folder in a zip, with one moment for all of them. Raises ``UnwritableTarget``."""
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(_files(folder)):
                entry = zipfile.ZipInfo(name, _MOMENT)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, _NORMAL_FILE
                with (folder / name).open("rb") as source, archive.open(entry, "w", force_zip64=True) as sink:
                    while piece := source.read(_CHUNK):
                        sink.write(piece)
    except OSError as error:
        raise UnwritableTarget(path=path.name, why=error.strerror or str(error)) from error


def without_clock(workbook: Path) -> None:
    """Take the moment of writing out of a workbook (.xlsx), so that the same rows give the same bytes."""
    with replacing(workbook) as scratch, zipfile.ZipFile(workbook) as old, zipfile.ZipFile(scratch, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == _CORE:
                data = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z", data)
            plain = zipfile.ZipInfo(entry.filename, _MOMENT)
            plain.compress_type, plain.external_attr = zipfile.ZIP_DEFLATED, _NORMAL_FILE
            new.writestr(plain, data)


def _files(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _ours(folder: Path, there: Iterable[str]) -> set[str]:
    """Files that an earlier delivery made, and those that programs keep beside them."""
    listed: set[str] = set()
    with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
        listed = {MANIFEST, *json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]}
    stems = {str(Path(name).with_suffix("")) for name in listed if name.endswith(".shp")}
    beside = {f"{stem}{suffix}" for stem in stems for suffix in SIDECARS}
    beside |= {f"{name}{suffix}" for name in listed for suffix in ("-wal", "-shm", "-journal")}
    return {name for name in there if name in listed or name in beside}


Moves = list[tuple[Path, Path]]
"""What was moved, from where to where, in that order."""


def _swap(new: Path, folder: Path) -> Moves:
    """Rename the old folder away and the new one to its place; nothing, with all as it was, where that cannot be."""
    old = new.with_name("old")
    with contextlib.suppress(OSError):  # as on Windows while a program has it open
        return _moved([*([(folder, old)] if folder.exists() else []), (new, folder)])
    return []


def _move_in(new: Path, folder: Path, ours: Collection[str]) -> Moves:
    """Move the new files in and the old ones away, one by one; all back where one cannot be moved."""
    old = new.with_name("old")
    names = sorted(_files(new), key=lambda name: name == MANIFEST)  # last, so that it never names what is not there
    try:
        return _moved([(folder / name, old / name) for name in ours] + [(new / name, folder / name) for name in names])
    except OSError as error:
        raise UnwritableTarget(path=str(folder), why=error.strerror or str(error)) from error


def _moved(moves: Moves) -> Moves:
    """Move all, and all back where one cannot be moved. Raises ``OSError``."""
    done: Moves = []
    try:
        for source, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
            done.append((source, target))
    except OSError:
        _move_back(done)
        raise
    return done


def _move_back(moves: Moves) -> None:
    for source, target in reversed(moves):
        with contextlib.suppress(OSError):
            target.rename(source)
