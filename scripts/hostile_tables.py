"""Hostile tables and shapefiles for the fuzzing: cells, columns, encodings, coordinates, headers."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from fuzz_inputs import Case, Rng, chance, damaged, maker, pick, sound
from fuzz_seeds import COUNT, HEADER, WIDE, table, wide

TEXTS = (
    "<script>alert('fuzz')</script>", '<img src=x onerror="fuzz()">', "<a href='javascript:fuzz()'>看</a>",
    "</td></table><h1>fuzz",
    "=1+1", '=HYPERLINK("http://fuzz.invalid","x")', "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "{value}", "{0}",
    "{", "}", "%s %n %d",
    "%(value)s", "[% @project_folder %]", "'; DROP TABLE components; --", '"', "''", "\\", "\t", "\r\n", "a\nb", "\x00",
    "\x1b[31m", "\u202e倒",
    "\u200b", "\ufeff", "\ufffd", "\U0001f4a1", "𠮷野", "e\u0301", "NULL", "None", "nan", "NaN", "null", "true",
    "../../etc/passwd",
    "file:///etc/passwd", "长" * 5000, " ", "\u3000",
)  # fmt: skip
NUMBERS = (
    "nan", "NaN", "inf", "-inf", "Infinity", "1e400", "-1e308", "1e-400", "", "0", "-0", "９９.５", "106,5", "0x1A",
    "9" * 400, "106°30′", "1_000",
    "²", "①", "٣", "𝟏𝟎𝟔", "½", "106.5E", "1e", "--5", "+", "1/3", "36500000", "4e6", "180", "90", "-180.0000001",
    "NULL", "#DIV/0!",
)  # fmt: skip
CODES = (
    "²", "①", "٠١١٨", "𝟎𝟏𝟏𝟖", "０１１８", "118", "1", "01 18", "118.0", "1.18E2", "0118\u200b", "-118", "+118",
    "9" * 50, "²²", "2²", "一一八", "0118;0113",
    "2199", "21²9", "", " ", "0x76", "NaN", "５",
)  # fmt: skip
IDS = (
    "5.00103E+15", "5001030118000010", "500103011800001", "5001030118000²01", "５００１０３０１１８０００００１",
    "٥٠٠١٠٣٠١١٨٠٠٠٠٠١",
    "-500103011800001", "9" * 16, "9" * 400, "0" * 16, "5001030118999999", "50010301180000001", "5.00103011800001E15",
    "1e400", "nan", "500103 0118 000001",
    "'5001030118000001", "5001030118000001.0", "①" * 16, "",
)  # fmt: skip
DATES = (
    "00000000", "99999999", "20250230", "2025-05-32", "2025/5/2", "2025年5月2日", "1e9", "-1", "45000.5", "9999-12-31",
    "0001-01-01", "2025-05-02T25:00",
    "12:00", "2025-05-02T10:00+99:99", "1746144000", "1746144000000", "9" * 30, "²", "２０２５０５０２", "NaT", "now",
    "20250502235960", "2025-05-02T00:00Z",
    "-0001-01-01", "292278-01-01", "١٢٣٤",
)  # fmt: skip
CODECS = (
    "rot13", "base64", "hex", "zip", "bz2", "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape",
    "utf-7", "utf-16", "utf-32", "mbcs",
    "string_escape", "utf8\0", "", " ", "65001", "936", "999999", "ANSI 936", "ANSI", "cp0", "..", "９３６", "²",
    "gbk" * 1000, "UTF_8_SIG", "utf_16_be", "hz",
    "iso2022_jp", "shift_jis", "encodings", "latin-1\n\n",
)  # fmt: skip


def salted(rng: Rng, column: int, values: tuple[str, ...]) -> tuple[list[list[str]], list[str]]:
    """Sound rows in which some cells of one column are others; and those."""
    rows = wide()
    taken = [pick(rng, values) for _ in range(int(rng.integers(1, COUNT + 1)))]
    for row, value in zip(rows, taken, strict=False):
        row[column] = value
    return rows, taken


def csv_case(
    kind: str,
    rows: list[list[str]],
    header: Sequence[str] = WIDE,
    *,
    encoding: str = "utf-8",
    texts: Sequence[str] = (),
) -> Case:
    """A table."""
    return Case(kind, {"delivery.csv": table(header, rows).encode(encoding)}, len(rows), texts)


@maker
def cells(rng: Rng) -> Case:
    """Formulas, HTML and other texts that somebody might run."""
    rows, texts = salted(rng, pick(rng, [2, 3, 5]), TEXTS)
    encoding = pick(rng, ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
    return csv_case("table/cells", rows, encoding=encoding, texts=texts if encoding != "gb18030" else ())


@maker
def names(rng: Rng) -> Case:
    """Columns that repeat, are empty, or have names that formats keep for themselves."""
    odd = ("", " ", "ObjID", "objid", "geometry", "geom", "fid", "FID", "ogc_fid", "Row", "Reason", "Detail", "File",
    "row", "Row_source", "level_0", "index",
           "ClassCode", "MajorCode", "x", *TEXTS[:12], "名" * 300)  # fmt: skip
    header = list(WIDE)
    for place in rng.integers(len(header), size=int(rng.integers(1, 8))):
        header[place] = pick(rng, odd)
    return csv_case("table/names", wide(), header)


@maker
def coordinates(rng: Rng) -> Case:
    """Coordinates that are no numbers, infinite, far away or exchanged."""
    rows, _ = salted(rng, len(HEADER) + int(rng.integers(2)), NUMBERS)
    if chance(rng, 0.3):
        for row in rows[: int(rng.integers(COUNT))]:
            row[-2:] = row[:-3:-1]
    return csv_case("table/coordinates", rows)


@maker
def codes(rng: Rng) -> Case:
    """Class codes, ids and dates that look like digits and are none, or are cut, long, damaged."""
    column, values = pick(rng, [(1, CODES), (0, IDS), (4, DATES), (3, TEXTS), (2, CODES)])
    rows, texts = salted(rng, column, values)
    return csv_case(f"table/{HEADER[column]}", rows, texts=texts)


@maker
def ragged(rng: Rng) -> Case:
    """Rows of any length, and quotes that nobody closes."""
    lines = table(WIDE, wide()).splitlines()
    for place in rng.integers(1, len(lines), size=3):
        lines[place] = pick(
            rng,
            [
                lines[place] + ",x" * int(rng.integers(1, 2000)),
                lines[place][:9],
                ",",
                '"' + lines[place],
                lines[place] + '"',
                "," * 5000,
            ],
        )
    return Case("table/ragged", {"delivery.csv": "\n".join(lines).encode("gbk")})


@maker
def mixed_encodings(rng: Rng) -> Case:
    """Each row in another encoding, and characters that are cut or stand alone."""
    lines = table(WIDE, wide()).splitlines()
    odd = (
        b"\xed\xa0\x80",
        b"\xed\xb0\x80\xed\xa0\x80",
        b"\xc0\x80",
        b"\xff\xfe",
        b"\x81",
        b"\xf4\x90\x80\x80",
        b"\xa1",
    )
    data = b"\n".join(
        line.encode(pick(rng, ["gbk", "utf-8", "utf-8", "big5", "shift_jis"]), "replace").replace(
            b"0", pick(rng, [b"0", b"0", pick(rng, odd)]), 1
        )
        for line in lines
    )
    return Case("table/mixed", {pick(rng, ["delivery.csv", "delivery.txt", "delivery.tsv"]): data}, COUNT)


@maker
def lone_surrogates(rng: Rng) -> Case:
    """UTF-16 with half characters, of odd length, or in the other byte order."""
    data = bytearray(table(WIDE, wide()).encode(pick(rng, ["utf-16", "utf-16-be", "utf-16-le"])))
    for place in rng.integers(len(data) // 2, size=6):
        data[2 * place : 2 * place + 2] = pick(rng, [b"\x00\xd8", b"\xd8\x00", b"\x00\xdc", b"\xff\xff"])
    return Case("table/surrogates", {"delivery.csv": bytes(data[: len(data) - int(rng.integers(3))])})


@maker
def large(rng: Rng) -> Case:
    """Very many columns, or one very long cell."""
    if chance(rng, 0.5):
        many = int(rng.integers(500, 3000))
        header = (*WIDE, *(f"c{number}" for number in range(many)))
        return csv_case("table/columns", [[*row, *["x"] * many] for row in wide()], header)
    rows = wide()
    rows[3][5] = pick(rng, ["长", "<b>", "\n", '"']) * 2_000_000
    return csv_case("table/long", rows)


@maker
def extension(rng: Rng) -> Case:
    """A city's table of local classes."""
    rows = [[f"21{number:02}", f"扩展{number}", "部件"] for number in range(1, 9)]
    for row in rows[: int(rng.integers(1, 8))]:
        row[int(rng.integers(3))] = pick(rng, [*CODES, *TEXTS])
    data = table(
        pick(rng, [("code", "name", "kind"), ("编码", "名称", "类型"), ("code", "code", "name")]), rows
    ).encode()
    return Case("extension", {"local.csv": damaged(rng, data) if chance(rng, 0.4) else data}, extension=True)


