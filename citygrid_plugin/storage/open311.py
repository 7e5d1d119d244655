"""Open311 GeoReport v2: service requests of a city, read from its endpoint.

``fetch`` gets one URL and is given by the caller, so nothing here knows of networks; ``wait`` pauses between tries.

What the specification says, and what servers do (ours where no source is named):

- ``requests.json`` answers with at most 90 days or the first 1,000 requests, whichever is less; a range of dates may
  not span more than 90 days (GeoReport v2, GET service requests). So the time asked for is walked in windows of 90
  days, the newest first.
- ``page`` and ``page_size`` are no part of it, but many servers know them. A server that does not gives the same
  requests again: that is told by their numbers, and then windows that are full are halved until they are not.
- Servers answer in any order, repeat requests on the next page, ignore the dates, or end a list without a word.
  Requests are told apart by their number, the last answer counts, and what may be lacking is remarked.
- A failing page is asked for again, after the time that the server names (Retry-After) or 1, 2, 4 seconds. Where it
  fails for good, what was read before is kept; ``Found.failure`` says why, ``Found.lacking`` before when requests are
  missing.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import numpy as np
import pandas as pd
import pyproj

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.core.records.account import Remark
from citygrid_plugin.core.records.times import read_times

from .gdal import raising
from .readers import encodings
from .readers.json_tables import parsed, records_table
from .readers.records import Options, Records, table_records

WINDOW: Final = timedelta(days=90)  # GeoReport v2
LIMIT: Final = 1000  # requests in one answer: GeoReport v2
PAGE_SIZE: Final = 500  # ours: more than most servers give at once
_SHORTEST: Final = timedelta(minutes=1)  # ours: no window is halved further
_MOST_PAGES: Final = 1000  # of one window (ours)
_MOST_REQUESTS: Final = 1_000_000  # (ours)
_TRIES: Final = 4
_LONGEST_WAIT: Final = 60  # seconds that a server may ask for (ours)
_FULL: Final = frozenset({50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000})  # answers so long may have been cut (ours)
_OUTSIDE: Final = 0.5  # ours: share of requests outside the time asked for from which a server ignores it
_SLACK: Final = timedelta(days=1)  # of offsets that servers leave out
_OK = 200
_REFUSED: Final = frozenset({400, 404, 406, 415, 422, 501})  # statuses after which a question is put in another way
_PAGING: Final = frozenset({"page", "page_size"})
_TRY_AGAIN: Final = frozenset({408, 425, 429, *range(500, 600)} - {501})
_REQUESTS: Final = re.compile(r"/(?:requests|services)(?:\.(?P<form>json|xml))?$", re.IGNORECASE)
_DECLARED: Final = re.compile(rb"""^\s*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]{1,40})["']""")
_ENTITIES: Final = re.compile(r"<!ENTITY", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_SHOWN: Final = 120
_HEAD: Final = 100_000  # of a text in which a title is looked for
_ID: Final = "service_request_id"
_TIME: Final = "requested_datetime"
_LISTS: Final = ("service_requests", "requests", "service_request", "data", "results")
_KNOWN: Final = frozenset({_ID, "token", "service_code", "service_name", "requested_datetime", "status"})
_ELEMENT, _TEXT = 0, 1  # kinds of nodes of GDAL's XML
TEXTS: Final = {
    400: "Some services need a jurisdiction; ask who runs it.",
    401: "Choose an authentication configuration of QGIS that is allowed to read it.",
    403: "Choose an authentication configuration of QGIS that is allowed to read it.",
    404: "Check the address: it ends before requests.json.",
}
"""What to do about an error, by its number; the interface translates it."""


class BadAddress(CityGridError):
    """An address that no service can have."""

    template = (
        "“{url}” is no address of an Open311 service. It begins with https:// (or http://) and ends before "
        "requests.json, such as https://city.example/open311/v2."
    )


class ServiceFailed(CityGridError):
    """A service that gives nothing that can be used."""

    template = "The service at {url} cannot be read: {why}{told}. {remedy}"

    @property
    def why(self) -> str:
        """What is wrong, without what the server told."""
        return str(self.values["why"])


class NoRequests(CityGridError):
    """A service that has nothing of the time asked for."""

    template = (
        "The service at {url} has no requests from {first} to {last}. Ask for another time of reporting (SINCE, "
        "UNTIL); some services also need a jurisdiction."
    )


class BrokenOff(CityGridError):
    """A service that broke off, where its requests would replace what is there."""

    template = (
        "The service at {url} broke off: {why}{told}. Requests reported before {lacking} could not be read, so the "
        "cases that are there stay as they are. Try again later, or ask for a shorter time of reporting (SINCE)."
    )


@dataclass(frozen=True)
class Answer:
    """What a server answered. ``status`` is 0 where there is no answer, and ``why`` says why not.

    ``told``: what the network said, in its own words. ``retry_after``: the header, as it came. ``whole``: false where
    the body broke off. ``is_final``: asking again is of no use.
    """

    status: int
    body: bytes = b""
    why: str = ""
    told: str = ""
    retry_after: str = ""
    whole: bool = True
    is_final: bool = False


Fetch = Callable[[str], Answer]
Wait = Callable[[float], None]


@dataclass(frozen=True)
class Service:
    """An endpoint: ``base`` without requests.json, its ``query`` (kept for each request), ``form`` json or xml."""

    base: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: str = "json"

    @classmethod
    def at(cls, url: str, jurisdiction: str = "") -> Service:
        """The service of an address as users have it: with or without requests.json. Raises ``BadAddress``."""
        try:
            parts = urlsplit(url.strip())
            known = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            known = False
        if not known or any(character.isspace() for character in url.strip()):
            raise BadAddress(url=url.strip()[:_SHOWN])
        path = parts.path.rstrip("/")
        stated = _REQUESTS.search(path)
        query = dict(parse_qsl(parts.query))
        if jurisdiction.strip():
            query["jurisdiction_id"] = jurisdiction.strip()
        base = urlunsplit((parts.scheme, parts.netloc, _REQUESTS.sub("", path), "", ""))
        return cls(base, query, (stated["form"] or "json").lower() if stated else "json")

    def url(self, what: str, **query: str) -> str:
        """The address of a question."""
        asked = {**self.query, **query}
        return f"{self.base}/{what}.{self.form}" + (f"?{urlencode(asked)}" if asked else "")

    @property
    def name(self) -> str:
        """What the service is called: without its query, which may hold a key, and without a user's name."""
        parts = urlsplit(self.base)
        host = parts.hostname or ""
        return urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path, "", ""))


