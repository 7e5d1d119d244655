"""Components out of PostgreSQL: a server of its own where one is installed, tables with and without geometries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyproj
import pytest
import shapely

from .postgres_server import Server, running
from .test_import_components import run_here

ID, LONG, LONGER = "3207060118000001", "32070600118000001", "12345678901234567890.50"
TABLES = """
CREATE TYPE state AS ENUM ('完好', '破损');
CREATE TABLE lamps (
    gid serial PRIMARY KEY, 标识码 text, 小类代码 char(4), 旧编号 numeric(17), "a ""b" numeric, 状态 state,
    普查日期 date, seen time, tags text[], more jsonb, geom geometry(Point, 4549));
INSERT INTO lamps (标识码, 小类代码, 旧编号, "a ""b", 状态, 普查日期, seen, tags, more, geom) VALUES
    ('{id}', '0118', {long}, {longer}, '破损', '2024-03-02', '10:30', '{{x,"y z"}}', '{{"k": 1}}',
     ST_SetSRID(ST_MakePoint(500000, 3830000), 4549)),
    (NULL, '0118', NULL, NULL, NULL, NULL, NULL, NULL, NULL, ST_SetSRID(ST_MakePoint(500010, 3830000), 4549)),
    ('x', '9999', 1, 1.50, '完好', NULL, NULL, '{{}}', '[]', ST_SetSRID(ST_MakePoint(500020, 3830000), 4549)),
    ('', '0118', 0, 0, '完好', NULL, NULL, NULL, NULL, NULL);
CREATE TABLE plain (小类代码 text, 经度 numeric, 纬度 double precision, n numeric);
INSERT INTO plain VALUES ('0118', 119.2, 34.6, {long}), ('0404', 119.21, 34.6, NULL), ('0118', NULL, NULL, 3);
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        server.sql(TABLES.format(id=ID, long=LONG, longer=LONGER))
        yield server


LAMPS = 'key=\'gid\' srid=4549 type=Point table="public"."lamps" (geom)'
QUERY = "key='gid' srid=4549 type=Point table=\"(SELECT * FROM lamps)\" (geom)"


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
@pytest.mark.parametrize("source", [LAMPS, QUERY], ids=["table", "query"])
def test_components_with_places(server: Server, source: str) -> None:
    layer = server.layer(source)
    results, rows = run_here([layer], INPUT=layer.id(), MAPPING='{"Note": "旧编号", "DeptName2": "a \\"b"}')
    counts = tuple(results[f"{name}_COUNT"] for name in ("READ", "ACCEPTED", "REJECTED", "SKIPPED"))
    assert counts == (4, 2, 2, 0)
    first, second = rows["OUTPUT"]
    assert (first["ObjID"], first["ClassCode"], first["ORDate"], first["ObjState"]) == (ID, "0118", "20240302", "破损")
    assert (first["Note"], first["DeptName2"]) == (LONG, LONGER), "as the server writes them, not rounded"
    assert (second["ObjID"], second["Note"]) == ("3207060118000002", "")
    rejected = {row["Reason"]: row for row in rows["REJECTED"]}
    assert set(rejected) == {"unknown_code", "no_geometry"}
    strange = rejected["unknown_code"]
    assert [strange[name] for name in ("小类代码", "旧编号", 'a "b', "tags", "more")] == [
        "9999",
        "1",
        "1.50",
        "{}",
        "[]",
    ]
    assert server.busy() == "0|0", "nothing is kept from the others of the office"


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_what_a_layer_hides_is_not_read(server: Server) -> None:
    layer = server.layer(f'{LAMPS} sql="gid" < 3')
    results, rows = run_here([layer], INPUT=layer.id())
    assert (results["READ_COUNT"], results["ACCEPTED_COUNT"]) == (2, 2)
    assert rows["OUTPUT"][0]["wkt"] == "Point (500000 3830000)"


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_a_table_with_coordinates_in_columns(server: Server) -> None:
    """It has no key, either."""
    source = server.layer('table="public"."plain"').source()
    results, rows = run_here(INPUT=f"postgres://{source}", MAPPING='{"Note": "n"}')
    assert (results["READ_COUNT"], results["ACCEPTED_COUNT"], results["REJECTED_COUNT"]) == (3, 2, 1)
    assert [(row["ClassCode"], row["Note"]) for row in rows["OUTPUT"]] == [("0118", LONG), ("0404", "")]
    east, north = pyproj.Transformer.from_crs(4490, 4549, always_xy=True).transform(119.2, 34.6)
    assert shapely.from_wkt(rows["OUTPUT"][0]["wkt"]).distance(shapely.Point(east, north)) < 0.01


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_a_selection_says_what_it_may_have_lost(server: Server) -> None:
    from qgis.core import QgsProcessingFeatureSourceDefinition, QgsProcessingFeedback  # noqa: PLC0415

    layer = server.layer(LAMPS)
    layer.selectByIds([1])
    chosen = QgsProcessingFeatureSourceDefinition(layer.id(), selectedFeaturesOnly=True)
    feedback = QgsProcessingFeedback()
    results, _ = run_here([layer], feedback, INPUT=chosen)
    assert results["READ_COUNT"] == 1
    assert '2 numbers (旧编号, a "b) are too long' in feedback.textLog()