_RULES = (
    "{}", "[]", "null", '"a"', "5", "{", '{"ClassCode": {"value": "\\ud800"}}',
    '{"Note": {"value": "\\udfff"}, "ClassCode": "小类"}',
    '{"ObjID": {"field": "ObjID", "values": {"\\ud800": "x"}}}',
    '{"ClassCode": {"value": "0118"}, "Note": {"value": "<script>fuzz</script>"}}',
    '{"ClassCode": {"expression": "__import__(\'os\').system(\'true\')"}}',
    '{"ClassCode": {"concat": [{"field": "小类"}, "{0.__class__}"]}}',
    '{"ObjName": {"extract": {"field": "名称", "pattern": "(a+)+$"}}}',
    '{"ObjName": {"extract": "((((((((((a*)*)*)*)*)*)*)*)*)*b"}}',
    '{"ObjName": {"skip": true}}', '{"ClassCode": {"skip": true}, "ClassName": {"skip": true}}',
    '{"ClassCode": {"field": "无"}}',
    '{"ClassCode": {"field": "小类", "values": {"0118": "0113"}, "default": "0405"}}', '{"ClassCode": {"value": "²"}}',
    '{"ObjID": {"value": "9"}}',
    '{"ORDate": {"value": "99999999999"}}', '{"ClassCode": 118}', '{"ClassCode": {"value": 118}}',
    '{"ClassCode": {"value": NaN}}',
    '{"MajorCode": {"value": "²"}, "ClassCode": {"value": "1"}}',
    '{"MajorCode": {"value": "1"}, "ClassCode": {"value": "²"}}', '{"geometry": "小类"}',
)  # fmt: skip


