"""What an acceptance check looks at in each file: parts, names, encodings, fields, and the counts of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.distinct import factorized
from citygrid_plugin.core.problems import Severity
from citygrid_plugin.core.spatial.coverage import Geometries
from citygrid_plugin.core.spatial.crs import UnplacedCrs
from citygrid_plugin.core.spatial.geometry import unplaced

from . import belts
from .dictionary import CASES, COMPONENTS, NUMBER, OTHER, TEXT, Dictionary, FieldRule
from .findings import Finding, Findings
from .names import class_of_file, is_safe

PARTS: Final = {
    ".shp": Severity.ERROR, ".shx": Severity.ERROR, ".dbf": Severity.ERROR, ".prj": Severity.ERROR,
    ".cpg": Severity.WARNING,
}  # fmt: skip
"""Files of a shapefile, and how bad it is where one is missing: without .cpg the language id may tell the encoding."""

_FREE_TEXT: Final = 20  # bytes; in narrower fields stand codes, which fill them
NUMBERS: Final = "NF"
"""Types of fields that hold numbers."""

_GROWING: Final = frozenset({fields.CLASS_CODE, fields.OBJ_ID, fields.BGID})
"""Codes whose digits depend on the generation of the standard: a field that holds them all may be narrower."""


@dataclass(frozen=True)
class FoundField:
    """A field as the file has it, with its rule where the dictionary knows it."""

    name: str
    type: str
    width: int
    decimals: int
    rule: FieldRule | None

    @property
    def column(self) -> str:
        """Its name in the table: ours where it is known."""
        return self.rule.field if self.rule is not None else self.name


@dataclass(frozen=True)
class FoundFile:
    """A shapefile as it was found.

    ``file``: path in the delivery with .shp; ``parts``: its suffixes. ``frame``: text by our field names (None where
    null), with the geometry (None where there is none); None where it cannot be read, then ``why``. ``cpg``: what that
    file says, None without one, and ``cpg_marked`` whether it begins with a byte-order mark; ``language``: the encoding
    that the language id names, empty for none; ``encoding``: what the bytes are. ``shapes``: in the .shp, ``rows``: in
    the .dbf, deleted ones too; ``records``: which of those (from 0) each row of the frame is. ``cases_differ``: the
    names of its parts differ in case.
    """

    file: str
    parts: frozenset[str]
    kind: str = OTHER
    frame: gpd.GeoDataFrame | None = None
    found: tuple[FoundField, ...] = ()
    why: str = ""
    cpg: str | None = None
    cpg_agrees: bool = True
    cpg_marked: bool = False
    language: str = ""
    language_agrees: bool = True
    encoding: str = ""
    shapes: int = 0
    rows: int = 0
    records: NDArray[np.intp] | None = None
    cases_differ: bool = False

    @property
    def deleted(self) -> int:
        """How many rows are marked as deleted."""
        return 0 if self.records is None else self.rows - len(self.records)

    def record(self, row: int) -> int:
        """The number of a row of the frame (from 0) in the .dbf, from 1, deleted ones counted."""
        return row + 1 if self.records is None else int(self.records[row]) + 1

    @property
    def path(self) -> str:
        """The path in the delivery without suffix."""
        return self.file.removesuffix(".shp")

    @property
    def stem(self) -> str:
        """The name without folder and suffix."""
        return PurePosixPath(self.file).stem


@dataclass(frozen=True)
class CountTable:
    """How many rows files have: names without suffix, with or without folders, and rows, as a table states them.

    ``file``: its path in the delivery; ``folder``: what it speaks of, ending in a slash, empty for all.
    """

    file: str
    rows: tuple[tuple[str, int], ...]
    folder: str = ""


def check_file(file: FoundFile, dictionary: Dictionary) -> Findings:
    """What is wrong with one file, codes and places aside."""
    result = Findings()
    for part, severity in PARTS.items():
        if part not in file.parts:
            result.add("missing_part", severity, file.file, values=[{"part": part}])
    if not is_safe(file.stem):
        result.add("odd_name", Severity.WARNING, file.file)
    if file.cases_differ:
        result.add("cases_differ", Severity.WARNING, file.file)
    if file.why:
        result.add("unreadable", Severity.ERROR, file.file, values=[{"why": file.why}])
    if file.frame is None:
        return result
    if file.shapes != file.rows and {".shp", ".dbf"} <= file.parts:
        values = [{"shapes": file.shapes, "rows": file.rows}]
        result.add("shape_count", Severity.ERROR, file.file, values=values)
    if file.deleted:
        result.add("deleted_rows", Severity.WARNING, file.file, values=[{"count": file.deleted}])
    if not len(file.frame):
        result.add("empty_file", Severity.WARNING, file.file)
    result.extend(_encoding_findings(file))
    result.extend(_field_findings(file, dictionary))
    result.extend(_text_findings(file))
    result.extend(_name_findings(file))
    result.extend(_place_findings(file))
    return result


def _encoding_findings(file: FoundFile) -> Iterator[Finding]:
    stated = (
        ("cpg_disagrees", file.cpg or "", file.cpg_agrees),
        ("language_disagrees", file.language, file.language_agrees),
    )
    for kind, says, agrees in stated:
        if not agrees:
            values = [{"stated": says, "actual": file.encoding}]
            yield Finding(kind, Severity.ERROR, file.file, values=values)
    if file.cpg_marked:
        yield Finding("cpg_marked", Severity.WARNING, file.file)


def _field_findings(file: FoundFile, dictionary: Dictionary) -> Iterator[Finding]:
    present = {one.column for one in file.found}
    for rule in dictionary.of(file.kind):
        if rule.needed and rule.field not in present:
            values = [{"field": rule.field, "title": rule.title}]
            yield Finding("missing_field", Severity.ERROR, file.file, values=values, field=rule.field)
    for one in file.found:
        if one.rule is not None:
            yield from _against_rule(file, one, one.rule)
        elif file.kind != OTHER:
            yield Finding("unknown_field", Severity.NOTE, file.file, values=[{"field": one.name}], field=one.name)


def _against_rule(file: FoundFile, one: FoundField, rule: FieldRule) -> Iterator[Finding]:
    """Codes as numbers lose digits and zeros, so that is an error; a date kept as text only a warning."""
    kind = NUMBER if one.type in NUMBERS else one.type
    if kind != rule.type:
        severity = Severity.ERROR if rule.type == TEXT else Severity.WARNING
        values = [{"field": one.name, "found": one.type, "expected": rule.type}]
        yield Finding("field_type", severity, file.file, values=values, field=one.name)
    elif kind == TEXT and one.width != rule.width and not (one.column in _GROWING and one.width < rule.width):
        severity = Severity.WARNING if one.width < rule.width else Severity.NOTE
        values = [{"field": one.name, "found": str(one.width), "expected": str(rule.width)}]
        yield Finding("field_width", severity, file.file, values=values, field=one.name)


def _text_findings(file: FoundFile) -> Iterator[Finding]:
    if file.frame is None:
        return
    for one in file.found:
        if one.type != TEXT:
            continue
        row, distinct = factorized(file.frame[one.column], nulls=False)
        texts = [str(value) for value in distinct.tolist()]
        broken = [n for n, text in enumerate(texts) if "\ufffd" in text]
        full = [n for n, text in enumerate(texts) if one.width > _FREE_TEXT and _fills(text, one.width, file.encoding)]
        for kind, severity, numbers in (("broken_text", Severity.ERROR, broken), ("maybe_cut", Severity.WARNING, full)):
            rows = np.flatnonzero(np.isin(row, numbers))
            values = [{"field": one.name, "value": texts[row[n]], "encoding": file.encoding} for n in rows.tolist()]
            if len(rows):
                yield Finding(kind, severity, file.file, rows.tolist(), values, one.name)


def _fills(text: str, width: int, encoding: str) -> bool:
    """Whether not one more character of the last one's size would have found room."""
    last = len(text[-1:].encode(encoding, "replace"))
    return len(text.encode(encoding, "replace")) + max(last, 1) > width


