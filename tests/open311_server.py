"""An Open311 server on loopback that behaves, or misbehaves, as a test says."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Handler = Callable[["Request"], "Reply | None"]


@dataclass
class Request:
    """What was asked: the path, the query, the headers, the how-manieth it is (from 1), and the raw handler."""

    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    number: int
    raw: BaseHTTPRequestHandler

    @property
    def page(self) -> int:
        return int(self.query.get("page", "1"))


@dataclass
class Reply:
    """What is answered."""

    body: bytes | str | list[Any] | dict[str, Any] = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    length: int | None = None  # that is announced, if another than the true one


@dataclass
class City:
    """A server: its address, and all that it was asked."""

    url: str
    asked: list[Request]

    def queries(self) -> list[dict[str, str]]:
        return [request.query for request in self.asked if "requests" in request.path]


@contextmanager
def city(handler: Handler) -> Iterator[City]:
    """A server for the time of a test. A handler that returns None has answered by itself."""
    asked: list[Request] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            asked.append(Request(parts.path, query, dict(self.headers), len(asked) + 1, self))
            reply = handler(asked[-1])
            if reply is None:
                return
            body = reply.body if isinstance(reply.body, bytes) else _encoded(reply.body)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) if reply.length is None else reply.length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield City(f"http://127.0.0.1:{server.server_port}/open311/v2", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _encoded(body: object) -> bytes:
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def request_row(number: int, at: datetime, **more: object) -> dict[str, Any]:
    """A service request."""
    return {
        "service_request_id": f"{number:06d}", "status": "open" if number % 2 else "closed", "service_name": "Pothole",
        "service_code": "006", "requested_datetime": at.isoformat(), "updated_datetime": at.isoformat(),
        "lat": 34.6 + number * 1e-4, "long": 119.2, **more,
    }  # fmt: skip


def rows(count: int, last: datetime, step: timedelta = timedelta(hours=1)) -> list[dict[str, Any]]:
    """Requests, the newest at ``last``, one a step before."""
    return [request_row(number, last - number * step) for number in range(count)]


def inside(requests: list[dict[str, Any]], query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Those of the time asked for, as a good server gives them."""

    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).astimezone(UTC)

    first, last = (at(query[name]) if name in query else None for name in ("start_date", "end_date"))
    return [
        each
        for each in requests
        if (first is None or at(each["requested_datetime"]) >= first)
        and (last is None or at(each["requested_datetime"]) <= last)
    ]


def paged(requests: list[dict[str, Any]], query: Mapping[str, str], most: int = 100) -> list[dict[str, Any]]:
    """A page of them, of at most so many."""
    size = min(int(query.get("page_size", "50")), most)
    start = (int(query.get("page", "1")) - 1) * size
    return requests[start : start + size]


def zipped(body: list[Any]) -> Reply:
    """An answer that is packed."""
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return Reply(gzip.compress(json.dumps(body).encode()), headers=headers)
