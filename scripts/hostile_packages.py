"""Hostile zips, workbooks, GeoJSON, GeoPackages and files that point elsewhere, for the fuzzing."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path
from xml.sax.saxutils import escape

from fuzz_inputs import ELSEWHERE, ESCAPED, SECRET, Case, Rng, chance, damaged, maker, pick, sound
from fuzz_seeds import (
    COUNT,
    HEADER,
    WIDE,
    Files,
    cells,
    frame,
    places,
    records,
    sheet,
    wide,
    workbook,
    workbook_parts,
    zipped,
)
from hostile_tables import CODES, DATES, IDS, NUMBERS, TEXTS

_SUFFIXES = (".csv", ".tsv", ".txt", ".shp", ".dbf", ".gpkg", ".geojson", ".json", ".fgb", ".kml", ".kmz", ".dxf",
".xlsx", ".xls", ".zip", ".gdb", ".tab",
             ".gml", ".xml", ".qml", ".ods", "")  # fmt: skip
_BOMB_BLOCK = 1_000_000


@maker
def nothing(rng: Rng) -> Case:
    """A file with nothing in it, or hardly anything."""
    contents = [
        b"", b" ", b"\n", b"\r\n\r\n", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"{}", b"[]", b"null", b"<a/>",
        b"PK\5\6" + bytes(18), b"a", b",", b'"', b"a,b\n",
    ]  # fmt: skip
    data = pick(rng, contents)
    return Case("nothing", {f"delivery{pick(rng, _SUFFIXES)}": data})


@maker
def noise(rng: Rng) -> Case:
    """Random bytes under the name of a format, with or without its first bytes."""
    start = next(iter(pick(rng, list(sound().values())).values()))[: int(rng.integers(200))]
    return Case("noise", {f"delivery{pick(rng, _SUFFIXES)}": start + rng.bytes(int(rng.integers(1, 5000)))})


@maker
def exchanged(rng: Rng) -> Case:
    """One format under the name of another."""
    files = pick(rng, [files for name, files in sound().items() if name not in ("gdb", "folder")])
    return Case("exchanged", {f"delivery{pick(rng, _SUFFIXES)}": next(iter(files.values()))})


# Zips


@maker
def paths(rng: Rng) -> Case:
    """A zip whose entries want to lie elsewhere, or cannot lie anywhere."""
    names = [
        "../escaped.csv", "../" * 8 + ".." + ESCAPED, "C:\\escaped.csv", "..\\escaped.csv", "a/../../escaped.csv",
        ESCAPED, "//host/escaped.csv", "delivery.zip", "a" * 300 + ".csv", "a/" * 600 + "b.csv", "a\0b.csv", "con.csv",
        ".", "..", "~/escaped.csv", "a/", "\n.csv", "BJ0118.csv", "bj0118.CSV", "路灯.csv",
    ]  # fmt: skip
    data = sound()["csv-utf-8"]["delivery.csv"]
    return Case("zip/paths", {"delivery.zip": zipped({pick(rng, names): data for _ in range(int(rng.integers(1, 4)))})})


@maker
def links(rng: Rng) -> Case:
    """A zip with a symbolic link that leads out."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        entry = zipfile.ZipInfo(pick(rng, ["link.csv", "folder", "link.shp"]))
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        archive.writestr(
            entry,
            pick(
                rng,
                [f"../{SECRET}", "/etc/passwd", "..", f"../../{SECRET}", f"{ELSEWHERE.folder}/{SECRET}", "link.csv"],
            ),
        )
        if entry.filename == "folder":
            archive.writestr(zipfile.ZipInfo("folder/escaped.csv"), sound()["csv-utf-8"]["delivery.csv"])
    return Case("zip/links", {"delivery.zip": file.getvalue()})


@maker
def bombs(rng: Rng) -> Case:
    """A zip, or a workbook, that is a thousand times as large inside; some say that they are small."""
    inside = pick(rng, ["delivery.csv", "delivery.shp", "delivery.geojson", "xl/worksheets/sheet1.xml"])
    size = int(rng.integers(300, 3000)) * _BOMB_BLOCK
    data = _bomb(inside, pick(rng, [b"\0", b" ", b"1,"]), size, pick(rng, [size, 100, 0xFFFFFFFF]))
    if inside.startswith("xl/"):
        return Case("zip/bombs", {"delivery.xlsx": data})
    return Case("zip/bombs", {"delivery.zip": pick(rng, [data, zipped({"a.zip": data, "b.zip": data})])})


