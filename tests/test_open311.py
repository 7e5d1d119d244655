"""Open311 GeoReport v2: the protocol against servers as they are, good and bad, without and with a network."""

from __future__ import annotations

import itertools
import json
import shutil
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import geopandas as gpd
import pyogrio
import pytest
import shapely
from headless import Headless, StepError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.errors import Cancelled
from citygrid_plugin.storage import open311
from citygrid_plugin.storage.open311 import Answer, BadAddress, Found, NoRequests, Service, ServiceFailed, read_requests

from .open311_server import City, Handler, Reply, Request, city, inside, paged, request_row, rows, zipped

NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
SERVICE = Service.at("https://city.example/open311/v2")


# The protocol, without a network


def found_by(
    answer: Callable[[dict[str, str], int], Answer | list[dict[str, Any]]], days: float = 90, most: int | None = None
) -> tuple[Found, list[dict[str, str]], list[float]]:
    """What is read from a server that answers a query (and its number) so; the queries; the pauses."""
    queries: list[dict[str, str]] = []
    pauses: list[float] = []

    def fetch(url: str) -> Answer:
        queries.append({name: values[0] for name, values in parse_qs(urlsplit(url).query).items()})
        result = answer(queries[-1], len(queries))
        return result if isinstance(result, Answer) else Answer(200, json.dumps(result).encode())

    found = read_requests(SERVICE, fetch, NOW - timedelta(days=days), NOW, wait=pauses.append, most=most)
    return found, queries, pauses


def ids(found: Found) -> list[str]:
    return sorted(found.records.frame["service_request_id"])


def keys(found: Found) -> set[str]:
    return {remark.key for remark in found.records.remarks} - {"points_from_columns"}


CITY = rows(350, NOW, timedelta(hours=20))  # 291 days
ALL = [row["service_request_id"] for row in CITY]


def test_windows_and_pages_give_everything_once() -> None:
    found, queries, _ = found_by(lambda query, _: paged(inside(CITY, query), query), days=300)
    assert ids(found) == sorted(ALL)
    spans = [
        datetime.fromisoformat(query["end_date"]) - datetime.fromisoformat(query["start_date"]) for query in queries
    ]
    assert max(spans) == timedelta(days=90)
    assert keys(found) == {"service_windows"}
    assert queries[0]["end_date"] == "2025-07-01T12:00:00Z", "the newest first"
    frame = found.records.frame.set_index("service_request_id")
    assert frame.crs.to_epsg() == 4326
    assert shapely.equals_exact(frame.geometry["000003"], shapely.Point(119.2, 34.6003), 1e-9)


@pytest.mark.parametrize("cap", [50, 100, 1000])
def test_a_server_without_pages_that_caps_silently(cap: int) -> None:
    """It gives the first so many of a time, in its own order, and says nothing."""
    many = rows(1500, NOW, timedelta(minutes=37))
    found, queries, _ = found_by(lambda query, _: inside(many, query)[-cap:])
    assert ids(found) == sorted(row["service_request_id"] for row in many)
    assert keys(found) == {"service_limit", "service_no_pages"}
    assert len(queries) < 40 * 1500 / cap


def test_the_limit_of_a_thousand_behind_pages() -> None:
    """Pages are known, but of a time only the first 1,000 are given in all."""
    many = rows(1500, NOW, timedelta(minutes=37))
    found, _, _ = found_by(lambda query, _: paged(inside(many, query)[:1000], query))
    assert ids(found) == sorted(row["service_request_id"] for row in many)
    assert "service_limit" in keys(found)


@pytest.mark.parametrize("only_xml", [False, True])
def test_servers_that_refuse_questions_about_pages_or_json(only_xml: bool) -> None:
    asked: list[str] = []

    def fetch(url: str) -> Answer:
        asked.append(url)
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        if "page_size" in query or (only_xml and ".json" in url):
            return Answer(400, b"unknown parameter")
        found = inside(CITY, query)[:100]
        if not only_xml:
            return Answer(200, json.dumps(found).encode())
        parts = ("".join(f"<{name}>{value}</{name}>" for name, value in row.items()) for row in found)
        return Answer(200, f"<service_requests>{''.join(f'<request>{part}</request>' for part in parts)}"
                           "</service_requests>".encode())  # fmt: skip

    found = read_requests(SERVICE, fetch, NOW - timedelta(days=300), NOW, wait=lambda _: None)
    assert ids(found) == sorted(ALL)
    assert sum("page_size" in url for url in asked) == 1 + only_xml, "it is not asked so again"


