"""Mappings as files: saved ones, those remembered for the next delivery of the same shape, and presets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from citygrid_plugin.core.census.component_mapping import TARGETS
from citygrid_plugin.core.errors import CityGridError, UnreadableFile, UnwritableTarget
from citygrid_plugin.core.records.mapping_presets import Preset
from citygrid_plugin.core.records.saved_mappings import SavedMapping, fingerprint, parse_saved

from .files import write_text

PRESETS: Final = {
    "openstreetmap": "Tags of OpenStreetMap",
    "gbt47678_2026": "Field names of 2026 (GB/T 47678)",
    "plain_table": "Plain table",
}
"""Ids of the presets with their titles."""

CASE_PRESETS: Final = {
    "open311": "Open311 GeoReport v2",
    "vendor_case_record": "Record of a vendor's system (rec_id, task_num …)",
}
"""The same for lists of cases; names of New York 311 and of most Chinese systems are known without any."""

_PRESETS = Path(__file__).parent.parent / "resources" / "mappings"
_LARGEST = 20_000_000  # bytes of a mapping; more is no mapping
_MOST = 500  # mappings that are remembered


def save_mapping(path: Path, mapping: SavedMapping) -> None:
    """Write a mapping as JSON, atomically. Raises ``UnwritableTarget``."""
    write_text(path, mapping.to_json())


def load_mapping(path: Path, targets: Sequence[str] = TARGETS) -> SavedMapping:
    """A mapping from a file: a saved one, or bare rules.

    Raises ``UnreadableFile``, ``BadMapping``, ``BadExpression``.
    """
    return parse_saved(mapping_text(path), targets)


def mapping_text(path: Path) -> str:
    """The text of a file with a mapping, or with a list of them. Raises ``UnreadableFile``."""
    try:
        if path.stat().st_size > _LARGEST:
            raise UnreadableFile(path=str(path), why="it is too large for a mapping")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UnreadableFile(path=str(path), why=getattr(error, "strerror", "") or str(error)) from error


# Remembered


def remember(folder: Path, mapping: SavedMapping, columns: Iterable[str]) -> Path:
    """Keep a mapping for the next delivery with these columns, in place of an earlier one.

    ``folder`` is the user's own; it is made where it is missing. Leave out what holds for this file only
    (``component_mapping.lasting_rules``). Returns the file. Raises ``UnwritableTarget``.
    """
    shape = fingerprint(columns)
    path = folder / f"{shape}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget_oldest(folder, path)
    except OSError as error:
        raise UnwritableTarget(path=str(folder), why=error.strerror or str(error)) from error
    save_mapping(path, replace(mapping, columns=shape, file="", table=""))
    return path


def recall(folder: Path, columns: Iterable[str], targets: Sequence[str] = TARGETS) -> SavedMapping | None:
    """The mapping that is remembered for a delivery with these columns.

    None where there is none, or where it cannot be used any more: a memory is a help, never an obstacle.
    """
    shape = fingerprint(columns)
    path = folder / f"{shape}.json"
    if not path.is_file():
        return None
    try:
        found = load_mapping(path, targets)
    except CityGridError:
        return None
    return found if found.columns == shape else None


def _forget_oldest(folder: Path, kept: Path) -> None:
    """Make room for one more."""
    others = [path for path in folder.glob("*.json") if path != kept]
    if len(others) >= _MOST:
        by_age = sorted(others, key=lambda path: path.stat().st_mtime)
        for path in by_age[: len(others) - _MOST + 1]:
            path.unlink(missing_ok=True)


# Presets


@cache
def preset(name: str) -> Preset:
    """A preset of the plugin, by its id (``PRESETS``); ``Preset.fitted`` makes rules of it."""
    if name not in PRESETS:
        raise KeyError(name)
    return _preset(name, TARGETS)


@cache
def case_preset(name: str) -> Preset:
    """A preset for lists of cases, by its id (``CASE_PRESETS``). Its file tells how well known each rule is."""
    from citygrid_plugin.core.cases.cases import TARGETS as CASE_TARGETS  # noqa: PLC0415 - the census needs no cases

    if name not in CASE_PRESETS:
        raise KeyError(name)
    return _preset(name, CASE_TARGETS)


def _preset(name: str, targets: Sequence[str]) -> Preset:
    return Preset.of(json.loads((_PRESETS / f"{name}.json").read_text(encoding="utf-8")), targets)
