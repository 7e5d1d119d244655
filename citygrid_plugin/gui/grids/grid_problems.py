"""The check list: problems of the unit grid, what is left of them, and where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QAbstractListModel, QModelIndex, QPointF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPixmap, QPolygonF
from qgis.PyQt.QtWidgets import QHBoxLayout, QListView, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from citygrid_plugin.core import fields
from citygrid_plugin.gui.icons import icon
from citygrid_plugin.gui.places import show_place
from citygrid_plugin.gui.runs import Run
from citygrid_plugin.gui.texts import plain_label
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.problems import SEVERITIES
from citygrid_plugin.processing.styles import PROBLEM_LOOKS
from citygrid_plugin.storage.workspace import destination, source

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

PROBLEMS_LAYER = "grid_problems"
_ALGORITHM = "citygrid:checkunitgrid"
_LEAST_SIDE = 80.0  # metres that are shown at least
_NOTE = "note"  # asks for a look, not for a correction
_ORDER = tuple(SEVERITIES)
_COLORS = {value: look.color for look in PROBLEM_LOOKS for value in look.values}


@dataclass(frozen=True)
class Entry:
    """One problem."""

    severity: str
    text: str
    code: str
    place: QgsGeometry


class ProblemModel(QAbstractListModel):
    """Problems, the worst first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries: Sequence[Entry] = ()
        self._icons = {severity: _sign(severity) for severity in _ORDER}

    @property
    def entries(self) -> Sequence[Entry]:
        """What is shown."""
        return self._entries

    @property
    def problem_count(self) -> int:
        """How many of them are problems; notes are not."""
        return sum(entry.severity != _NOTE for entry in self._entries)

    def show(self, entries: Sequence[Entry]) -> None:
        """Show other problems."""
        self.beginResetModel()
        self._entries = sorted(entries, key=lambda entry: (_rank(entry.severity), entry.code))
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return len(self._entries)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - of Qt
        entry = self._entries[index.row()]
        severity = tr(SEVERITIES[entry.severity]) if entry.severity in SEVERITIES else entry.severity
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{entry.text}\n{severity} · {entry.code}" if entry.code else f"{entry.text}\n{severity}"
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icons.get(entry.severity)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr("Click to see the place on the map.")
        return None


