"""Lists of records as a wizard holds them: how each is read, and what was found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QObject, pyqtSignal

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.gui.background import Background, start
from citygrid_plugin.i18n import sentence, tr

if TYPE_CHECKING:
    from citygrid_plugin.storage.readers.deliveries import Deliveries
    from citygrid_plugin.storage.readers.encodings import Candidate
    from citygrid_plugin.storage.readers.records import Records

_AREA = "communities"  # layer of the workspace
_SAMPLE = 2000  # records of a table, about, whose places are looked at
_LEAD = 0.05  # by which share of the records a datum must lead to be chosen unasked


@dataclass(frozen=True)
class Reading:
    """How a source is to be read; what is empty is told from the source itself. ``crs``: authority's name or WKT."""

    path: Path
    encoding: str = ""
    crs: str = ""
    xy: tuple[str, str] | None = None


Reader = Callable[[Reading, Progress], "Deliveries"]


@dataclass(eq=False)
class Source:
    """A file, folder or zip, how it is to be read, and what was found; ``message`` says what is wrong with it.

    ``reader``: reads what is no file, such as a layer or a service, whose name ``path`` is then.
    """

    path: Path
    reader: Reader | None = None
    encoding: str = ""  # as the bytes tell
    crs: str = ""  # for files that state none: an authority's name or WKT
    xy: tuple[str, str] | None = None  # columns with coordinates
    datum: int = 0  # SOURCE_DATUM
    datum_reason: str = ""  # why it was preselected; empty where it was not
    is_datum_chosen: bool = False  # by the user
    records: list[Records] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)  # encodings, with samples
    shares: list[tuple[int, float]] = field(default_factory=list)  # datum, share inside the communities; best first
    message: str = ""
    needs_crs: bool = False  # all that is wrong is that nobody says in which CRS it is
    is_read: bool = False

    @property
    def count(self) -> int:
        """Records in it."""
        return sum(len(some.frame) for some in self.records)

    def choose_datum(self, datum: int) -> None:
        """The user says what the coordinates are."""
        self.datum, self.datum_reason, self.is_datum_chosen = datum, "", True


class Sources(QObject):
    """All sources; they are read one after the other in the background."""

    changed = pyqtSignal()

    def __init__(self, workspace: Path, parent: QObject, memory: str, targets: Sequence[str]) -> None:
        """``memory``: name of the folder with the mappings that the user had before, which fill ``targets``."""
        super().__init__(parent)
        self._workspace, self._targets = workspace, targets
        self.memory = Path(QgsApplication.qgisSettingsDirPath()) / "citygrid" / memory
        self.all: list[Source] = []
        self._task: Background | None = None
        self._read_now: Source | None = None

    @property
    def is_ready(self) -> bool:
        """Whether there are records, every source was read, and none failed."""
        return bool(self.records) and all(source.is_read and not source.message for source in self.all)

    @property
    def can_be_ready(self) -> bool:
        """Whether every source was read, and what is wrong can be put right by saying how to read it."""
        return bool(self.all) and all(s.is_read and (s.needs_crs or (s.records and not s.message)) for s in self.all)

    @property
    def is_busy(self) -> bool:
        """Whether something is still to be read."""
        return any(not source.is_read for source in self.all)

    @property
    def records(self) -> list[tuple[Source, Records]]:
        """All records, with their source."""
        return [(source, some) for source in self.all for some in source.records]

    def add(self, paths: Iterable[Path]) -> None:
        """Add files. Those that are there already are read anew from scratch: they may have been mended."""
        for path in dict.fromkeys(path.absolute() for path in paths):
            new = Source(path)
            known = next((number for number, source in enumerate(self.all) if source.path == path), None)
            if known is None:
                self.all.append(new)
            else:
                self._stop(self.all[known])
                self.all[known] = new
        self._next()

    def take(self, source: Source) -> None:
        """Take one source in the place of all others, and read it."""
        for other in self.all:
            self._stop(other)
        self.all = [source]
        self._next()

    def remove(self, sources: Iterable[Source]) -> None:
        """Leave sources out."""
        for source in dict.fromkeys(sources):
            self._stop(source)
            self.all.remove(source)
        self._next()

    def read_again(self, source: Source) -> None:
        """Read a source anew, after the way to read it was changed."""
        self._stop(source)
        source.is_read, source.message, source.needs_crs = False, "", False
        self._next()

    def forget(self) -> None:
        """Listen to no task any longer."""
        if self._read_now is not None:
            self._stop(self._read_now)

    def _stop(self, source: Source) -> None:
        """Read a source no further; what its task still finds is not looked at."""
        if self._task is not None and source is self._read_now:
            self._task.forget()
            self._task = self._read_now = None

    def _next(self) -> None:
        self.changed.emit()
        waiting = next((source for source in self.all if not source.is_read), None)
        if self._task is not None or waiting is None:
            return
        title = tr("Reading {name}").format(name=waiting.path.name)
        read = _work(waiting, self._workspace, self.memory, self._targets)
        self._read_now = waiting
        # Tasks end in the loop of events, so never before they are known here.
        self._task = start(
            title, read, lambda found: self._end(waiting, _take, found), lambda why: self._end(waiting, _fail, why)
        )

    def _end(self, source: Source, take: Callable[[Source, Any], None], result: Any) -> None:  # noqa: ANN401
        self._task = self._read_now = None
        source.is_read = True
        take(source, result)
        self._next()