def test_what_stays_hidden_is_said() -> None:
    """1,200 requests of one moment, of which it gives 1,000."""
    same = [request_row(number, NOW - timedelta(days=3)) for number in range(1200)]
    found, _, _ = found_by(lambda query, _: inside(same, query)[:1000])
    assert len(found.records.frame) == 1000
    assert {"service_cut", "service_no_pages"} <= keys(found)
    cut = next(remark for remark in found.records.remarks if remark.key == "service_cut")
    assert cut.values["limit"] == 1000
    assert "2025-06-28" in str(cut)


def test_repeated_and_endless_pages() -> None:
    """Each page repeats half of the one before; behind the last one it comes again for ever."""

    def answer(query: dict[str, str], _: int) -> list[dict[str, Any]]:
        start = min((int(query["page"]) - 1) * 25, 300)
        return CITY[start : start + 50] if query["end_date"].startswith("2025-07") else []

    found, queries, _ = found_by(answer, days=300)
    assert ids(found) == sorted(ALL)
    assert "service_repeats" in keys(found)
    assert len(queries) < 30


def test_pages_that_never_end_break_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open311, "_MOST_PAGES", 20)
    found, queries, _ = found_by(lambda _, number: [request_row(number * 10 + each, NOW) for each in range(10)])
    assert len(queries) == 20
    assert len(found.records.frame) == 200
    assert found.failure is not None
    assert found.failure.values["why"] == "its pages do not end"


def test_a_server_that_ignores_the_dates() -> None:
    old = rows(120, NOW - timedelta(days=200)) + rows(30, NOW)
    found, queries, _ = found_by(lambda query, _: paged(old, query), days=90)
    assert len(found.records.frame) == 30
    assert {"service_no_dates", "service_outside"} <= keys(found)
    assert len(queries) < 5


def test_the_last_answer_about_a_request_counts() -> None:
    """A request is closed while pages are read; others have no number yet."""
    first = [request_row(1, NOW), {"token": "t", "requested_datetime": NOW.isoformat(), "status": "open"}]
    second = [request_row(1, NOW, status="closed"), {"status": "open", "description": "neither"}]
    found, _, _ = found_by(lambda _, number: [first, second, []][min(number, 3) - 1])
    frame = found.records.frame
    assert len(frame) == 3
    assert frame.set_index("service_request_id")["status"].to_dict()["000001"] == "closed"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(0, 150 * 1440), max_size=130, unique=True),
    st.sampled_from(["pages", "none", "ignored size"]), st.sampled_from([50, 100]), st.randoms(use_true_random=False),
)  # fmt: skip
def test_no_request_is_lost(minutes: list[int], kind: str, cap: int, random: Any) -> None:  # noqa: ANN401
    """Whatever the order and the paging of a server that heeds dates: all that it has, each once."""
    everything = [request_row(number, NOW - timedelta(minutes=at)) for number, at in enumerate(minutes)]

    def answer(query: dict[str, str], _: int) -> list[dict[str, Any]]:
        here = inside(everything, query)
        if kind == "pages":
            return paged(here, query, cap)
        if kind == "ignored size":
            return paged(here, {**query, "page_size": "17"})
        random.shuffle(here)
        return here[:cap]

    if not everything:
        with pytest.raises(NoRequests):
            found_by(answer, days=160)
        return
    found, _, _ = found_by(answer, days=160)
    assert ids(found) == sorted(row["service_request_id"] for row in everything)


def test_failures_are_tried_again_and_retry_after_is_heeded() -> None:
    bad = [Answer(500), Answer(429, retry_after="7"), Answer(0, why="it does not answer")]
    found, queries, pauses = found_by(
        lambda query, number: bad[number - 1] if number <= 3 else paged(CITY[:20], query), days=90
    )
    assert len(found.records.frame) == 20
    assert pauses == [1, 7, 4]
    assert len(queries) == 5
    assert found.failure is None