def _bomb(name: str, content: bytes, size: int, claimed: int) -> bytes:
    """A zip of one entry of ``size`` bytes, packed once and repeated. Its check sum is wrong, which is told last."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = content * (_BOMB_BLOCK // len(content))
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first + again * (size // _BOMB_BLOCK - 1) + packer.flush()
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x5C21, 0, len(packed), claimed, len(name), 0)
    local = b"PK\3\4" + common + name.encode() + packed
    directory = b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name.encode()
    return local + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory), len(local), 0)


@maker
def nested(rng: Rng) -> Case:
    """Zips in zips, thousands of entries, entries of the same name, entries with a password or a wrong check sum."""
    data = zipped(sound()["csv-gbk"])
    what = int(rng.integers(5))
    if what == 0:
        for _ in range(int(rng.integers(2, 60))):
            data = zipped({"inner.zip": data})
    elif what == 1:
        data = zipped({f"{number}/BJ0118.csv": b"" for number in range(int(rng.integers(1000, 12_000)))})
    elif what == 2:  # noqa: PLR2004
        data = data.replace(b"delivery.csv", b"delivery.zip")
    else:
        data = bytearray(data)
        directory = data.index(b"PK\1\2")
        if what == 3:  # noqa: PLR2004
            data[6] |= 1
            data[directory + 8] |= 1
        else:
            data[14] ^= 1
            data[directory + 16] ^= 1
    return Case("zip/nested", {"delivery.zip": bytes(data)})


@maker
def several(rng: Rng) -> Case:
    """A zip in which one of the files is broken: the others are read."""
    files = {**sound()["csv-gbk"], **{f"b/{name}": data for name, data in sound()["shp-line"].items()}}
    part = pick(rng, list(files))
    files[part] = damaged(rng, files[part])
    return Case("zip/several", {"delivery.zip": zipped(files)})


# Workbooks


@maker
def workbook_texts(rng: Rng) -> Case:
    """Text cells that somebody might run."""
    rows = wide()
    texts = [pick(rng, [text for text in TEXTS if text.isprintable()]) for _ in rows]
    for row, text in zip(rows, texts, strict=True):
        row[5] = text
    data = workbook({pick(rng, ["部件", "<b>", "a" * 31, " "]): [WIDE, *rows]})
    return Case("workbook/texts", {"delivery.xlsx": data}, COUNT, [text for text in texts if text.strip()])


@maker
def workbook_cells(rng: Rng) -> Case:
    """Formulas, errors, numbers and dates that are none, places that no sheet has, texts that no list holds."""
    rows = [cells(WIDE), *map(cells, wide())]
    value = escape(
        pick(
            rng, [*NUMBERS, *CODES, *IDS, *DATES, *(text for text in TEXTS if "\0" not in text and "\x1b" not in text)]
        )
    )
    odd = [
        f"<c><v>{value}</v></c>", f'<c t="s"><v>{value}</v></c>', f'<c t="e"><v>{value}</v></c>',
        f'<c t="b"><v>{value}</v></c>', f'<c t="d"><v>{value}</v></c>',
        f'<c t="str"><f>{value}</f></c>', f"<c><f>{value}</f><v>2</v></c>", '<c t="n"><f>1/0</f></c>', '<c t="array"/>',
        '<c s="99999"><v>1</v></c>', "<c/>",
        *(f'<c r="{place}"><v>1</v></c>' for place in ("XFD1048576", "XFE1", "ZZZZZZ1", "A0", "A-1", "1A", "",
        "A99999999999", "²1", "BBB2")),
        '<c t="inlineStr"><is><t>_xD800_ _x0000_ _x005F_</t></is></c>', '<c t="inlineStr"/>', "</row></sheetData>",
        "<row/>", '<c t="s"><v>-1</v></c>',
    ]  # fmt: skip
    place = int(rng.integers(len(rows)))
    rows[place] = pick(rng, [rows[place] + pick(rng, odd), pick(rng, odd) + rows[place], pick(rng, odd)])
    return Case("workbook/cells", {"delivery.xlsx": zipped(workbook_parts({"部件": sheet(rows)}))})


@maker
def workbook_shape(rng: Rng) -> Case:
    """No sheet, sheets that are missing, empty, without rows, thousands of them, rows far down, parts that are none."""
    rows = sheet(map(cells, [WIDE, *wide()]))
    far = rows.replace(
        f'<row r="{COUNT + 1}"', f'<row r="{pick(rng, ["1048576", "99999999999", "0", "-1", "x", "2"])}"'
    )
    sheets = pick(
        rng,
        [
            {},
            {"a": ""},
            {"a": "", "b": rows},
            {"a": far},
            {f"s{n}": rows if n == 0 else "" for n in range(300)},
            {"a": rows, "A": rows},
        ],
    )
    parts = workbook_parts(sheets)
    part = pick(rng, [None, *parts])
    if part:
        parts[part] = pick(rng, [b"", b"<a/>", damaged(rng, parts[part])])
        if chance(rng, 0.3):
            del parts[part]
    return Case("workbook/shape", {"delivery.xlsx": zipped(parts)})


def _entities() -> tuple[str, ...]:
    return (
        "<!DOCTYPE a ["
        '<!ENTITY b0 "boom">' + "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10)) + "]>",
        f'<!DOCTYPE a [<!ENTITY b9 SYSTEM "file://{ELSEWHERE.folder}/{SECRET}">]>',
        f'<!DOCTYPE a [<!ENTITY b9 SYSTEM "http://127.0.0.1:{ELSEWHERE.port}/x">]>',
        f'<!DOCTYPE a SYSTEM "http://127.0.0.1:{ELSEWHERE.port}/x.dtd" [<!ENTITY b9 "x">]>',
        f'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:{ELSEWHERE.port}/p">%p;<!ENTITY b9 "x">]>',
    )


@maker
def entities(rng: Rng) -> Case:
    """XML that unfolds to gigabytes, reads other files, or calls a server."""
    opening = pick(rng, _entities())
    if chance(rng, 0.5):
        rows = [cells(WIDE), *map(cells, wide()), '<c t="inlineStr"><is><t>&b9;</t></is></c>']
        return Case("entities/workbook", {"delivery.xlsx": zipped(workbook_parts({"a": sheet(rows)}, opening))})
    kml = sound()["kml"]["delivery.kml"].decode().replace("人民路0号", "&b9;")
    head, root, rest = kml.partition("<kml")
    name = pick(rng, ["delivery.kml", "delivery.gml", "delivery.xml"])
    return Case("entities/kml", {name: (head + opening + root + rest).encode()})


# GeoJSON


def _feature(geometry: object, properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@maker
def geojson_values(rng: Rng) -> Case:
    """Properties that repeat, nest, differ in type, hold half characters."""
    odd = [
        None,
        True,
        1,
        1.5,
        2**70,
        [1, [2]],
        {"a": {"b": 1}},
        "\ud800",
        "\0",
        "",
        *TEXTS[:8],
        float("nan"),
        float("inf"),
        "长" * 10_000,
    ]
    features = [
        _feature({"type": "Point", "coordinates": list(xy)}, dict(zip(HEADER, row, strict=True)))
        for xy, row in zip(places(), records(), strict=True)
    ]
    for feature in features[: int(rng.integers(COUNT + 1))]:
        feature["properties"] = feature["properties"] | {
            pick(rng, [*HEADER, "x", "", "geometry", "OBJID", "type"]): pick(rng, odd)
        }  # type: ignore[operator]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=bool(rng.integers(2)))
    if chance(rng, 0.2):
        text = text.replace('"ObjID":', '"小类": 5, "ObjID":')
    return Case("geojson/values", {"delivery.geojson": text.encode("utf-8", "surrogatepass")}, COUNT)


@maker
def geojson_shapes(rng: Rng) -> Case:
    """Geometries that are null, empty, of all kinds, too deep, no numbers, of no CRS."""
    nested_: object = {"type": "Point", "coordinates": [106.5, 29.5]}
    for _ in range(30):
        nested_ = {"type": "GeometryCollection", "geometries": [nested_]}
    odd = [
        None, {}, {"type": "Point"}, {"type": "Point", "coordinates": []}, {"type": "Point", "coordinates": [None, 1]},
        {"type": "Point", "coordinates": ["106", "29"]},
        {"type": "Point", "coordinates": [float("nan"), float("inf")]},
        {"type": "Point", "coordinates": [1e308, -1e308]}, {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[106.5, 29.5], [106.6, 29.5]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {"type": "LineString", "coordinates": [[106.5, 29.5]]},
        {"type": "LineString", "coordinates": [[106.5, 29.5], [106.5, 29.5]]}, nested_, 5, "Point",
        {"type": "MultiPoint", "coordinates": [[106.5, 29.5]]}, {"type": "MultiPoint", "coordinates": []},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Curve", "coordinates": [1, 2]}, {"type": "Point", "coordinates": [106.5, 29.5, float("nan")]},
        {"type": "Point", "coordinates": [[[[106.5]]]]},
    ]  # fmt: skip
    features = [
        _feature(
            pick(rng, odd) if chance(rng, 0.5) else {"type": "Point", "coordinates": list(xy)},
            dict(zip(HEADER, row, strict=True)),
        )
        for xy, row in zip(places(), records(), strict=True)
    ]
    whole = {"type": "FeatureCollection", "features": features}
    if chance(rng, 0.3):
        names = [
            "",
            "EPSG:0",
            "EPSG:4978",
            "EPSG:3857",
            "urn:ogc:def:crs:EPSG::999999",
            f"http://127.0.0.1:{ELSEWHERE.port}/crs",
            f"{ELSEWHERE.folder}/{SECRET}",
            "x" * 10_000,
        ]
        whole["crs"] = pick(
            rng, [None, 5, {}, {"type": "name"}, *({"type": "name", "properties": {"name": name}} for name in names)]
        )  # type: ignore[assignment]
    return Case("geojson/shapes", {"delivery.geojson": json.dumps(whole).encode()}, COUNT)


@maker
def geojson_deep(rng: Rng) -> Case:
    """Brackets without end."""
    opening = pick(rng, ["[", '{"a":', '{"type":"Feature","geometry":{"type":"Polygon","coordinates":' + "[" * 9])
    return Case(
        "geojson/deep",
        {f"delivery{pick(rng, ['.geojson', '.json'])}": opening.encode() * int(rng.integers(10, 200_000))},
    )


# GeoPackages

_STATEMENTS = (
    "UPDATE delivery SET geom = NULL WHERE fid % 2", "UPDATE delivery SET geom = x'00'",
    "UPDATE delivery SET geom = randomblob(60) WHERE fid % 3 = 0",
    'UPDATE delivery SET "备注" = x\'ff00fe\'', 'UPDATE delivery SET "小类" = 118', 'UPDATE delivery SET "小类" = 1.5',
    "DELETE FROM delivery",
    "DELETE FROM gpkg_contents", "DELETE FROM gpkg_geometry_columns", "DELETE FROM gpkg_spatial_ref_sys",
    "UPDATE gpkg_geometry_columns SET srs_id = -1",
    "UPDATE gpkg_geometry_columns SET srs_id = 99999", "UPDATE gpkg_spatial_ref_sys SET definition = 'nonsense'",
    "DROP TABLE delivery", "UPDATE gpkg_contents SET data_type = 'tiles'",
    'ALTER TABLE delivery ADD COLUMN "geometry" TEXT', 'ALTER TABLE delivery ADD COLUMN "row" BLOB',
    'ALTER TABLE delivery ADD COLUMN "<b>" NONSENSE',
    "UPDATE gpkg_geometry_columns SET geometry_type_name = 'CIRCLE'",
    "UPDATE gpkg_geometry_columns SET table_name = 'nothing'", "PRAGMA application_id = 0",
    "UPDATE gpkg_ogr_contents SET feature_count = 3", "UPDATE gpkg_ogr_contents SET feature_count = 999999999",
    "DROP TABLE gpkg_ogr_contents",
    "INSERT INTO gpkg_extensions VALUES ('delivery', 'geom', 'fuzz_unknown', 'x', 'read-write')",
    "UPDATE gpkg_contents SET min_x = 1e999, max_x = -1e999",
    "CREATE VIEW more AS SELECT * FROM delivery, delivery AS b, delivery AS c, delivery AS d",
    "UPDATE delivery SET geom = zeroblob(3000000) WHERE fid = 1",
    "CREATE TRIGGER fuzz AFTER INSERT ON gpkg_contents BEGIN DELETE FROM delivery; END",
    "UPDATE gpkg_contents SET table_name = 'a\"; DROP TABLE x'",
)  # fmt: skip


@maker
def geopackage(rng: Rng) -> Case:
    """A GeoPackage in which something does not fit."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "delivery.gpkg"
        path.write_bytes(sound()["gpkg"]["delivery.gpkg"])
        base = sqlite3.connect(path)
        base.create_function("randomblob", 1, rng.bytes)  # SQLite's own gives other bytes each time
        for (trigger,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f'DROP TRIGGER "{trigger}"')  # they call functions of GDAL
        for _ in range(int(rng.integers(1, 3))):
            try:
                base.execute(pick(rng, _STATEMENTS))
            except sqlite3.Error:
                continue
        base.commit()
        base.close()
        return Case("geopackage", {"delivery.gpkg": path.read_bytes()})