@dataclass(frozen=True)
class _Found:
    """What reading a source gives; ``remembered``: the datum that such tables had before, if one is known."""

    deliveries: Deliveries
    candidates: list[Candidate]
    shares: list[tuple[int, float]]
    remembered: int | None


def _work(source: Source, workspace: Path, memory: Path, targets: Sequence[str]) -> Callable[[Progress], _Found]:
    """What reads a source as its settings are now."""
    reading = Reading(source.path, source.encoding, source.crs, source.xy)
    read = source.reader or _read_files

    def work(progress: Progress) -> _Found:
        from citygrid_plugin.storage.readers.deliveries import Deliveries  # noqa: PLC0415
        from citygrid_plugin.storage.readers.records import encoding_candidates  # noqa: PLC0415

        try:
            found = read(reading, progress)
        except CityGridError as error:
            found = Deliveries(failed=[error])
        candidates: list[Candidate] = []
        if read is _read_files and reading.path.is_file():
            with suppress(CityGridError):  # reading has said so already
                candidates = encoding_candidates(reading.path)
        shares = _shares_inside(found.records, workspace)
        return _Found(found, candidates, shares, _remembered_datum(found.records, memory, targets))

    return work


def _read_files(reading: Reading, progress: Progress) -> Deliveries:
    import pyproj  # noqa: PLC0415

    from citygrid_plugin.storage.readers.deliveries import read_deliveries  # noqa: PLC0415

    stated = pyproj.CRS(reading.crs) if reading.crs else None
    return read_deliveries(
        reading.path, encoding=reading.encoding or None, crs=stated, xy=reading.xy, progress=progress
    )


def _shares_inside(tables: Iterable[Records], workspace: Path) -> list[tuple[int, float]]:
    """Which share of the records each datum puts inside the communities of the workspace."""
    import numpy as np  # noqa: PLC0415
    import pyogrio  # noqa: PLC0415
    import pyproj  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    from citygrid_plugin.core.spatial.datum import likely_datum  # noqa: PLC0415
    from citygrid_plugin.storage.workspace import layers_present  # noqa: PLC0415

    degrees = pyproj.CRS.from_epsg(4326)
    if _AREA not in layers_present(workspace):
        return []
    communities = pyogrio.read_dataframe(workspace, layer=_AREA, columns=[])
    points = []
    for records in tables:
        places = records.frame.geometry
        places = places[~shapely.is_missing(places.to_numpy())]
        if len(places):
            some = places.iloc[np.unique(np.linspace(0, len(places) - 1, _SAMPLE).astype(int))].to_crs(degrees)
            points.append(shapely.get_coordinates(shapely.centroid(some.to_numpy())))
    if not points or communities.crs is None:
        return []
    area = shapely.union_all(shapely.make_valid(communities.to_crs(degrees).geometry.to_numpy()))
    return [(int(datum), share) for datum, share in likely_datum(np.vstack(points), area)]


def _remembered_datum(tables: Iterable[Records], memory: Path, targets: Sequence[str]) -> int | None:
    """The datum that deliveries with these columns had; None where they had different ones, or there were none."""
    from citygrid_plugin.storage.mapping_files import recall  # noqa: PLC0415

    shapes = {tuple(map(str, records.frame.columns)) for records in tables}
    known = {mapping.datum for shape in shapes if (mapping := recall(memory, shape, targets)) is not None}
    return int(known.pop()) if len(known) == 1 else None


def _preselect(source: Source, remembered: int | None) -> None:
    """The datum that clearly puts more records inside the communities than the others; else that of the last time."""
    source.datum, source.datum_reason = 0, ""
    leader = _leader(source.shares)
    if leader is not None:
        source.datum = leader
        if leader:
            source.datum_reason = tr("{datum} was chosen since it puts the most records inside the communities.")
    elif remembered:
        source.datum = remembered
        source.datum_reason = tr("{datum} was chosen since the last delivery with these columns had it.")


def _leader(shares: Sequence[tuple[int, float]]) -> int | None:
    if len(shares) > 1 and shares[0][1] - shares[1][1] >= _LEAD:
        return shares[0][0]
    return None


def _take(source: Source, found: _Found) -> None:
    from citygrid_plugin.storage.readers.records import UnknownCoordinates, UnstatedCrs  # noqa: PLC0415

    failed = found.deliveries.failed
    source.records, source.candidates, source.shares = list(found.deliveries.records), found.candidates, found.shares
    source.needs_crs = bool(failed) and all(isinstance(error, UnknownCoordinates | UnstatedCrs) for error in failed)
    if source.needs_crs:
        text = tr("“{layer}” does not say in which coordinate reference system it is.")
        source.message = "\n".join(text.format(layer=error.values["layer"]) for error in failed)
    else:
        source.message = "\n".join(sentence(error) for error in failed)
    if not source.is_datum_chosen:
        _preselect(source, found.remembered)


def _fail(source: Source, message: str) -> None:
    source.records = []
    source.message = message or tr("Reading was cancelled. Remove the file, or add it again.")