def test_a_server_that_asks_for_too_much_patience() -> None:
    with pytest.raises(ServiceFailed, match=r"asked again only later .3600 s"):
        found_by(lambda *_: Answer(503, retry_after="3600"))


def test_what_came_before_a_failure_is_kept() -> None:
    """The second window fails for good."""

    def answer(query: dict[str, str], _: int) -> Answer | list[dict[str, Any]]:
        if query["start_date"] < "2025-03":
            return Answer(500, b'[{"code": 500, "description": "Database <b>down</b>"}]')
        return paged(inside(CITY, query), query)

    found, _, pauses = found_by(answer, days=300)
    assert found.failure is not None
    assert "500 Database <b>down</b>" in str(found.failure)
    assert found.lacking == "2025-04-02 12:00 UTC"
    newer = [row["service_request_id"] for row in CITY if row["requested_datetime"] >= "2025-04-02T12"]
    assert ids(found) == sorted(newer)
    assert pauses == [1, 2, 4]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(200, b"<!DOCTYPE html><html><title>Log in</title>"), r"a web page \(Log in\)"),
        (Answer(200, b"[{]"), "no whole JSON"),
        (Answer(200, b'[{"service_request_id": "1"'), "no whole JSON"),
        (Answer(200, b"[" * 100_000), "no whole JSON"),
        (Answer(200, b"<service_requests><request>"), "no whole XML"),
        (
            Answer(200, b"<!DOCTYPE r [<!ENTITY a 'aaaa'>]><service_requests>&a;</service_requests>"),
            "declares entities",
        ),
        (Answer(200, b""), "answers with nothing"),
        (Answer(200, b"hello"), r"neither JSON nor XML \(hello\)"),
        (Answer(200, b"{}"), "something else than requests"),
        (Answer(200, b'[{"code": 400, "description": "jurisdiction_id was not provided"}]'), "something else.*jurisd"),
        (Answer(200, b"[1, 2]"), "something else than requests"),
        (Answer(401), "an error .401.*authentication configuration"),
        (Answer(404, b"<title>Not here</title>"), "404 Not here.*ends before requests.json"),
        (Answer(0, why="it does not answer", told=" (Connection refused)"), "does not answer"),
    ],
)
def test_a_useless_first_answer_is_one_sentence(answer: Answer, sentence: str) -> None:
    with pytest.raises(ServiceFailed, match=sentence) as raised:
        found_by(lambda *_: answer)
    assert "city.example" in str(raised.value)
    assert len(str(raised.value)) < 500


@pytest.mark.real_data
@pytest.mark.parametrize("file", ["cfa_service_requests.xml", "nodeopen311_service-requests.xml"])
def test_real_xml(real_data: Path, file: str) -> None:
    body = (real_data / "cases" / "open311" / file).read_bytes()
    service = Service.at("https://city.example/v2/requests.xml?api=1", "sf.gov")
    asked: list[str] = []

    def fetch(url: str) -> Answer:
        asked.append(url)
        return Answer(200, body)

    since = datetime(2010, 4, 1, tzinfo=UTC)
    found = read_requests(service, fetch, since, since + timedelta(days=60), wait=lambda _: None)
    frame = found.records.frame.set_index("service_request_id")
    assert frame.index.tolist() == ["638344", "638349"]
    assert frame["requested_datetime"].tolist() == ["2010-04-14T06:37:38-08:00", "2010-04-19T06:37:38-08:00"]
    assert frame["service_code"].tolist() == ["006", "006"], "a code keeps its zeros"
    assert frame["lat"].tolist() == ["37.762221815"] * 2
    assert frame["description"].isna().all()
    assert asked[0].startswith("https://city.example/v2/requests.xml?api=1&jurisdiction_id=sf.gov&start_date=")