class ProblemList(QWidget):
    """Problems of the layer ``grid_problems``, renewed by the check."""

    failed = pyqtSignal(str)
    checked = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__()
        self._canvas = canvas
        self._crs = QgsCoordinateReferenceSystem()
        self._shown: tuple[Path | None, str] | None = None  # the workspace, and when its check was written
        self._before: int | None = None
        self._run = Run(_ALGORITHM, tr("The check did not end well."), self)
        self._run.ended.connect(self._checked)
        self._request: tuple[QgsVectorLayer, Path] | None = None
        self._stale = False

        self.button = QToolButton()
        self.button.setIcon(icon("check"))
        self.button.setIconSize(QSize(22, 22))
        self.button.setText(tr("Check"))
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setObjectName("CityGrid_check_again")
        self.button.clicked.connect(self.check)
        self.summary = plain_label()
        self.model = ProblemModel(self)
        self.view = QListView()
        self.view.setModel(self.model)
        self.view.setWordWrap(True)
        self.view.setAlternatingRowColors(True)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.view.setMinimumHeight(120)
        self.view.clicked.connect(self.zoom_to)
        self.view.activated.connect(self.zoom_to)

        head = QHBoxLayout()
        head.addWidget(self.summary, 1)
        head.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self.allow(None, None, tr("Open or make a workspace first."))

    # What the panel says

    def allow(self, layer: QgsVectorLayer | None, workspace: Path | None, reason: str) -> None:
        """Which layer the check takes, and the workspace it is in; else the reason why it cannot run."""
        self._request = (layer, workspace) if layer is not None and workspace is not None else None
        self.button.setEnabled(self._request is not None or self._run.is_running)
        self.button.setToolTip(
            reason or tr("Check the unit grid as it is now, with the changes that are not saved yet.")
        )

    def look(self, workspace: Path | None, written: str) -> None:
        """Read the problems that the workspace holds, unless they are shown; ``written`` is empty where none are."""
        if (workspace, written) == self._shown:
            return
        self._shown = (workspace, written)
        self._stale = False
        entries: list[Entry] = []
        if workspace is not None and written:
            self._crs, entries = _read(workspace)
        else:
            self._before = None
        self.model.show(entries)
        self._sum_up()

    @property
    def _is_checked(self) -> bool:
        return self._shown is not None and bool(self._shown[1])

    def mark_changed(self) -> None:
        """The grid was changed since the check."""
        if not self._stale:
            self._stale = True
            self._sum_up()

    def _sum_up(self) -> None:
        checked = self._is_checked
        counts = Counter(entry.severity for entry in self.model.entries)
        notes, left = counts[_NOTE], self.model.problem_count
        if not checked:
            text = tr("The unit grid was not checked yet.")
        elif not left:
            text = tr("No problem is left.")
        else:
            text = tr("{count} problems left, {errors} of them errors.").format(
                count=f"{left:,}", errors=f"{counts['error']:,}"
            )
        if notes:
            text += " " + tr("Notes: {count}.").format(count=f"{notes:,}")
        mended = (self._before or 0) - left
        if checked and mended > 0 and not self._stale:
            text += " " + tr("{count} fewer than before.").format(count=f"{mended:,}")
        if checked and self._stale:
            text += " " + tr("The grid was changed since; check it again.")
        self.summary.setText(text)

    # Zooming

    def zoom_to(self, index: QModelIndex) -> None:
        """Show a problem on the map."""
        place = self.model.entries[index.row()].place
        show_place(self._canvas, place, self._crs, _LEAST_SIDE)

    # Checking

    def check(self) -> None:
        """Run the check in the background; a second click cancels it."""
        if self._run.is_running:
            self._run.cancel()
            return
        if self._request is None:
            return
        layer, workspace = self._request
        values = {
            "GRID": layer.id(),
            "COMMUNITIES": source(workspace, "communities"),
            "OUTPUT": destination(workspace, PROBLEMS_LAYER),
        }
        if not self._run.start(values):
            return
        self._before = self.model.problem_count if self._is_checked else None
        self.button.setText(tr("Cancel"))
        self.summary.setText(tr("The unit grid is being checked…"))

    def forget(self) -> None:
        """Listen to no run any longer, and cancel it."""
        self._run.forget()

    def _checked(self, successful: bool, _results: dict[str, Any], message: str) -> None:
        self.button.setText(tr("Check"))
        self.button.setEnabled(self._request is not None)
        self._sum_up()
        if successful:
            self.checked.emit()
        elif message:
            self.failed.emit(message)


def _read(workspace: Path) -> tuple[QgsCoordinateReferenceSystem, list[Entry]]:
    layer = QgsVectorLayer(source(workspace, PROBLEMS_LAYER), PROBLEMS_LAYER, "ogr")
    if not layer.isValid():
        return layer.crs(), []
    entries = [
        Entry(
            _text(feature[fields.SEVERITY]),
            _text(feature[fields.TEXT]),
            _text(feature[fields.BGID]),
            feature.geometry(),
        )
        for feature in layer.getFeatures()
    ]
    return layer.crs(), entries


def _text(value: object) -> str:
    """An attribute as text; null, which PyQt wraps, is empty."""
    return value if isinstance(value, str) else ""


def _rank(severity: str) -> int:
    return _ORDER.index(severity) if severity in _ORDER else len(_ORDER)


def _sign(severity: str) -> QIcon:
    """A triangle, a diamond or a disc: shapes tell severities apart, not colours alone."""
    picture = QPixmap(32, 32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_COLORS[severity]))
    corners = {
        "error": ((16, 4), (29, 28), (3, 28)),
        "warning": ((16, 3), (29, 16), (16, 29), (3, 16)),
    }.get(severity)
    if corners is None:
        painter.drawEllipse(6, 6, 20, 20)
    else:
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    painter.end()
    return QIcon(picture)
