"""Open311 endpoints through QGIS's network access: its proxy, authentication configurations and timeout."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsApplication,
    QgsFeedback,
    QgsNetworkAccessManager,
    QgsProcessingContext,
    QgsProcessingParameterAuthConfig,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterString,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEventLoop, Qt, QTimer, QUrl
from qgis.PyQt.QtNetwork import QNetworkReply, QNetworkRequest

from citygrid_plugin.core.errors import BadSetting, Cancelled
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import tr

if TYPE_CHECKING:
    from citygrid_plugin.processing.base import CityGridAlgorithm
    from citygrid_plugin.storage.open311 import Answer, Fetch, Found
    from citygrid_plugin.storage.readers.records import Records

_LARGEST = 64_000_000  # bytes of one answer, unpacked; 500 requests are about 1 MB (ours)
_MOST_REDIRECTS = 5
_LONGEST = 5  # times the timeout: how long one answer may take however slowly it drips (ours)
_MARK_TIMEOUT = 10_000  # milliseconds; for the question whether anything is new
_LOOKS = 200  # milliseconds between two looks whether the user has cancelled
_DAYS = 90
_HOUR = 3600


def add_service(algorithm: CityGridAlgorithm) -> None:
    """Add SERVICE_URL, and folded away what a service may need more: JURISDICTION, AUTH, SINCE, UNTIL."""
    algorithm.addParameter(
        QgsProcessingParameterString(
            "SERVICE_URL", tr("Open311 service, instead of a list (address before requests.json)"), optional=True
        )
    )
    days = {
        "SINCE": tr("Requests of the service from this day on (the last 90 days if empty)"),
        "UNTIL": tr("Requests of the service until this day (today if empty)"),
    }
    for name, label in days.items():
        kind = QgsProcessingParameterDateTime.Type.Date
        algorithm.add_advanced(QgsProcessingParameterDateTime(name, label, kind, optional=True))
    algorithm.add_advanced(
        QgsProcessingParameterString("JURISDICTION", tr("Jurisdiction (jurisdiction_id of the service)"), optional=True)
    )
    algorithm.add_advanced(
        QgsProcessingParameterAuthConfig("AUTH", tr("Authentication configuration for the service"), optional=True)
    )


def read_service(
    algorithm: CityGridAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    feedback: QgsFeedback,
    zone: tzinfo,
    progress: Progress,
    most: int | None = None,
) -> Found:
    """The requests of SERVICE_URL from SINCE to UNTIL (days of ``zone``); a remark says where the service broke off.

    ``most``: stop once there are so many. Raises what ``storage.open311`` does, and ``BadSetting`` for the days.
    """
    from citygrid_plugin.core.records.account import Remark  # noqa: PLC0415
    from citygrid_plugin.storage.open311 import Service, read_requests  # noqa: PLC0415

    service = Service.at(
        algorithm.parameterAsString(parameters, "SERVICE_URL", context),
        algorithm.parameterAsString(parameters, "JURISDICTION", context),
    )
    since, until = _days(algorithm, parameters, context, zone)
    found = read_requests(
        service,
        fetching(algorithm.parameterAsString(parameters, "AUTH", context), feedback),
        since,
        until,
        wait=lambda seconds: _wait(seconds, feedback),
        progress=progress,
        most=most,
    )
    remarks = [*found.records.remarks]
    if not parameters.get("SINCE"):
        remarks.insert(0, Remark("service_default", {"days": _DAYS}))
    if found.failure is not None:
        why = f"{tr(found.failure.why)}{found.failure.values['told']}."
        count = len(found.records.frame)
        remarks.insert(0, Remark("service_broke_off", {"why": why, "count": count, "lacking": found.lacking}))
    return replace(found, records=replace(found.records, remarks=tuple(remarks)))


def whole(found: Found) -> Records:
    """The records of a service that did not break off. Raises ``BrokenOff``."""
    from citygrid_plugin.storage.open311 import BrokenOff  # noqa: PLC0415

    if found.failure is not None:
        values = found.failure.values
        raise BrokenOff(url=values["url"], why=values["why"], told=values["told"], lacking=found.lacking)
    return found.records


def service_mark(parameters: dict[str, Any]) -> str:
    """A text that changes when the service has newer requests, and every hour; empty where it does not answer.

    The hour is for requests that were closed meanwhile, of which the newest page says nothing.
    """
    from citygrid_plugin.core.errors import CityGridError  # noqa: PLC0415
    from citygrid_plugin.storage.file_marks import digest  # noqa: PLC0415
    from citygrid_plugin.storage.open311 import Service, newest_page  # noqa: PLC0415

    try:
        service = Service.at(str(parameters["SERVICE_URL"]), str(parameters.get("JURISDICTION") or ""))
    except CityGridError:
        return ""
    body = newest_page(service, fetching(str(parameters.get("AUTH") or ""), None, _MARK_TIMEOUT))
    return digest(body.hex(), str(int(time.time()) // _HOUR)) if body else ""


def _days(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext, zone: tzinfo
) -> tuple[datetime, datetime]:
    """From the beginning of SINCE to the end of UNTIL; the last 90 days where nothing is said."""
    now = datetime.now(UTC)
    first, last = (_day(algorithm, parameters, name, context) for name in ("SINCE", "UNTIL"))
    until = min(_midnight(last, zone) + timedelta(days=1), now) if last is not None else now
    since = _midnight(first, zone) if first is not None else until - timedelta(days=_DAYS)
    if since >= until:
        allowed = tr("before UNTIL, the last day, and not in the future")
        raise BadSetting(name=tr("Reported from (SINCE)"), value=parameters.get("SINCE"), allowed=allowed)
    return since, until


def _day(
    algorithm: CityGridAlgorithm, parameters: dict[str, Any], name: str, context: QgsProcessingContext
) -> datetime | None:
    if not parameters.get(name):
        return None
    value = algorithm.parameterAsDateTime(parameters, name, context)
    if not value.isValid():
        raise BadSetting(name=name, value=parameters[name], allowed=tr("a day such as 2025-06-30"))
    return datetime.strptime(value.date().toString(Qt.DateFormat.ISODate), "%Y-%m-%d")  # noqa: DTZ007 - a day


def _midnight(day: datetime, zone: tzinfo) -> datetime:
    return day.replace(tzinfo=zone).astimezone(UTC)


# The network


def fetching(authcfg: str, feedback: QgsFeedback | None, timeout: int | None = None) -> Fetch:
    """A function that gets one URL, as ``storage.open311`` asks for it.

    Cancelled within a second; the window stays alive, since events go on meanwhile. ``timeout`` (milliseconds without a
    byte): QGIS's own setting where None. An answer beyond 64 MB is broken off. Redirects are followed, five at most,
    but never from https to http, and what signs the user in goes to no other server. Raises ``Cancelled``.
    """

    def fetch(url: str) -> Answer:
        from citygrid_plugin.storage.open311 import Answer  # noqa: PLC0415

        asked = QUrl(url)
        first = asked
        for _ in range(_MOST_REDIRECTS + 1):
            get = _Get(asked, authcfg if _is_same_server(first, asked) else "", feedback, timeout)
            answer = get.answer()
            if get.redirect is None:
                return answer
            if asked.scheme() == "https" and get.redirect.scheme() != "https":
                return Answer(0, why=tr("it leads away from https"), told=_plain(get.redirect), is_final=True)
            if get.redirect.scheme() not in ("http", "https"):
                return Answer(0, why=tr("it leads to an address of another kind"), is_final=True)
            asked = get.redirect
        return Answer(0, why=tr("it leads from address to address without end"), is_final=True)

    return fetch


def _is_same_server(one: QUrl, other: QUrl) -> bool:
    return (one.scheme(), one.host(), one.port()) == (other.scheme(), other.host(), other.port())


def _plain(url: QUrl) -> str:
    """An address without what may be secret in it."""
    parts = QUrl.UrlFormattingOption
    return url.toString(parts.RemoveUserInfo | parts.RemoveQuery | parts.RemoveFragment)


class _Get:
    """One request. ``redirect``: where the answer leads to instead."""

    def __init__(self, url: QUrl, authcfg: str, feedback: QgsFeedback | None, timeout: int | None) -> None:
        self.redirect: QUrl | None = None
        self._url, self._authcfg, self._feedback = url, authcfg, feedback
        self._timeout = timeout or QgsNetworkAccessManager.timeout()
        self._parts: list[bytes] = []
        self._size = 0
        self._stopped = ""  # why we broke it off

    def answer(self) -> Answer:
        """Ask, and wait for the end of the answer."""
        from citygrid_plugin.storage.open311 import Answer  # noqa: PLC0415

        request = QNetworkRequest(self._url)
        request.setAttribute(
            QNetworkRequest.Attribute.RedirectPolicyAttribute, QNetworkRequest.RedirectPolicy.ManualRedirectPolicy
        )
        load = QNetworkRequest.CacheLoadControl.AlwaysNetwork
        request.setAttribute(QNetworkRequest.Attribute.CacheLoadControlAttribute, load)
        request.setAttribute(QNetworkRequest.Attribute.CacheSaveControlAttribute, False)
        request.setRawHeader(b"Accept", b"application/json, text/xml;q=0.9, */*;q=0.1")
        manager = QgsApplication.authManager()
        if self._authcfg and not (
            self._authcfg in manager.configIds() and manager.updateNetworkRequest(request, self._authcfg)
        ):
            why = tr("its authentication configuration cannot be used")
            return Answer(0, why=why, told=self._authcfg, is_final=True)
        reply = QgsNetworkAccessManager.instance().get(request)
        if self._authcfg:
            manager.updateNetworkReply(reply, self._authcfg)
        try:
            self._until_finished(reply)
            result = self._result(reply)
            reply.deleteLater()
        except RuntimeError:
            # QGIS keeps one network manager a thread, and takes its replies along where it ends one while we wait.
            if not sip.isdeleted(reply):
                raise
            result = Answer(0, why=tr("its answer breaks off"), whole=False)
        if self._feedback is not None and self._feedback.isCanceled():
            raise Cancelled
        return result

    def _until_finished(self, reply: QNetworkReply) -> None:
        loop = QEventLoop()
        idle, whole, look = QTimer(), QTimer(), QTimer()

        def stop(why: str) -> Callable[[], None]:
            def act() -> None:
                self._stopped = self._stopped or why
                reply.abort()

            return act

        slow = tr("it is too slow, or does not answer")
        idle.setSingleShot(True)
        whole.setSingleShot(True)
        idle.timeout.connect(stop(slow))
        whole.timeout.connect(stop(slow))
        look.timeout.connect(lambda: self._look(reply))
        reply.readyRead.connect(lambda: self._take(reply, idle))
        reply.finished.connect(loop.quit)
        idle.start(self._timeout)
        whole.start(_LONGEST * self._timeout)
        look.start(_LOOKS)
        if not reply.isFinished():
            loop.exec()
        for timer in (idle, whole, look):
            timer.stop()
        self._take(reply, None)

    def _look(self, reply: QNetworkReply) -> None:
        if self._feedback is not None and self._feedback.isCanceled():
            reply.abort()

    def _take(self, reply: QNetworkReply, idle: QTimer | None) -> None:
        """Take what has come; too much is broken off."""
        if not reply.isOpen():
            return
        part = reply.readAll().data()
        self._size += len(part)
        if self._size > _LARGEST:
            self._stopped = tr("its answer is larger than 64 MB")
            self._parts.clear()
            if not reply.isFinished():
                reply.abort()
            return
        self._parts.append(part)
        if idle is not None and part:
            idle.start(self._timeout)

    def _result(self, reply: QNetworkReply) -> Answer:
        from citygrid_plugin.storage.open311 import Answer  # noqa: PLC0415

        status = int(reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute) or 0)
        target = reply.attribute(QNetworkRequest.Attribute.RedirectionTargetAttribute)
        if target is not None and not QUrl(target).isEmpty() and not self._stopped:
            self.redirect = self._url.resolved(QUrl(target))
            return Answer(status)
        body = b"".join(self._parts)
        retry_after = bytes(reply.rawHeader(b"Retry-After")).decode("latin-1")
        too_large = self._size > _LARGEST
        if self._stopped:
            return Answer(0, why=self._stopped, is_final=too_large)
        failed = reply.error() != QNetworkReply.NetworkError.NoError
        is_http = status >= 400  # noqa: PLR2004 - an error that the server itself answers with
        if failed and not is_http:
            why = tr("its answer breaks off") if status else tr("it does not answer")
            return Answer(0, body, why=why, told=_without_address(reply.errorString(), self._url), whole=False)
        return Answer(status, body, retry_after=retry_after)


def _without_address(text: str, url: QUrl) -> str:
    """What the network says, without the query of an address, which may hold a key."""
    return text.replace(url.toString(), _plain(url)).replace(url.toEncoded().data().decode("ascii"), _plain(url))


def _wait(seconds: float, feedback: QgsFeedback) -> None:
    """Wait, while events go on. Raises ``Cancelled`` within a second of it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if feedback.isCanceled():
            raise Cancelled
        loop = QEventLoop()
        QTimer.singleShot(min(_LOOKS, max(int(1000 * (end - time.monotonic())), 1)), loop.quit)
        loop.exec()