def test_fields_as_servers_write_them() -> None:
    """Numbers as they are written, extended attributes, null and text coordinates, an address only, markup."""
    body = """[
      {"service_request_id": 12345678901234567890, "lat": "34.60", "long": "119.20", "n": 1.50,
       "description": "<script>alert(1)</script>", "requested_datetime": "2025-06-30T08:00:00+08:00",
       "attributes": [{"code": "DEPTH", "value": 7}, {"code": "A", "value": null}],
       "extended_attributes": {"photos": [{"url": "x"}], "channel": {"name": "app"}}},
      {"service_request_id": "2", "lat": null, "long": null, "address": "1 Main St"},
      {"service_request_id": "3", "lat": "", "long": "x", "service_code": "006"}]"""
    services = '[{"service_code": "006", "service_name": "Kerb"}]'
    found, _, _ = found_by(lambda query, _: Answer(200, (body if query else services).encode()))
    frame = found.records.frame.set_index("service_request_id")
    first = frame.loc["12345678901234567890"]
    assert (first["n"], first["attributes.DEPTH"], first["attributes.A"]) == ("1.50", "7", None)
    assert first["extended_attributes.channel.name"] == "app"
    assert json.loads(first["extended_attributes.photos"]) == [{"url": "x"}]
    assert first["description"] == "<script>alert(1)</script>"
    assert frame.geometry.isna().tolist() == [False, True, True]
    assert frame["service_name"].to_dict()["3"] == "Kerb"


def test_addresses() -> None:
    for text in ("https://a.b/v2", "https://a.b/v2/", " https://a.b/v2/requests.json ", "https://a.b/v2/requests"):
        assert Service.at(text).url("requests") == "https://a.b/v2/requests.json"
    assert Service.at("http://user:pw@a.b:8080/x?key=1").name == "http://a.b:8080/x"
    for text in (
        "",
        "a.b/v2",
        "file:///etc/passwd",
        "ftp://a.b",
        "https://",
        "https://a b/v2",
        "http://[::1",
        "http://a:x",
    ):
        with pytest.raises(BadAddress):
            Service.at(text)


# Through QGIS's network access

pytestmark_qgis = pytest.mark.usefixtures("qgis_app", "qgis_processing")


def fetched(url: str, **options: Any) -> Answer:  # noqa: ANN401
    from citygrid_plugin.processing.cases.open311 import fetching  # noqa: PLC0415

    return fetching(options.get("auth", ""), options.get("feedback"), options.get("timeout", 2000))(url)


@pytestmark_qgis
@pytest.mark.parametrize("what", ["half", "chunks", "silent", "drip", "refused"])
def test_bodies_that_break_off(what: str) -> None:
    """Half of what was announced, chunks without an end, no answer, a byte now and then, nobody there."""

    def handler(request: Request) -> Reply | None:
        out = request.raw
        if what == "half":
            out.close_connection = True
            return Reply(b"[1, 2", length=1000)
        if what == "silent":
            time.sleep(1.5)
            return None
        out.send_response(200)
        if what == "chunks":
            out.send_header("Transfer-Encoding", "chunked")
            out.end_headers()
            out.wfile.write(b"5\r\n[1, 2\r\n")
            out.close_connection = True
            return None
        out.send_header("Content-Length", "100000")
        out.end_headers()
        for _ in range(40):
            try:
                out.wfile.write(b" ")
                out.wfile.flush()
            except OSError:
                break
            time.sleep(0.1)
        return None

    with city(handler) as server:
        url = "http://127.0.0.1:9/v2" if what == "refused" else server.url
        began = time.monotonic()
        answer = fetched(url, timeout=400)
    assert (answer.status, answer.whole) != (200, True)
    assert answer.why
    assert time.monotonic() - began < 10


@pytestmark_qgis
def test_bodies_are_bounded_also_when_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    from citygrid_plugin.processing.cases import open311 as network  # noqa: PLC0415

    monkeypatch.setattr(network, "_LARGEST", 300_000)
    with city(lambda request: zipped([0] * (10 if "small" in request.path else 2_000_000))) as server:
        assert fetched(f"{server.url}/small").body == json.dumps([0] * 10).encode()
        answer = fetched(f"{server.url}/large")
        assert (answer.status, answer.is_final) == (0, True)
        assert "64 MB" in answer.why
        assert not answer.body