@maker
def mappings(rng: Rng) -> Case:
    """A mapping that is wrong, or that wants something run."""
    text = pick(rng, _RULES)
    if chance(rng, 0.4):
        text = damaged(rng, text.encode()).decode("utf-8", "surrogateescape")
    rows, _ = salted(rng, 2, ("a" * 40, *TEXTS[:6]))
    return Case("mapping", csv_case("", rows).files, mapping=text)


# Shapefiles


def _shapefile(rng: Rng) -> dict[str, bytearray]:
    files = sound()[pick(rng, ["shp-point", "shp-line", "shp-polygon"])]
    return {name: bytearray(data) for name, data in files.items()}


def _case(kind: str, files: dict[str, bytearray], rows: int | None = None) -> Case:
    return Case(f"shapefile/{kind}", {name: bytes(data) for name, data in files.items()}, rows)


@maker
def dbf_claims(rng: Rng) -> Case:
    """A table whose header claims more records (10 GB of them), fewer, or other lengths than it has."""
    files = _shapefile(rng)
    form, place, values = pick(
        rng,
        [
            ("<I", 4, [0xFFFFFFFF, 0x7FFFFFFF, 100_000_000, COUNT + 1, COUNT - 1, 1, 0]),
            ("<H", 8, [0, 1, 32, 33, 65535]),
            ("<H", 10, [0, 1, 2, 65535]),
        ],
    )
    struct.pack_into(form, files["delivery.dbf"], place, pick(rng, values))
    return _case("dbf claims", files, COUNT)


@maker
def dbf_fields(rng: Rng) -> Case:
    """Fields of unknown types, without width, of the same name or none."""
    files = _shapefile(rng)
    data = files["delivery.dbf"]
    count = (struct.unpack_from("<H", data, 8)[0] - 33) // 32
    for number in rng.integers(count, size=3):
        start = 32 + 32 * int(number)
        place, value = pick(
            rng,
            [(0, b"ObjID\0\0\0\0\0\0"), (0, b"\0" * 11), (0, b"\xff" * 11), (0, b"geometry\0\0\0"),
            (0, b"<b>&\"',\n\0\0\0"),
             *((11, bytes([kind])) for kind in b"CNFDLMBGPTYI@O+0V\x00\xff"),
             *((16, bytes([width])) for width in (0, 1, 254, 255))],
        )  # fmt: skip
        data[start + place : start + place + len(value)] = value
    return _case("dbf fields", files, COUNT)