# Files that point elsewhere


@maker
def pointers(rng: Rng) -> Case:
    """A file that makes GDAL open another one, or call a server, whatever its own name says."""
    target = pick(
        rng,
        [
            f"{ELSEWHERE.folder}/{SECRET}",
            f"/vsicurl/http://127.0.0.1:{ELSEWHERE.port}/x.csv",
            f"http://127.0.0.1:{ELSEWHERE.port}/x.geojson",
            f"../{SECRET}",
        ],
    )
    layer = f'<OGRVRTLayer name="secret"><SrcDataSource>{target}</SrcDataSource></OGRVRTLayer>'
    link = f"<NetworkLink><Link><href>{target}</href></Link></NetworkLink>"
    schema = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a {target}"'
    feature = '<gml:featureMember><a fid="1"/></gml:featureMember>'
    texts = [
        f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>",
        f'{{"type": "FeatureServer", "url": "{target}"}}',
        f'<kml xmlns="http://www.opengis.net/kml/2.2">{link}</kml>',
        f"<OGRWFSDataSource><URL>{target}</URL></OGRWFSDataSource>",
        target,
        f"PG:host=127.0.0.1 port={ELSEWHERE.port}",
        f'<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" {schema}>{feature}</gml:FeatureCollection>',
        f'{{"type":"FeatureCollection","links":[{{"rel":"next","href":"{target}"}}],"features":[]}}',
        f"<WFS_Capabilities><a>{target}</a></WFS_Capabilities>",
    ]
    name = f"delivery{pick(rng, _SUFFIXES)}"
    files: Files = {name: pick(rng, texts).encode()}
    if chance(rng, 0.3):
        files = {"delivery.zip": zipped(files)}
    return Case("pointers", files)


@maker
def names_of_files(rng: Rng) -> Case:
    """A sound file under a name that something might take for a command, a pattern or a class."""
    stems = (
        "[a]", "*", "a?b", "%s", "$(true)", "-o", "a b", "路灯", "BJ0118", "0118", "²²²²", "BJ0¹18", "{0}", "a'b\"c",
        "..a", "a|layername=b", "<b>", "a#b", "é",
    )  # fmt: skip
    stem = pick(rng, stems)
    name = pick(rng, ["csv-gbk", "shp-point", "gpkg", "geojson"])
    return Case("file names", {file.replace("delivery", stem): data for file, data in sound()[name].items()}, COUNT)


@maker
def layers(rng: Rng) -> Case:
    """A GeoPackage of several layers, some empty, some without geometry."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "delivery.gpkg"
        table = frame(pick(rng, ["point", "line", "polygon"]))
        for name in ("a", pick(rng, ["b", "b c", "路灯", "b.c"])):
            part = pick(rng, [table, table.iloc[:0]])
            part.to_file(path, layer=name, engine="pyogrio")
        return Case("layers", {"delivery.gpkg": path.read_bytes()})