def _name_findings(file: FoundFile) -> Iterator[Finding]:
    named = class_of_file(file.stem)
    if not named or file.frame is None or file.kind != COMPONENTS or fields.CLASS_CODE not in file.frame:
        return
    codes = file.frame[fields.CLASS_CODE].fillna("").astype(str).str.strip()
    rows = np.flatnonzero(codes != named)
    if len(rows):
        values = [{"named": named, "code": code} for code in codes.iloc[rows]]
        yield Finding("class_of_name", Severity.ERROR, file.file, rows.tolist(), values, fields.CLASS_CODE)


def _place_findings(file: FoundFile) -> Iterator[Finding]:
    """Rows without a shape (no error in cases, which may have no place), and the belt that the file states."""
    if file.frame is None or ".shp" not in file.parts:
        return
    shapes = file.frame.geometry.to_numpy()
    bare = np.flatnonzero(unplaced(shapes))
    if len(bare):
        severity = Severity.NOTE if file.kind == CASES else Severity.ERROR
        yield Finding("no_shape", severity, file.file, bare.tolist())
    crs = file.frame.crs
    if crs is None:
        if ".prj" in file.parts:
            yield Finding("unknown_crs", Severity.ERROR, file.file)
        return
    belt = belts.belt_of(crs)
    if belt is None:
        yield Finding("no_belt", Severity.WARNING, file.file, values=[{"crs": crs.name}])
        if not _fits(crs, shapes):
            yield Finding("not_in_crs", Severity.ERROR, file.file, values=[{"crs": crs.name}])
        return
    far = belts.beyond(belt, shapes)
    if far:
        yield Finding("outside_belt", Severity.ERROR, file.file, values=[{"count": far, "crs": crs.name}])