@pytestmark_qgis
def test_redirects_are_followed_but_not_for_ever() -> None:
    def handler(request: Request) -> Reply:
        if "loop" in request.path:
            return Reply(status=302, headers={"Location": request.path})
        if "away" in request.path:
            return Reply(status=302, headers={"Location": "file:///etc/passwd"})
        if "moved" in request.path:
            return Reply(status=301, headers={"Location": "/there"})
        return Reply([1])

    with city(handler) as server:
        assert fetched(f"{server.url}/moved").body == b"[1]"
        assert "without end" in fetched(f"{server.url}/loop").why
        assert "another kind" in fetched(f"{server.url}/away").why
        assert len(server.asked) < 12


@pytestmark_qgis
def test_never_from_https_to_http(monkeypatch: pytest.MonkeyPatch) -> None:
    from qgis.PyQt.QtCore import QUrl  # noqa: PLC0415

    from citygrid_plugin.processing.cases import open311 as network  # noqa: PLC0415

    asked: list[str] = []

    class Downgrading:
        redirect = QUrl("http://city.example/v2?key=secret")

        def __init__(self, url: QUrl, *_: object) -> None:
            asked.append(url.scheme())

        def answer(self) -> Answer:
            return Answer(301)

    monkeypatch.setattr(network, "_Get", Downgrading)
    answer = fetched("https://city.example/v2")
    assert (answer.status, answer.is_final, asked) == (0, True, ["https"])
    assert "away from https" in answer.why
    assert "secret" not in answer.told


@pytestmark_qgis
def test_in_a_thread_as_algorithms_run() -> None:
    answers: list[Answer] = []
    with city(lambda _: Reply([1])) as server:
        thread = threading.Thread(target=lambda: answers.append(fetched(server.url)))
        thread.start()
        thread.join(10)
    assert [answer.body for answer in answers] == [b"[1]"]


@pytestmark_qgis
def test_cancel_within_a_second() -> None:
    from qgis.core import QgsFeedback  # noqa: PLC0415

    feedback = QgsFeedback()

    def handler(_request: Request) -> Reply | None:
        time.sleep(3)
        return None

    with city(handler) as server:
        threading.Timer(0.3, feedback.cancel).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            fetched(server.url, feedback=feedback, timeout=30_000)
        assert time.monotonic() - began < 1.3


@pytestmark_qgis
def test_the_authentication_configuration_signs_in() -> None:
    from qgis.core import QgsApplication, QgsAuthMethodConfig  # noqa: PLC0415

    manager = QgsApplication.authManager()
    manager.setMasterPassword("test", True)
    config = QgsAuthMethodConfig("Basic")
    config.setName("city")
    config.setConfig("username", "inspector")
    config.setConfig("password", "secret")
    if manager.isDisabled() or not manager.storeAuthenticationConfig(config):
        pytest.skip("this QGIS has no store of authentication configurations")
    try:
        with city(lambda _: Reply([])) as other:
            away = {"Location": other.url}
            with city(lambda request: Reply([], 302, away) if "away" in request.path else Reply([])) as server:
                fetched(server.url, auth=config.id())
                fetched(server.url)
                fetched(f"{server.url}/away", auth=config.id())
                unknown = fetched(server.url, auth="zzzzzzz")
        signed = [request.headers.get("Authorization") for request in [*server.asked, *other.asked]]
    finally:
        manager.removeAuthenticationConfig(config.id())
    name = "Basic aW5zcGVjdG9yOnNlY3JldA=="
    assert signed == [name, None, name, None], "never to another server"
    assert unknown.is_final


# As a user runs it