@dataclass(frozen=True)
class Found:
    """The requests of a service, the newest window first.

    ``failure``: why the service broke off, None where it did not; then requests before ``lacking`` (a time in UTC, as
    text) are missing.
    """

    records: Records
    failure: ServiceFailed | None = None
    lacking: str = ""


def read_requests(
    service: Service,
    fetch: Fetch,
    since: datetime,
    until: datetime,
    *,
    wait: Wait,
    progress: Progress = silent,
    most: int | None = None,
) -> Found:
    """The requests that were reported from ``since`` to ``until`` (aware datetimes), as text, with their places.

    ``most``: stop once there are so many, for a preview. Fields are named as in GeoReport v2; extended attributes
    and whatever else a server adds are columns with dotted names. Places are WGS 84 (GeoReport v2); a request with an
    address only has none. Raises ``ServiceFailed`` where not even the first answer can be used, or nothing came before
    one that cannot; ``NoRequests``; ``Cancelled``.
    """
    walk = _Walk(service, fetch, wait, progress, since.astimezone(UTC), until.astimezone(UTC), most)
    failure = walk.run()
    frame = records_table(walk.requests(), Path(service.name))
    if not len(frame):
        raise failure or NoRequests(url=service.name, first=_clock(since), last=_clock(until))
    walk.name_services(frame)
    records = table_records(frame, service.name, Options(crs=pyproj.CRS.from_epsg(4326)))
    records = replace(records, remarks=(*walk.remarks, *records.remarks))
    return Found(records, failure, _clock(walk.at) if failure is not None else "")


def newest_page(service: Service, fetch: Fetch) -> bytes:
    """What the service answers about its newest requests, to be compared; empty where it does not answer."""
    answer = fetch(service.url("requests", page="1", page_size=str(PAGE_SIZE)))
    return answer.body if answer.status == _OK and answer.whole else b""


# Walking