CASES = """
CREATE TABLE tickets (
    案卷编号 numeric(20), 小类代码 char(4), 上报时间 timestamptz, 当前阶段 text, 问题描述 text, 部件编码 numeric(17),
    geom geometry(Point, 4490));
INSERT INTO tickets VALUES
    (12345678901234567890, '0118', '2025-06-30 08:00+08', '处理', '<b>灯</b>', {long},
     ST_SetSRID(ST_MakePoint(119.2, 34.6), 4490)),
    (12345678901234567891, '0118', '2025-06-30 09:30+08', '结案', NULL, NULL,
     ST_SetSRID(ST_MakePoint(119.21, 34.6), 4490)),
    (3, '0118', NULL, '处理', NULL, NULL, NULL);
CREATE VIEW open_tickets AS SELECT * FROM tickets UNION ALL SELECT * FROM tickets WHERE 案卷编号 = 3;
CREATE MATERIALIZED VIEW stored_tickets AS
    SELECT 案卷编号, 小类代码, 部件编码, 119.2 AS 经度, 34.6 AS 纬度 FROM tickets;
"""


@pytest.fixture(scope="module")
def tickets(server: Server) -> Server:
    server.sql(CASES.format(long=LONG))
    return server


def load_cases_here(source: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Cases of a source; the results and the rows of the layer."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject  # noqa: PLC0415

    from citygrid_plugin.processing.cases.load_cases import LoadCases  # noqa: PLC0415

    project, context = QgsProject(), QgsProcessingContext()
    context.setProject(project)
    values = {"INPUT": source, "OUTPUT": "memory:", "TIME_ZONE": "Asia/Shanghai", "AT": "2025-07-01T12:00:00"}
    algorithm = LoadCases().create()
    accepted, why = algorithm.checkParameterValues(values, context)
    assert accepted, why
    results, _ = algorithm.run(values, context, QgsProcessingFeedback(), {}, False)
    layer = context.getMapLayer(results["OUTPUT"])
    return results, [dict(zip(layer.fields().names(), row.attributes(), strict=True)) for row in layer.getFeatures()]


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
@pytest.mark.parametrize(
    "rest",
    [
        'table="public"."tickets" (geom)', 'table="public"."open_tickets" (geom)',
        'table="(SELECT * FROM tickets)" (geom)',
        'table="public"."open_tickets" (geom) sql="小类代码" = \'0118\'',
    ],
    ids=["table", "view", "query", "view with a filter"],
)  # fmt: skip
def test_cases_of_tables_and_views_without_a_key(tickets: Server, rest: str) -> None:
    source = f"postgres://dbname='postgres' host={tickets.folder} user='census' {rest}"
    results, rows = load_cases_here(source)
    counts = [results[f"{name}_COUNT"] for name in ("READ", "ACCEPTED", "REJECTED", "SKIPPED")]
    assert counts == ([4, 2, 1, 1] if "open_tickets" in rest else [3, 2, 1, 0])
    first, second = rows
    assert (first["CaseID"], second["CaseID"]) == ("12345678901234567890", "12345678901234567891")
    assert (first["ObjID"], first["ClassCode"], first["Text"]) == (LONG, "0118", "<b>灯</b>")
    assert first["Reported"].toString("yyyy-MM-dd HH:mm") == "2025-06-30 08:00"


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_cases_of_a_materialized_view_with_coordinates_in_columns(tickets: Server) -> None:
    source = f"postgres://dbname='postgres' host={tickets.folder} user='census' table=\"public\".\"stored_tickets\""
    results, rows = load_cases_here(source)
    assert (results["READ_COUNT"], results["ACCEPTED_COUNT"]) == (3, 3)
    assert rows[0]["ObjID"] == LONG


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_a_table_that_is_not_there_is_one_sentence(tickets: Server) -> None:
    from qgis.core import QgsProcessingException  # noqa: PLC0415

    source = f"postgres://dbname='postgres' host={tickets.folder} user='census' table=\"public\".\"nothing\""
    with pytest.raises(QgsProcessingException):
        load_cases_here(source)