def run(server: City, folder: Path, **parameters: object) -> tuple[dict[str, Any], str]:
    """``citygrid:loadcases`` in this process; its results and its log."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject  # noqa: PLC0415

    from citygrid_plugin.processing.cases.load_cases import LoadCases  # noqa: PLC0415

    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    project = QgsProject()
    context.setProject(project)
    values = {
        "SERVICE_URL": server.url, "SINCE": "2025-01-01", "UNTIL": "2025-07-01", "TIME_ZONE": "UTC",
        "AT": "2025-07-01T12:00:00", "OUTPUT": str(folder / "cases.gpkg"), "REJECTED": str(folder / "rejected.gpkg"),
        "REPORT": str(folder / "report.html"), **parameters,
    }  # fmt: skip
    algorithm = LoadCases().create()
    results, _ = algorithm.run(values, context, feedback, {}, False)
    return results, feedback.textLog()


GOOD: Handler = lambda request: Reply(paged(inside(CITY[:200], request.query), request.query))  # noqa: E731


@pytestmark_qgis
def test_a_service_becomes_a_layer(tmp_path: Path) -> None:
    nasty = request_row(
        900, NOW - timedelta(days=2), description="<img src=x onerror=alert(1)>", lat=None, long=None, address="here"
    )
    placed = request_row(901, NOW - timedelta(days=2), description="<script>alert(1)</script>", status="closed")

    def handler(request: Request) -> Reply:
        return Reply(paged(inside([*CITY[:200], nasty, placed], request.query), request.query))

    with city(handler) as server:
        results, log = run(server, tmp_path)
    counts = [results[f"{name}_COUNT"] for name in ("READ", "ACCEPTED", "REJECTED", "SKIPPED")]
    assert counts == [202, 201, 1, 0]
    cases = gpd.read_file(tmp_path / "cases.gpkg").set_index("CaseID")
    assert cases.loc["000901", "Text"] == "<script>alert(1)</script>"
    assert str(cases.loc["000901", "Finished"])[:19] == "2025-06-29 12:00:00", "of a closed one, when it was updated"
    assert cases.loc[cases["Status"] == "open", "Finished"].isna().all()
    rejected = pyogrio.read_dataframe(tmp_path / "rejected.gpkg")
    assert rejected[["service_request_id", "Reason"]].to_numpy().tolist() == [["000900", "no_coordinates"]]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "90 days at a time" in log


@pytestmark_qgis
def test_a_service_that_breaks_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came before is loaded, and it is said what lacks; but it never takes the place of what is there."""
    from qgis.core import QgsProcessingException  # noqa: PLC0415

    from citygrid_plugin.processing.cases import open311 as network  # noqa: PLC0415
    from citygrid_plugin.storage.workspace import destination  # noqa: PLC0415

    monkeypatch.setattr(network, "_wait", lambda *_: None)

    def broken(request: Request) -> Reply | None:
        return Reply(b"", status=503) if request.query["start_date"] < "2025-03" else GOOD(request)

    workspace = tmp_path / "district.gpkg"
    with city(broken) as server:
        results, log = run(server, tmp_path, OUTPUT=destination(workspace, "cases"))
        assert 0 < results["READ_COUNT"] == results["ACCEPTED_COUNT"] < 200
        assert "broke off: it answers with an error (503)" in log
        assert "before 2025-04-03 00:00 UTC is lacking" in log
        before = gpd.read_file(workspace, layer="cases")
        with pytest.raises(QgsProcessingException, match="stay as they are"):
            run(server, tmp_path, OUTPUT=destination(workspace, "cases"))
    assert gpd.read_file(workspace, layer="cases").equals(before)
    with city(GOOD) as server:
        results, _ = run(server, tmp_path, OUTPUT=destination(workspace, "cases"))
    assert results["READ_COUNT"] == len(gpd.read_file(workspace, layer="cases")) == 200


@pytestmark_qgis
@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"SERVICE_URL": ""}, "There is nothing to load"),
        ({"INPUT": "here"}, "Choose one"),
        ({"SERVICE_URL": "city.example"}, "no address of an Open311 service"),
        ({"SINCE": "2025-07-02"}, "before UNTIL"),
    ],
)
def test_wrong_settings_get_a_sentence(tmp_path: Path, parameters: dict[str, str], sentence: str) -> None:
    from qgis.core import QgsProcessingException  # noqa: PLC0415

    if "INPUT" in parameters:
        (tmp_path / "list.csv").write_text("id,lon,lat\n1,119,34\n", encoding="utf-8")
        parameters = {"INPUT": str(tmp_path / "list.csv")}
    with city(GOOD) as server, pytest.raises(QgsProcessingException, match=sentence):
        run(server, tmp_path, **parameters)


