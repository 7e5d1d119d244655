"""A workspace into PostGIS and back: the same values, for a reader that is not ours (fiona), or nothing at all."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import fiona
import geopandas as gpd
import pandas as pd
import pytest
import shapely

from citygrid_plugin.storage.team import moving
from citygrid_plugin.storage.team.connecting import Connection, DatabaseFailed
from citygrid_plugin.storage.team.migrations import ForeignSchema, migrate
from citygrid_plugin.storage.team.moving import Occupied, UnknownTables, _Lines, to_geopackage, to_schema
from citygrid_plugin.storage.team.tables import Unmovable

from .postgres_server import Server, running

psycopg2 = pytest.importorskip("psycopg2")
SCHEMA = '数字城管 "a"'
OTHERS = """
CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB);
INSERT INTO qgis_projects VALUES ('项目', '{"a": 1}', x'00ff5c');
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, styleName TEXT(30), useAsDefault BOOLEAN, opacity REAL DEFAULT 1.5,
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), day DATE, local DATETIME, bad DATE,
    note TEXT DEFAULT 'it''s', UNIQUE (styleName, day));
INSERT INTO layer_styles (id, styleName, useAsDefault, opacity, update_time, day, local, bad, note) VALUES
    (7, '样式', 1, 1e-300, '2025-06-30T08:00:00.123Z', '2024-02-29', '2025-01-01T24:00:00', '2024-02-31', ''),
    (9, NULL, 0, 0.1, '0001-01-01T00:00:00.000Z', NULL, NULL, NULL, NULL),
    (-9223372036854775808, 'a\tb\\N', NULL, 9e999, NULL, '9999-12-31', 'x', '', char(10) || '\\.' || char(13));
DELETE FROM layer_styles WHERE id = 9;
CREATE TABLE no_key (a, b NUMERIC, big INTEGER);
INSERT INTO no_key VALUES ('1', 2, 9223372036854775807), (NULL, NULL, NULL), ('1', 2, 9223372036854775807);
CREATE INDEX by_note ON layer_styles (note);
CREATE VIEW open_cases AS SELECT * FROM cases WHERE note IS NULL;
INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES
    ('layer_styles', 'attributes', 'layer_styles'), ('no_key', 'attributes', 'no_key');
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def connection(server: Server) -> Iterator[Connection]:
    connection = psycopg2.connect(host=str(server.folder), user="census", dbname="postgres")
    migrate(connection, SCHEMA)
    yield connection
    connection.close()
    connection = psycopg2.connect(host=str(server.folder), user="census", dbname="postgres")
    with connection, connection.cursor() as cursor:
        cursor.execute(psycopg2.sql.SQL("DROP SCHEMA {} CASCADE").format(psycopg2.sql.Identifier(SCHEMA)))
    connection.close()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Layers of several kinds, written by GDAL, and the tables that QGIS adds."""
    path = tmp_path_factory.mktemp("team") / "工作区.gpkg"
    points = [shapely.Point(500000.1 + n, 3830000 + n / 3) for n in range(2000)]
    cases = gpd.GeoDataFrame(
        {
            "案卷": [f"案卷{n}" for n in range(2000)], "n": range(2000), "x": [n / 7 for n in range(2000)],
            "b": [n % 2 == 0 for n in range(2000)],
            "at": pd.date_range("2025-01-01", periods=2000, freq="61s", tz="UTC"),
            "here": pd.date_range("2025-01-01", periods=2000, freq="61s"), "note": [None, "注"] * 1000,
        },
        geometry=points, crs=4549,
    )  # fmt: skip
    cases.loc[3, "geometry"] = None
    cases.loc[4, "geometry"] = shapely.Point()
    cases.to_file(path, layer="cases", engine="pyogrio")
    mixed = [shapely.box(119, 34, 120, 35), shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])]
    gpd.GeoDataFrame({"a": [1, 2]}, geometry=mixed, crs=4490).to_file(path, layer="areas", engine="pyogrio")
    line = shapely.LineString([(0, 0, 1.25), (1, 1, 2.5)])
    own = "+proj=tmerc +lon_0=119.3 +x_0=500000 +ellps=GRS80 +units=m"
    gpd.GeoDataFrame({"a": [1]}, geometry=[line], crs=own).to_file(path, layer="lines", engine="pyogrio")
    gpd.GeoDataFrame({"a": pd.array([], "int64")}, geometry=[], crs=4549).to_file(path, layer="none", engine="pyogrio")
    with closing(sqlite3.connect(path)) as base:
        base.executescript(OTHERS)
    return path


def read(path: Path) -> dict[str, Any]:
    """Everything that fiona tells of the layers, in words: an empty point's coordinates do not equal themselves."""
    found = {}
    for name in sorted({*fiona.listlayers(path)} - {"layer_styles"}):  # its false dates are too much for fiona
        with fiona.open(path, layer=name) as layer:
            rows = [repr((row.id, dict(row.properties), row.geometry and {**row.geometry})) for row in layer]
            placed = (layer.crs_wkt, rows and layer.bounds) if layer.schema["geometry"] != "None" else None
            found[name] = (layer.schema, placed, len(layer), rows)
    return found