@maker
def dbf_rows(rng: Rng) -> Case:
    """Deleted rows, marks that are none, stars and blanks in fields."""
    files = _shapefile(rng)
    data = files["delivery.dbf"]
    header, width = struct.unpack_from("<HH", data, 8)
    for row in rng.integers(COUNT, size=5):
        start = header + int(row) * width
        if chance(rng, 0.5):
            data[start : start + 1] = pick(rng, [b"*", b"\0", b"x", b"\x1a"])
        else:
            data[start + 1 : start + width] = pick(rng, [b"*", b"\0", b" ", b"\xff", b"?"]) * (width - 1)
    return _case("dbf rows", files, COUNT)


@maker
def shp_claims(rng: Rng) -> Case:
    """Wrong lengths, numbers of parts and of points, kinds of shape, and offsets."""
    files = _shapefile(rng)
    part = pick(rng, ["delivery.shp", "delivery.shp", "delivery.shx"])
    data = files[part]
    for _ in range(int(rng.integers(1, 4))):
        place = pick(rng, [24, 32, *range(100, min(len(data) - 8, 300), 4)])
        struct.pack_into(
            pick(rng, ["<i", ">i"]),
            data,
            place,
            pick(rng, [0, -1, 1, 2**31 - 1, -(2**31), 5_000_000_00, 8, 15, 31, 99, len(data)]),
        )
    return _case("shp claims", files, COUNT)


@maker
def shp_coordinates(rng: Rng) -> Case:
    """NaN, infinite and enormous coordinates in points, and null shapes."""
    files = _shapefile(rng)
    data = files["delivery.shp"]
    start = 100
    while start + 12 <= len(data):
        length = 2 * struct.unpack_from(">i", data, start + 4)[0]
        if chance(rng, 0.5):
            place = start + 12 + 8 * int(rng.integers(max((length - 4) // 8, 1)))
            struct.pack_into(
                "<d", data, min(place, len(data) - 8), pick(rng, [np.nan, np.inf, -np.inf, 1e308, -1e39, 1e300, 0.0])
            )
        elif chance(rng, 0.3):
            struct.pack_into("<i", data, start + 8, 0)
        start += 8 + length
    return _case("shp coordinates", files, COUNT)


@maker
def parts(rng: Rng) -> Case:
    """Parts that are missing, empty, of another file, or say odd things about encoding and CRS."""
    files = _shapefile(rng)
    part = pick(rng, list(files))
    what = rng.integers(4)
    if what == 0 and part != "delivery.shp":
        del files[part]
    elif what == 1:
        files[part] = bytearray(pick(rng, [b"", b"\0", b" ", bytes(100)]))
    elif what == 2:  # noqa: PLR2004
        files["delivery.cpg"] = bytearray(pick(rng, CODECS).encode())
    else:
        files["delivery.prj"] = bytearray(pick(rng, _CRS_TEXTS).encode())
    return _case("parts", files, COUNT)


_DEGREES = 'GEOGCS["x",DATUM["d",SPHEROID["s",6378137,298]],PRIMEM["g",0],UNIT["degree",0.0174532925]]'
_CRS_TEXTS = (
    "", "GEOGCS[", "(" * 100_000, "EPSG:4326", "EPSG:99999999", 'LOCAL_CS["x"]',
    'GEOCCS["x",DATUM["d",SPHEROID["s",6378137,0]],PRIMEM["g",0],UNIT["m",1]]',
    'GEOGCS["x",DATUM["d",SPHEROID["s",0,0]],PRIMEM["g",0],UNIT["degree",0]]',
    'GEOGCS["x",DATUM["d",SPHEROID["s",nan,inf]],PRIMEM["g",1e400],UNIT["d",1]]',
    f'PROJCS["x",{_DEGREES},PROJECTION["Nothing"],UNIT["m",1]]',
    f'PROJCS["x",{_DEGREES},PROJECTION["Transverse_Mercator"],PARAMETER["scale_factor",0],UNIT["m",0]]',
    "+proj=pipeline +step +proj=merc", "+proj=longlat +nadgrids=/etc/passwd", "{}", "\0", "urn:ogc:def:crs:EPSG::4490",
    "EPSG:4978", "EPSG:5773", "EPSG:2381",
)  # fmt: skip
