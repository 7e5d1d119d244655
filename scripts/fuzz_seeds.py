"""Sound little deliveries in every format, as bytes: what the fuzzing starts from."""

from __future__ import annotations

import csv
import io
import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

Files = dict[str, bytes]
"""File names, with folders, and what stands in them; the first is the one that is read."""

COUNT = 12
HEADER = ("ObjID", "小类", "名称", "状态", "ORDate", "备注")
WIDE = (*HEADER, "经度", "纬度")
"""The header of a table with coordinates."""
CRS = "EPSG:4490"
_CLASSES = (("0118", "路灯"), ("0113", "消防设施"), ("0405", "绿地"))
_WEST, _SOUTH = 106.5, 29.5
_NOW = "2026-01-01T00:00:00.000Z"  # GeoPackages say when they were written; the same bytes in every run


def records(count: int = COUNT) -> list[list[str]]:
    """Cells of sound records, in the order of ``HEADER``."""
    classes = [_CLASSES[number % len(_CLASSES)] for number in range(count)]
    return [
        [f"500103{code}{number + 1:06}", code, name, "完好", f"202505{number % 28 + 1:02}", f"人民路{number}号"]
        for number, (code, name) in enumerate(classes)
    ]


def places(count: int = COUNT) -> np.ndarray:
    """Longitude and latitude of each record."""
    number = np.arange(count)
    return np.column_stack([_WEST + 0.001 * (number % 7), _SOUTH + 0.001 * (number // 7)]).round(6)


def wide() -> list[list[str]]:
    """Cells of sound records with coordinates, in the order of ``WIDE``."""
    return [[*row, *map(str, xy)] for row, xy in zip(records(), places(), strict=True)]


def shapes(kind: str, count: int = COUNT) -> np.ndarray:
    """Points, lines, or polygons with a hole, at the places."""
    points = shapely.points(places(count))
    if kind == "point":
        return points
    if kind == "line":
        return shapely.linestrings([[xy, xy + 0.0003, xy + 0.0001] for xy in places(count)])
    return shapely.difference(shapely.buffer(points, 0.0004, quad_segs=2), shapely.buffer(points, 0.0001, quad_segs=1))


def frame(kind: str = "point") -> gpd.GeoDataFrame:
    """The sound delivery as a table."""
    data = dict(zip(HEADER, zip(*records(), strict=True), strict=True))
    return gpd.GeoDataFrame(data, geometry=shapes(kind), crs=CRS)


def seeds() -> dict[str, Files]:
    """All formats, by name."""
    os.environ["OGR_CURRENT_DATE"] = _NOW
    result: dict[str, Files] = {
        f"csv-{encoding}": {"delivery.csv": table(WIDE, wide()).encode(encoding)}
        for encoding in ("gbk", "utf-8", "utf-8-sig", "utf-16")
    }
    result["tsv"] = {"delivery.tsv": table(WIDE, wide(), "\t").encode()}
    result["xlsx"] = {"delivery.xlsx": workbook({"部件": [WIDE, *wide()]})}
    result["dxf"] = {"delivery.dxf": drawing().encode("gbk")}
    for kind in ("point", "line", "polygon"):
        options = {"ENCODING": "GBK" if kind == "point" else "UTF-8", "DBF_DATE_LAST_UPDATE": "2026-01-01"}
        result[f"shp-{kind}"] = _written("delivery.shp", "ESRI Shapefile", kind, options)
    for suffix, driver in (("gpkg", "GPKG"), ("geojson", "GeoJSON"), ("fgb", "FlatGeobuf"), ("kml", "LIBKML")):
        result[suffix] = _written(f"delivery.{suffix}", driver, "point", {})
    result["gdb"] = {"delivery.gdb": b"", **_written("delivery.gdb", "OpenFileGDB", "point", {})}
    result["zip"] = {"delivery.zip": zipped({**result["csv-gbk"], **_in_folder(result["shp-point"], "二组")})}
    result["folder"] = {"delivery": b"", **_in_folder(result["shp-line"], "delivery"),
                        **_in_folder(result["geojson"], "delivery/一组")}  # fmt: skip
    return result


def _in_folder(files: Files, folder: str) -> Files:
    return {f"{folder}/{name}": data for name, data in files.items()}


def _written(name: str, driver: str, kind: str, options: Mapping[str, str]) -> Files:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / name
        pyogrio.write_dataframe(frame(kind), path, driver=driver, layer_options=options)
        files = sorted(part for part in Path(scratch).rglob("*") if part.is_file())
        files.sort(key=lambda part: part.name != name)
        return {part.relative_to(scratch).as_posix(): part.read_bytes() for part in files}


def table(header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """A table as text."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip with these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return data.getvalue()


# Excel workbooks, written by hand so that anything can stand in them

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """An Excel workbook with text cells."""
    return zipped(workbook_parts({name: sheet(map(cells, rows)) for name, rows in sheets.items()}))


def workbook_parts(sheets: Mapping[str, str], opening: str = "") -> Files:
    """The parts of a workbook whose sheets are XML; ``opening`` stands before the root of each."""
    numbered = list(enumerate(sheets, 1))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SHEET}.worksheet+xml"/>' for n, _ in numbered
    )
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATED}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>',
    }
    for number, name in numbered:
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'{opening}<worksheet xmlns="{_MAIN}"><sheetData>{sheets[name]}</sheetData></worksheet>'
        )
    start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return {name: (start + text).encode("utf-8", "surrogatepass") for name, text in parts.items()}


def sheet(rows: Iterable[str]) -> str:
    """The rows of a sheet, each given as its cells."""
    return "".join(f'<row r="{number}">{cells_}</row>' for number, cells_ in enumerate(rows, 1))


def cells(row: Sequence[str]) -> str:
    """Text cells without a place, which then follow each other."""
    return "".join(f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>' for text in row)


# Drawings


def drawing() -> str:
    """A DXF drawing: one block or line an entity, on layers named after classes."""
    entities = []
    for (x, y), (_, code, name, *_) in zip(places() * 1000, records(), strict=True):
        layer = ("8", f"{code}{name}")
        entities += [("0", "POINT"), layer, ("10", f"{x:.4f}"), ("20", f"{y:.4f}"), ("30", "0.0")]
    lines = [("0", "SECTION"), ("2", "HEADER"), ("9", "$ACADVER"), ("1", "AC1015"), ("9", "$DWGCODEPAGE"),
             ("3", "ANSI_936"), ("0", "ENDSEC"), ("0", "SECTION"), ("2", "ENTITIES"), *entities, ("0", "ENDSEC"),
             ("0", "EOF")]  # fmt: skip
    return "".join(f"{code:>3}\n{value}\n" for code, value in lines)