def contents(path: Path) -> dict[str, Any]:
    """All tables of the file as SQLite has them, but for geometries, and everything that was made in it."""
    with closing(sqlite3.connect(path)) as base:
        made = {row[:2]: row[2] for row in base.execute("SELECT type, name, sql FROM sqlite_master")}
        geometries = dict(base.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
        names = [name for kind, name in made if kind == "table" and not name.endswith(("_node", "_parent", "_rowid"))]
        rows = {}
        for name in names:
            fields = [row[1] for row in base.execute("SELECT * FROM pragma_table_info(?)", (name,))]
            wanted = ", ".join(f'"{field}", typeof("{field}")' for field in fields if field != geometries.get(name))
            rows[name] = sorted(map(repr, base.execute(f'SELECT {wanted} FROM "{name}"')))  # noqa: S608 - our own file
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        marks = [base.execute(f"PRAGMA {mark}").fetchone() for mark in ("application_id", "user_version")]
    return {"made": made, "rows": rows, "marks": marks}


def left(connection: Connection) -> tuple[int, int]:
    """(tables of a workspace, rows of the bookkeeping) in the schema."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = %s AND tablename NOT LIKE 'citygrid%%'", (SCHEMA,)
        )
        (count,) = cursor.fetchone()
        cursor.execute(
            psycopg2.sql.SQL("SELECT count(*) FROM {}.citygrid_geopackage").format(psycopg2.sql.Identifier(SCHEMA))
        )
        return count, cursor.fetchone()[0]


def test_there_and_back_is_the_same(package: Path, connection: Connection, tmp_path: Path) -> None:
    counts = to_schema(package, connection, SCHEMA)
    assert counts == {
        "cases": 2000, "areas": 2, "lines": 1, "none": 0, "qgis_projects": 1, "layer_styles": 2, "no_key": 3,
    }  # fmt: skip
    back = tmp_path / "back.gpkg"
    assert to_geopackage(connection, SCHEMA, back) == counts
    assert contents(back) == contents(package)
    assert read(back) == read(package)
    with pytest.raises(Occupied):
        to_schema(package, connection, SCHEMA)


def test_types_keys_and_indexes_of_postgis(package: Path, connection: Connection) -> None:
    to_schema(package, connection, SCHEMA)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a"
            " JOIN pg_class c ON c.oid = attrelid WHERE relname = 'cases' AND attnum > 0"
            " AND relnamespace = quote_ident(%s)::regnamespace",
            (SCHEMA,),
        )
        assert dict(cursor.fetchall()) == {
            "fid": "bigint", "geom": "geometry(Point,4549)", "案卷": "text", "n": "bigint", "x": "double precision",
            "b": "boolean", "at": "timestamp with time zone", "here": "timestamp without time zone", "note": "text",
            "citygrid_version": "bigint", "citygrid_edited_from": "bigint",
        }  # fmt: skip
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE schemaname = %s AND indexdef LIKE '%%gist%%'", (SCHEMA,))
        assert cursor.fetchone() == (4,)
        table = psycopg2.sql.Identifier(SCHEMA, "cases")
        cursor.execute(psycopg2.sql.SQL("INSERT INTO {} (n) VALUES (1) RETURNING fid").format(table))
        assert cursor.fetchone() == (2001,), "numbers go on behind those of the file"


def test_an_error_in_between_leaves_nothing(package: Path, connection: Connection, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(package.read_bytes())
    with closing(sqlite3.connect(broken)) as base, base:
        base.execute("INSERT INTO no_key (a) VALUES ('a' || char(0) || 'b')")
    with pytest.raises(DatabaseFailed, match="COPY no_key, line 4"):
        to_schema(broken, connection, SCHEMA)
    assert left(connection) == (0, 0)
    with closing(sqlite3.connect(broken)) as base, base:
        base.execute("UPDATE no_key SET a = 1.5 WHERE big IS NOT NULL")
    with closing(sqlite3.connect(broken)) as base, base:
        base.execute("INSERT INTO no_key (a) VALUES (x'00')")
    with pytest.raises(Unmovable, match="mixes"):
        to_schema(broken, connection, SCHEMA)
    assert left(connection) == (0, 0)


def test_a_killed_connection_leaves_nothing(
    package: Path, server: Server, connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends the session in the middle of the rows, on the way there and back."""
    killer = threading.Lock()
    pid, read_on = connection.info.backend_pid, _Lines.read

    def killed(lines: _Lines, size: int) -> bytes:
        if killer.acquire(blocking=False):
            return read_on(lines, 5000)
        server.sql(f"SELECT pg_terminate_backend({pid}, 5000)")
        return read_on(lines, size)

    with monkeypatch.context() as patch:
        patch.setattr(_Lines, "read", killed)
        with pytest.raises(DatabaseFailed):
            to_schema(package, connection, SCHEMA)
    again = psycopg2.connect(host=str(server.folder), user="census", dbname="postgres")
    assert left(again) == (0, 0)
    to_schema(package, again, SCHEMA)
    target = tmp_path / "out" / "back.gpkg"
    target.parent.mkdir()
    target.write_bytes(b"old")
    fetched = moving._row

    def killed_again(*row: Any) -> Any:  # noqa: ANN401 - whatever it is called with
        server.sql(f"SELECT pg_terminate_backend({again.info.backend_pid}, 5000)")
        monkeypatch.undo()
        return fetched(*row)

    monkeypatch.setattr(moving, "_row", killed_again)
    with pytest.raises(DatabaseFailed):
        to_geopackage(again, SCHEMA, target)
    assert [(path.name, path.read_bytes()) for path in target.parent.iterdir()] == [("back.gpkg", b"old")]
    again.close()


def test_what_a_geopackage_cannot_say_is_not_left_out(package: Path, connection: Connection, tmp_path: Path) -> None:
    to_schema(package, connection, SCHEMA)
    with connection, connection.cursor() as cursor:
        cursor.execute(psycopg2.sql.SQL("CREATE TABLE {} (a int)").format(psycopg2.sql.Identifier(SCHEMA, "more")))
    with pytest.raises(UnknownTables, match=r"more\.a"):
        to_geopackage(connection, SCHEMA, tmp_path / "back.gpkg")
    assert not [*tmp_path.iterdir()]
    attack = psycopg2.sql.SQL("DROP TABLE {}; UPDATE {} SET definition = %s WHERE kind = 'object'").format(
        psycopg2.sql.Identifier(SCHEMA, "more"), psycopg2.sql.Identifier(SCHEMA, "citygrid_geopackage")
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(attack, (f"ATTACH '{tmp_path / 'planted'}' AS planted",))
    with pytest.raises(ForeignSchema):  # what stands in a database is not run on the user's machine
        to_geopackage(connection, SCHEMA, tmp_path / "back.gpkg")
    assert not [*tmp_path.iterdir()]
    with pytest.raises(ForeignSchema):
        to_schema(package, connection, "public")