@pytestmark_qgis
def test_a_preview_stops_early() -> None:
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback  # noqa: PLC0415

    from citygrid_plugin.processing.cases.load_cases import LoadCases  # noqa: PLC0415

    with city(GOOD) as server:
        asked = {"SERVICE_URL": server.url, "SINCE": "2025-01-01", "UNTIL": "2025-07-01"}
        found = LoadCases().create().records(asked, QgsProcessingContext(), QgsProcessingFeedback(), 5)
        assert len(server.asked) == 1
    assert 5 <= len(found.frame) < 200


@pytestmark_qgis
def test_the_window_stays_alive_and_cancel_is_heeded(tmp_path: Path) -> None:
    """In the background, as QGIS runs algorithms: a slow service, cancelled in the middle of its second answer."""
    from qgis.core import (  # noqa: PLC0415
        QgsApplication,
        QgsProcessingAlgRunnerTask,
        QgsProcessingContext,
        QgsProcessingFeedback,
    )
    from qgis.PyQt.QtCore import QEventLoop, QTimer  # noqa: PLC0415

    from citygrid_plugin.processing.cases.load_cases import LoadCases  # noqa: PLC0415

    def slow(request: Request) -> Reply | None:
        time.sleep(0.6 if request.number == 1 else 5)
        return GOOD(request)

    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    output = tmp_path / "cases.gpkg"
    loop, ticks = QEventLoop(), [time.monotonic()]
    tick = QTimer()
    tick.timeout.connect(lambda: ticks.append(time.monotonic()))
    algorithm = LoadCases().create()
    with city(slow) as server:
        values = {"SERVICE_URL": server.url, "SINCE": "2024-09-01", "UNTIL": "2025-07-01", "OUTPUT": str(output)}
        task = QgsProcessingAlgRunnerTask(algorithm, values, context, feedback)
        cancelled: list[float] = []
        QTimer.singleShot(1500, lambda: (cancelled.append(time.monotonic()), feedback.cancel(), task.cancel()))
        ended: list[float] = []
        task.executed.connect(lambda *_: (ended.append(time.monotonic()), loop.quit()))
        QTimer.singleShot(10_000, loop.quit)
        tick.start(20)
        QgsApplication.taskManager().addTask(task)
        loop.exec()
        tick.stop()
    assert ended
    assert ended[0] - cancelled[0] < 1
    assert max(later - earlier for earlier, later in itertools.pairwise(ticks)) < 1
    assert not output.exists()


@pytest.mark.real_qgis
@pytest.mark.skipif(shutil.which("qgis_process") is None, reason="qgis_process is not installed")
def test_the_command_that_a_user_runs(headless: Headless, tmp_path: Path) -> None:
    """A slow and fickle service, through the plugin as it is installed."""

    def handler(request: Request) -> Reply | None:
        time.sleep(0.05)
        if request.number == 2:
            return Reply("<html><title>Bad gateway</title>", 502, {"Content-Type": "text/html", "Retry-After": "1"})
        body = zipped(paged(inside(CITY, request.query), request.query))
        body.headers["Content-Type"] = "text/plain"
        return body

    with city(handler) as server:
        results = headless.run(
            "citygrid:loadcases",
            SERVICE_URL=f"{server.url}/requests.json", SINCE="2024-09-01", UNTIL="2025-07-01",
            JURISDICTION="city.example",
            AT="2025-07-01T12:00:00", TIME_ZONE="UTC", OUTPUT=tmp_path / "cases.gpkg", REPORT=tmp_path / "report.html",
        ).results  # fmt: skip
        assert {query["jurisdiction_id"] for query in server.queries()} == {"city.example"}
    assert results["READ_COUNT"] == results["ACCEPTED_COUNT"] == len(CITY)
    assert len(gpd.read_file(tmp_path / "cases.gpkg")) == len(CITY)
    down = Reply("<html><title>Down &amp; out</title></html>")
    with city(lambda _: down) as server, pytest.raises(StepError, match="it answers with a web page"):
        headless.run("citygrid:loadcases", SERVICE_URL=server.url, OUTPUT=tmp_path / "none.gpkg")
    assert not (tmp_path / "none.gpkg").exists()
