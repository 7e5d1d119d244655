"""Sources of cases in a workspace, and whether they have changed since they were read."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from citygrid_plugin.core.errors import UnwritableTarget
from citygrid_plugin.storage.case_sources import (
    BadSourceName,
    CaseSource,
    SecretInSource,
    case_sources,
    forget_case_source,
    save_case_source,
)
from citygrid_plugin.storage.file_marks import mark_of
from citygrid_plugin.storage.layers import write_layer

from .open311_server import Reply, city, request_row
from .test_open311 import NOW
from .test_postgis import Server, server  # noqa: F401 - a fixture

HOTLINE = CaseSource(
    "12319热线", {"INPUT": "/d/list.csv", "AT": "", "DUE_SOON_HOURS": 24.5}, "f", "2025-07-01T12:00:00"
)


def points(*numbers: int) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"CaseID": [str(n) for n in numbers]}, geometry=[shapely.Point(119, 34)] * len(numbers), crs=4490
    )


def test_sources_are_kept_beside_the_layers(tmp_path: Path) -> None:
    workspace = tmp_path / "district.gpkg"
    assert case_sources(workspace) == []
    write_layer(points(1), workspace, "cases", "Point")
    assert case_sources(workspace) == []
    save_case_source(workspace, HOTLINE)
    other = CaseSource(
        "city'; DROP TABLE case_sources; --", {"SERVICE_URL": "https://city.example/v2", "AUTH": "abc1234"}
    )
    save_case_source(workspace, other)
    assert case_sources(workspace) == [HOTLINE, other]
    again = CaseSource(HOTLINE.name, {"INPUT": "x"}, "g")
    save_case_source(workspace, again)
    assert case_sources(workspace) == [again, other]
    forget_case_source(workspace, other.name)
    forget_case_source(workspace, "never there")
    assert case_sources(workspace) == [again]
    assert len(gpd.read_file(workspace, layer="cases")) == 1
    assert gpd.list_layers(workspace)["name"].tolist() == ["cases", "case_sources"]


def test_a_spoilt_row_spoils_no_other(tmp_path: Path) -> None:
    workspace = tmp_path / "district.gpkg"
    save_case_source(workspace, HOTLINE)
    with sqlite3.connect(workspace) as base:
        for text in ("{", "[]", None, "[" * 10_000):
            base.execute("INSERT INTO case_sources (Name, Parameters) VALUES ('bad', ?)", (text,))
    base.close()
    assert case_sources(workspace) == [HOTLINE]


@pytest.mark.parametrize(
    "value",
    [
        "dbname='city' host=h user='u' password='p' table=\"cases\"", "https://city.example/v2?api_key=abc",
        "https://user:pw@city.example/v2", {"source": "x password=abc"},
    ],
)  # fmt: skip
def test_no_password_is_ever_kept(tmp_path: Path, value: Any) -> None:  # noqa: ANN401
    with pytest.raises(SecretInSource, match="INPUT"):
        save_case_source(tmp_path / "district.gpkg", CaseSource("a", {"INPUT": value}))
    assert not (tmp_path / "district.gpkg").exists()


def test_what_cannot_be_kept_says_why(tmp_path: Path) -> None:
    for name in ("", "  ", "x" * 81):
        with pytest.raises(BadSourceName):
            save_case_source(tmp_path / "district.gpkg", CaseSource(name))
    (tmp_path / "no.gpkg").write_text("this is no database, whatever its name says" * 100, encoding="utf-8")
    assert case_sources(tmp_path / "no.gpkg") == []
    with pytest.raises(UnwritableTarget):
        save_case_source(tmp_path / "no.gpkg", HOTLINE)


# Marks


def test_files_are_told_by_their_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.csv"
    assert mark_of(path) == ""
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    first = mark_of(path)
    os.utime(path, (1, 1))
    assert mark_of(path) == first, "only touched"
    path.write_text("a,b\n1,3\n", encoding="utf-8")
    assert mark_of(path) not in (first, "")
    monkeypatch.setattr("citygrid_plugin.storage.file_marks._SMALL", 3)
    large = mark_of(path)
    os.utime(path, (2, 2))
    assert mark_of(path) != large, "of a large one only size and time are looked at"


def test_all_parts_of_a_shapefile_and_a_folder_count(tmp_path: Path) -> None:
    points(1).to_file(tmp_path / "cases.shp")
    for path in (tmp_path / "cases.shp", tmp_path):
        before = mark_of(path)
        points(len(before)).to_file(tmp_path / "cases.shp")
        assert mark_of(path) not in (before, "")


def test_a_layer_of_a_geopackage_is_told_from_its_others(tmp_path: Path) -> None:
    """The workspace is written by the very run that reads the list in it."""
    path = tmp_path / "district.gpkg"
    write_layer(points(1, 2), path, "list", "Point")
    before = mark_of(path, "list")
    write_layer(points(3), path, "cases", "Point")
    assert mark_of(path, "list") == before
    write_layer(points(1, 2, 3), path, "list", "Point")
    assert mark_of(path, "list") not in (before, "")


def test_what_stands_in_the_log_of_a_database_counts(tmp_path: Path) -> None:
    """Another program has the GeoPackage open: what it writes stands beside the file until it is closed."""
    path = tmp_path / "list.gpkg"
    write_layer(points(1).drop(columns="geometry"), path, "list", "NoGeometry")
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode = wal")
    before = mark_of(path, "list")
    size = path.stat().st_size
    base.execute("UPDATE list SET CaseID = '9'")
    base.commit()
    assert path.stat().st_size == size
    assert mark_of(path, "list") not in (before, "")
    base.close()


# Fingerprints

qgis = pytest.mark.usefixtures("qgis_app", "qgis_processing")


def told(layers: list[Any] | None = None, **parameters: object) -> str:
    from qgis.core import QgsProcessingContext, QgsProject  # noqa: PLC0415

    from citygrid_plugin.processing.cases.fingerprints import fingerprint  # noqa: PLC0415

    project, context = QgsProject(), QgsProcessingContext()
    project.addMapLayers(layers or [], False)
    context.setProject(project)
    result = fingerprint(parameters, context)
    for layer in layers or []:
        project.takeMapLayer(layer)
    return result


@qgis
def test_every_table_of_the_run_counts(tmp_path: Path) -> None:
    path, limits = tmp_path / "list.csv", tmp_path / "limits.csv"
    for file in (path, limits):
        file.write_text("a,b\n1,2\n", encoding="utf-8")
    first = told(INPUT=str(path), LIMITS=str(limits), MAPPING="{}", GRID="none", OUTPUT="memory:")
    assert first == told(INPUT=str(path), LIMITS=str(limits), MAPPING="{}", GRID="other") != ""
    limits.write_text("a,b\n1,3\n", encoding="utf-8")
    assert told(INPUT=str(path), LIMITS=str(limits), MAPPING="{}") not in (first, "")
    assert told(INPUT=str(tmp_path / "none.csv")) == told() == ""


@qgis
def test_layers(tmp_path: Path) -> None:
    from qgis.core import QgsVectorLayer  # noqa: PLC0415

    write_layer(points(1), tmp_path / "a.gpkg", "list", "Point")
    shutil.copy(tmp_path / "a.gpkg", tmp_path / "b.gpkg")
    one, other = (QgsVectorLayer(f"{tmp_path / name}|layername=list", name, "ogr") for name in ("a.gpkg", "b.gpkg"))
    marks = {told([layer], INPUT=layer.id()) for layer in (one, other)}
    assert len(marks) == 2, "another layer is another source"
    memory = QgsVectorLayer("Point?field=a:string", "m", "memory")
    before = told([memory], INPUT=memory.id())
    memory.startEditing()
    assert told([memory], INPUT=memory.id()) == "", "unsaved edits"
    from qgis.core import QgsFeature  # noqa: PLC0415

    memory.addFeature(QgsFeature(memory.fields()))
    memory.commitChanges()
    assert told([memory], INPUT=memory.id()) not in (before, "")


@qgis
@pytest.mark.usefixtures("server")
def test_tables_of_postgresql(server: Server) -> None:  # noqa: F811 - the fixture
    server.sql(
        "CREATE TABLE tickets (n text); INSERT INTO tickets VALUES ('1'), ('2'); CREATE VIEW v AS TABLE tickets;"
    )
    layer = server.layer('table="public"."tickets"')

    def mark() -> str:
        return told([layer], INPUT=layer.id())

    before = mark()
    assert before == mark() != ""
    for statement in ("UPDATE tickets SET n = '3' WHERE n = '2'", "DELETE FROM tickets WHERE n = '3'",
                      "INSERT INTO tickets VALUES ('3')"):  # fmt: skip
        server.sql(statement)
        assert mark() not in (before, "")
        before = mark()
    view = server.layer('key=\'n\' table="public"."v"')
    assert told([view], INPUT=view.id()) == "", "of a view nothing tells"
    uri = f"postgres://{layer.source()}"
    assert told(INPUT=uri) == told(INPUT=uri) != ""


@qgis
def test_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    from citygrid_plugin.processing.cases import open311 as network  # noqa: PLC0415

    now = [1_000_000.0]
    monkeypatch.setattr(network.time, "time", lambda: now[0])
    page = [request_row(1, NOW)]
    with city(lambda _: Reply(page)) as running:
        first = told(SERVICE_URL=running.url)
        assert first == told(SERVICE_URL=running.url) != ""
        page.append(request_row(2, NOW))
        second = told(SERVICE_URL=running.url)
        assert second not in (first, "")
        now[0] += 3600
        assert told(SERVICE_URL=running.url) not in (second, "")
    assert told(SERVICE_URL=running.url) == "", "it does not answer"
    assert told(SERVICE_URL="nonsense") == ""
