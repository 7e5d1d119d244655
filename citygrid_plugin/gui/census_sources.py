"""The files of a census delivery as the wizard holds them: how each is read, and what was found in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from citygrid_plugin.core.progress import Progress
from citygrid_plugin.i18n import sentence, tr

from .background import Background, start

if TYPE_CHECKING:
    from citygrid_plugin.storage.deliveries import Deliveries
    from citygrid_plugin.storage.encodings import Candidate
    from citygrid_plugin.storage.records import Records

_AREA = "communities"  # layer of the workspace
_SAMPLE = 2000  # records of a table, about, whose places are looked at


@dataclass
class Source:
    """A file, folder or zip, how it is to be read, and what was found; ``message`` says what is wrong with it."""

    path: Path
    encoding: str = ""  # as the bytes tell
    crs: str = ""  # for files that state none: an authority's name
    xy: tuple[str, str] | None = None  # columns with coordinates
    datum: int = 0  # SOURCE_DATUM
    records: list[Records] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)  # encodings, with samples
    shares: list[tuple[int, float]] = field(default_factory=list)  # datum, share inside the communities; best first
    message: str = ""
    is_read: bool = False

    @property
    def count(self) -> int:
        """Records in it."""
        return sum(len(some.frame) for some in self.records)


class Sources(QObject):
    """All sources; they are read one after the other in the background."""

    changed = pyqtSignal()

    def __init__(self, workspace: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.all: list[Source] = []
        self._task: Background | None = None

    @property
    def is_ready(self) -> bool:
        """Whether there are records, every source was read, and none failed."""
        return bool(self.records) and all(source.is_read and not source.message for source in self.all)

    @property
    def is_busy(self) -> bool:
        """Whether something is still to be read."""
        return any(not source.is_read for source in self.all)

    @property
    def records(self) -> list[tuple[Source, Records]]:
        """All records, with their source."""
        return [(source, some) for source in self.all for some in source.records]

    def add(self, paths: Iterable[Path]) -> None:
        """Add what is not there yet."""
        known = {source.path for source in self.all}
        self.all += [Source(path) for path in dict.fromkeys(paths) if path not in known]
        self._next()

    def remove(self, sources: Iterable[Source]) -> None:
        """Leave sources out."""
        gone = {id(source) for source in sources}
        self.all = [source for source in self.all if id(source) not in gone]
        self.changed.emit()

    def read_again(self, source: Source) -> None:
        """Read a source anew, after the way to read it was changed."""
        source.is_read, source.message = False, ""
        self._next()

    def forget(self) -> None:
        """Listen to no task any longer."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _next(self) -> None:
        self.changed.emit()
        waiting = next((source for source in self.all if not source.is_read), None)
        if self._task is not None or waiting is None:
            return
        title = tr("Reading {name}").format(name=waiting.path.name)
        self._task = start(
            title, _reader(waiting, self._workspace), self._ending(waiting, _take), self._ending(waiting, _fail)
        )

    def _ending(self, source: Source, take: Callable[[Source, Any], None]) -> Callable[[Any], None]:
        def end(result: Any) -> None:  # noqa: ANN401 - of the task
            if self._task is None:  # forgotten
                return
            self._task = None
            source.is_read = True
            take(source, result)
            self._next()

        return end


@dataclass(frozen=True)
class _Found:
    """What reading a source gives."""

    deliveries: Deliveries
    candidates: list[Candidate]
    shares: list[tuple[int, float]]


def _reader(source: Source, workspace: Path) -> Callable[[Progress], _Found]:
    """What reads a source as its settings are now."""
    path, encoding, crs, xy = source.path, source.encoding or None, source.crs, source.xy

    def read(progress: Progress) -> _Found:
        import pyproj  # noqa: PLC0415

        from citygrid_plugin.storage.deliveries import read_deliveries  # noqa: PLC0415
        from citygrid_plugin.storage.records import encoding_candidates  # noqa: PLC0415

        stated = pyproj.CRS(crs) if crs else None
        found = read_deliveries(path, encoding=encoding, crs=stated, xy=xy, progress=progress)
        candidates = encoding_candidates(path) if path.is_file() else []
        return _Found(found, candidates, _shares_inside(found.records, workspace))

    return read


def _shares_inside(tables: Iterable[Records], workspace: Path) -> list[tuple[int, float]]:
    """Which share of the records each datum puts inside the communities of the workspace."""
    import numpy as np  # noqa: PLC0415
    import pyogrio  # noqa: PLC0415
    import pyproj  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    from citygrid_plugin.core.datum import likely_datum  # noqa: PLC0415
    from citygrid_plugin.storage.workspace import layers_present  # noqa: PLC0415

    degrees = pyproj.CRS.from_epsg(4326)
    if _AREA not in layers_present(workspace):
        return []
    communities = pyogrio.read_dataframe(workspace, layer=_AREA, columns=[]).to_crs(degrees)
    points = []
    for records in tables:
        places = records.frame.geometry
        places = places[~shapely.is_missing(places.to_numpy())]
        if len(places):
            some = places.iloc[np.unique(np.linspace(0, len(places) - 1, _SAMPLE).astype(int))].to_crs(degrees)
            points.append(shapely.get_coordinates(shapely.centroid(some.to_numpy())))
    if not points:
        return []
    return [(int(datum), share) for datum, share in likely_datum(np.vstack(points), communities.union_all())]


def _take(source: Source, found: _Found) -> None:
    source.records, source.candidates, source.shares = list(found.deliveries.records), found.candidates, found.shares
    source.message = "\n".join(sentence(error) for error in found.deliveries.failed)


def _fail(source: Source, message: str) -> None:
    source.records = []
    source.message = message or tr("Reading was cancelled. Remove the file, or add it again.")