def _fits(crs: pyproj.CRS, shapes: Geometries) -> bool:
    """Whether coordinates can be in a CRS."""
    placed = shapes[~unplaced(shapes)]
    try:
        return not len(placed) or belts.measured_in(crs, placed) is not None
    except UnplacedCrs:
        return False


def check_crs(files: Sequence[FoundFile]) -> Iterator[Finding]:
    """Files in another CRS than most of the delivery."""
    systems = {file.file: file.frame.crs for file in files if file.frame is not None and file.frame.crs is not None}
    names = Counter(crs.name for crs in systems.values())
    if not names:
        return
    usual = names.most_common(1)[0][0]
    for file, crs in systems.items():
        if crs.name != usual:
            yield Finding("crs_differs", Severity.ERROR, file, values=[{"crs": crs.name, "usual": usual}])


def check_counts(files: Sequence[FoundFile], tables: Sequence[CountTable]) -> Iterator[Finding]:
    """Rows against the count tables, each row of a table by itself.

    A name means the file with that path, else those of which one path ends with the other, in the same case before
    another one; what means several files is said and not compared.
    """
    if not tables:
        yield Finding("no_count_table", Severity.NOTE, "")
        return
    listed: set[str] = set()
    for table in tables:
        within = {file.path.removeprefix(table.folder): file for file in files if file.path.startswith(table.folder)}
        for name, rows in table.rows:
            meant = _meant(name, within)
            listed |= {file.file for file in meant}
            yield from _count_findings(table.file, name, rows, meant)
    for file in files:
        if file.file not in listed:
            yield Finding("not_listed", Severity.WARNING, file.file)


def _meant(name: str, files: Mapping[str, FoundFile]) -> list[FoundFile]:
    """The files (by path) that a name in a count table can mean."""
    for plain in (str, str.casefold):
        wanted = plain(name)
        for fits in (str.__eq__, _ends_with, lambda path, name: _ends_with(name, path)):
            found = [file for path, file in files.items() if fits(plain(path), wanted)]
            if found:
                return [file for file in found if file.stem == PurePosixPath(name).name] or found
    return []


def _ends_with(path: str, end: str) -> bool:
    """Whether a path ends with another one, in whole names."""
    return f"/{path}".endswith(f"/{end}")


def _count_findings(table: str, name: str, rows: int, meant: Sequence[FoundFile]) -> Iterator[Finding]:
    if not meant:
        yield Finding("listed_only", Severity.ERROR, table, values=[{"file": name}])
    elif len(meant) > 1:
        yield Finding("count_unclear", Severity.WARNING, table, values=[{"file": name, "count": len(meant)}])
    elif meant[0].frame is not None and rows != len(meant[0].frame):
        values = [{"stated": rows, "found": len(meant[0].frame)}]
        yield Finding("count_differs", Severity.ERROR, meant[0].file, values=values)