class _Broken(Exception):
    """A page that cannot be had: why, what the server told, and what to do (as in ``ServiceFailed``)."""

    def __init__(self, why: str, told: str = "", remedy: str = "") -> None:
        super().__init__(why)
        self.why, self.told = why, f" ({told})" if told else ""
        self.remedy = remedy

    def failure(self, url: str) -> ServiceFailed:
        """The same as an error for the user."""
        if self.remedy:
            return ServiceFailed(url=url, why=self.why, told=self.told, remedy=self.remedy)
        return ServiceFailed(
            url=url,
            why=self.why,
            told=self.told,
            remedy="Try it in a browser, check the network and proxy settings of QGIS, and try again later.",
        )


class _Walk:
    """The windows of a time, the newest first. ``at``: the end of the one that is read."""

    def __init__(
        self,
        service: Service,
        fetch: Fetch,
        wait: Wait,
        progress: Progress,
        since: datetime,
        until: datetime,
        most: int | None,
    ) -> None:
        self.remarks: list[Remark] = []
        self.at = until
        self._service, self._fetch, self._wait, self._progress = service, fetch, wait, progress
        self._since, self._until, self._most = since, until, most
        self._found: dict[str, dict[str, Any]] = {}
        self._share = 0.0
        self._is_answering = False  # it has given one page that can be used
        self._takes_paging = True  # until it refuses such a question
        self._knows_pages = True  # until it shows that it does not
        self._knows_dates = True
        self._cut: list[tuple[datetime, datetime, int]] = []
        self._limit = 0  # requests that it gave at once where it gave no more
        self._repeated = 0

    def requests(self) -> list[dict[str, Any]]:
        """The requests inside the time asked for, each once."""
        found = list(self._found.values())
        if self._knows_dates or not found:
            return found
        inside = _inside(found, self._since, self._until)
        if not inside.all():
            self.remarks.append(Remark("service_outside", {"count": int((~inside).sum())}))
        return [request for request, here in zip(found, inside, strict=True) if here]

    def run(self) -> ServiceFailed | None:
        """Walk; why it broke off, if it did. Raises ``ServiceFailed`` where nothing came before."""
        end = self._until
        failure = None
        span = max((self._until - self._since).total_seconds(), 1.0)
        while end > self._since and failure is None:
            start = max(end - WINDOW, self._since)
            try:
                self._window(start, end)
            except _Broken as error:
                failure = error.failure(self._service.name)
                if not self._is_answering:
                    raise failure from error
            self._share = min((self._until - start).total_seconds() / span, 1.0)
            if self._is_enough() or not self._knows_dates:
                break
            end = start
        self._remark()
        return failure

    def _is_enough(self) -> bool:
        return self._most is not None and len(self._found) >= self._most

    def _window(self, start: datetime, end: datetime) -> None:
        """All requests of a window; one that is full is halved, the newer half first."""
        self.at = end
        count = self._pages(start, end)
        full = count in _FULL or count >= LIMIT if not self._knows_pages else count >= LIMIT and count in _FULL
        if not full or self._is_enough() or not self._knows_dates:
            return
        self._limit = max(self._limit, count)
        if end - start <= _SHORTEST:
            self._cut.append((start, end, count))
            return
        middle = start + (end - start) / 2
        self._window(middle, end)
        self._window(start, middle)

    def _pages(self, start: datetime, end: datetime) -> int:
        """Read the pages of a window; returns how many requests it has."""
        asked = {"start_date": _w3(start), "end_date": _w3(end)}
        if self._takes_paging:
            asked["page_size"] = str(PAGE_SIZE)
        seen: set[str] = set()
        for number in range(1, _MOST_PAGES + 1):
            requests = self._asked("requests", {**asked, "page": str(number)} if self._knows_pages else asked)
            self._is_answering = True
            keys = [_key(request) for request in requests]
            fresh = set(keys) - seen
            if number == 1 and requests and _inside(requests, start, end).mean() < _OUTSIDE:
                self._knows_dates = False
            if number == 2 and requests and not fresh:  # noqa: PLR2004 - the second page
                self._knows_pages = False  # it is the first one again
            elif number > 1:
                self._repeated += len(keys) - len(fresh)
            self._found.update(zip(keys, requests, strict=True))
            seen |= fresh
            if not fresh or not self._knows_pages or self._is_enough():
                return len(seen)
            if len(self._found) > _MOST_REQUESTS:
                break
        raise _Broken(why="its pages do not end", told=f"{len(seen):,}")

    def _asked(self, what: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """The objects of an answer in JSON or XML; asked again where the server fails. Raises ``_Broken``."""
        answer = self._answer(what, query)
        if answer.status in _REFUSED and not self._is_answering:
            answer = self._other_way(what, query) or answer
        if answer.status != _OK:
            told = " ".join(part for part in (str(answer.status), _told(answer.body)) if part)
            raise _Broken(why="it answers with an error", told=told, remedy=TEXTS.get(answer.status, ""))
        return _objects(answer.body)

    def _other_way(self, what: str, query: Mapping[str, str]) -> Answer | None:
        """The answer of a server that refuses questions about pages, or knows XML only; None where that is not it."""
        before, plain = self._service, {name: value for name, value in query.items() if name not in _PAGING}
        in_xml = replace(before, form="xml")
        for service, asked in ((before, plain), (in_xml, query), (in_xml, plain)):
            self._service = service
            answer = self._answer(what, asked)
            if answer.status == _OK:
                self._takes_paging = self._knows_pages = asked is query
                return answer
        self._service = before
        return None

    def _answer(self, what: str, query: Mapping[str, str]) -> Answer:
        """The answer after as many tries as it takes. Raises ``_Broken`` where there is none."""
        answer = Answer(0, why="it does not answer")
        for number in range(_TRIES):
            self._progress(self._share)
            answer = self._fetch(self._service.url(what, **query))
            failed = answer.status == 0 or not answer.whole
            if answer.is_final or (not failed and answer.status not in _TRY_AGAIN):
                break
            if number + 1 < _TRIES:
                pause = _pause(answer.retry_after, number)
                if pause > _LONGEST_WAIT:
                    raise _Broken(why="it wants to be asked again only later", told=f"{math.ceil(pause)} s")
                self._wait(pause)
        if answer.status == 0 or not answer.whole:
            raise _Broken(why=answer.why, told=answer.told)
        return answer

    def _remark(self) -> None:
        """Say which limits were met."""
        if self._until - self._since > WINDOW:
            days = math.ceil((self._until - self._since) / timedelta(days=1))
            self.remarks.append(Remark("service_windows", {"days": days}))
        if self._limit:
            self.remarks.append(Remark("service_limit", {"limit": self._limit}))
        if self._cut:
            start, end, count = self._cut[0]
            values = {"count": len(self._cut), "limit": count, "first": _clock(start), "last": _clock(end)}
            self.remarks.append(Remark("service_cut", values))
        if not self._knows_pages:
            self.remarks.append(Remark("service_no_pages"))
        if self._repeated:
            self.remarks.append(Remark("service_repeats", {"count": self._repeated}))
        if not self._knows_dates:
            self.remarks.append(Remark("service_no_dates"))

    def name_services(self, frame: pd.DataFrame) -> None:
        """Fill the names of services where requests only have their codes."""
        if "service_code" not in frame:
            return
        names = frame["service_name"] if "service_name" in frame else pd.Series(None, index=frame.index, dtype=object)
        lacking = (names.isna() | (names == "")) & frame["service_code"].notna()
        if not lacking.any():
            return
        try:
            services = self._asked("services", {})
        except _Broken:
            self.remarks.append(Remark("service_no_names", {"count": int(lacking.sum())}))
            return
        known = {str(each.get("service_code")): each.get("service_name") for each in services}
        frame["service_name"] = names.where(~lacking, frame["service_code"].map(known))


# Answers


def _objects(body: bytes) -> list[dict[str, Any]]:
    """The objects of an answer, whatever the server calls its type. Raises ``_Broken``."""
    declared = _DECLARED.search(body[:_SHOWN])
    hint = encodings.known_encoding(declared[1].decode("ascii")) if declared else ""
    text = encodings.text_of_file(body, None, [hint] if hint else [])[0].lstrip()
    if not text:
        raise _Broken(why="it answers with nothing")
    if text[0] in "[{":
        return _from_json(text)
    if text[0] == "<":
        return _from_xml(text)
    raise _Broken(why="it answers with neither JSON nor XML", told=_line(text))


def _from_json(text: str) -> list[dict[str, Any]]:
    try:
        found = parsed(text)
    except ValueError as error:
        raise _Broken(why="its answer is no whole JSON", told=_line(str(error))) from error
    if isinstance(found, dict):
        inner = next((found[name] for name in _LISTS if isinstance(found.get(name), list)), None)
        found = [found] if inner is None and _ID in found else inner
    if found is None or not all(isinstance(each, dict) for each in found):
        raise _Broken(why="it answers with something else than requests", told=_line(text))
    if found and not any(each.keys() & _KNOWN for each in found):  # errors are a list, too: code and description
        raise _Broken(why="it answers with something else than requests", told=_line(text))
    return found


def _from_xml(text: str) -> list[dict[str, Any]]:
    """The elements below the root; an HTML page is none. Declared entities are refused, not expanded."""
    from osgeo import gdal  # noqa: PLC0415 - GDAL's own bindings are there wherever QGIS is

    if re.match(r"<(?:!doctype\s+)?html", text, re.IGNORECASE):
        title = _TITLE.search(text[:_HEAD])
        raise _Broken(why="it answers with a web page", told=_line(title[1] if title else ""))
    if _ENTITIES.search(text):
        raise _Broken(why="its answer declares entities, which no such service needs")
    try:
        with raising():
            tree = gdal.ParseXMLString(text)
    except RuntimeError as error:
        raise _Broken(why="its answer is no whole XML", told=_line(str(error))) from error
    root = next((node for node in _elements([_ELEMENT, "", tree]) if not node[1].startswith("?")), None)
    if root is None or _plain_tag(root[1]) not in {"service_requests", "requests", "services"}:
        told = _line(_text_of(root) if root is not None else text)
        raise _Broken(why="it answers with something else than requests", told=told)
    return [value if isinstance(value := _value(node), dict) else {"text": value} for node in _elements(root)]


def _elements(node: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The elements in a node; the document is the node of no name, unless it has one element only."""
    for child in node[2:]:
        if child[0] == _ELEMENT and not child[1]:
            yield from _elements(child)
        elif child[0] == _ELEMENT:
            yield child


def _plain_tag(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _value(node: Sequence[Any]) -> Any:  # noqa: ANN401 - as JSON
    """An element as JSON would have it: a text, or an object; a tag that is repeated is a list."""
    inner = list(_elements(node))
    if not inner:
        return _text_of(node).strip() or None
    result: dict[str, Any] = {}
    for child in inner:
        name, value = child[1].rpartition(":")[2], _value(child)
        if name in result:
            before = result[name] if isinstance(result[name], list) else [result[name]]
            result[name] = [*before, value]
        else:
            result[name] = value
    if len(result) == 1 and isinstance(only := next(iter(result.values())), list):
        return only  # <attributes><attribute>…</attribute><attribute>…</attribute></attributes>
    return result


def _text_of(node: Sequence[Any]) -> str:
    parts = [child[1] if child[0] == _TEXT else _text_of(child) for child in node[2:] if child[0] in (_TEXT, _ELEMENT)]
    return "".join(parts)


def _told(body: bytes) -> str:
    """What an error's body says, shortly: the description of GeoReport v2, or the title of a page."""
    text = encodings.text_of_file(body[:_HEAD])[0]
    try:
        found = parsed(text)
    except ValueError:
        title = _TITLE.search(text)
        return _line(title[1]) if title else ""
    first = found[0] if isinstance(found, list) and found else found
    return _line(str(first.get("description") or first.get("message") or "")) if isinstance(first, dict) else ""


def _line(text: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: 4 * _SHOWN].split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + " …"


def _pause(retry_after: str, number: int) -> float:
    """Seconds before the next try: as the server says (seconds or a date), else 1, 2, 4."""
    text = retry_after.strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return float(2**number)
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max((at - datetime.now(UTC)).total_seconds(), 0.0)


def _key(request: Mapping[str, Any]) -> str:
    """What tells a request from others: its number, else a token, else all that it says."""
    for name in (_ID, "token"):
        if request.get(name):
            return f"{name} {request[name]}"
    text = json.dumps(request, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _inside(requests: Sequence[Mapping[str, Any]], start: datetime, end: datetime) -> np.ndarray:
    """Which requests were reported in a time, a day more or less; those that do not say when count as inside."""
    texts = pd.Series([request.get(_TIME) if isinstance(request.get(_TIME), str) else "" for request in requests])
    times = read_times({_TIME: texts.astype(object)}, UTC).values[_TIME]
    first, last = (np.datetime64(at.replace(tzinfo=None)) for at in (start - _SLACK, end + _SLACK))
    return np.isnat(times) | ((times >= first) & (times <= last))


def _w3(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clock(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
