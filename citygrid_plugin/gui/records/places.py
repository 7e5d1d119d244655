"""The page of a wizard that asks in which encoding and coordinates its lists are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsCoordinateReferenceSystem
from qgis.gui import QgsProjectionSelectionWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QFormLayout,
    QHeaderView,
    QProgressBar,
    QSizePolicy,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from citygrid_plugin.gui.texts import plain_label, plain_tip
from citygrid_plugin.gui.widgets import CompactBox
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.accounts import said
from citygrid_plugin.processing.records import DATUMS

from .rules import columns_of
from .sources import Source, Sources

if TYPE_CHECKING:
    import pyproj

    from citygrid_plugin.storage.readers.records import Records

_SAMPLE_ROWS = 20
_SAMPLES, _SAMPLE_LENGTH = 4, 24
_SHORT = ("as stated", "GCJ-02", "BD-09")
_SOURCE = Qt.ItemDataRole.UserRole
_WIDTHS = (220, 640)  # of the list of tables, and of what is said of one
_UNSTATED = frozenset({"degrees_assumed", "zone_taken"})  # remarks on files that state no CRS


class PlacesPage(QWizardPage):
    """Encoding and coordinates of each source, with what comes of them."""

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self._sources = sources
        self._updating = False
        self.setTitle(tr("Text and places"))
        self.setSubTitle(tr("Is the text readable, and are the coordinates taken for what they are?"))
        self.files = QTreeWidget()
        self.files.setHeaderHidden(True)
        self.files.setColumnCount(2)
        self.files.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.files.setRootIsDecorated(False)
        self.files.header().setStretchLastSection(False)
        self.files.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.files.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.files.currentItemChanged.connect(lambda _now, _before: self._show_source())
        self.encoding = CompactBox()
        self.crs = QgsProjectionSelectionWidget()
        self.crs.setOptionVisible(QgsProjectionSelectionWidget.CrsOption.CrsNotSet, True)
        self.crs.setMinimumWidth(1)  # the names of systems are long
        self.x, self.y = CompactBox(), CompactBox()
        self.datum = CompactBox()
        self.datum.addItems([tr(text) for text in DATUMS])
        self.told = plain_label()
        self.preview = QTableWidget()
        self.preview.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        halves = QSplitter()
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.files)
        halves.addWidget(self._reading())
        halves.setStretchFactor(0, 0)
        halves.setStretchFactor(1, 1)
        halves.setSizes(_WIDTHS)
        halves.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        QVBoxLayout(self).addWidget(halves)
        self.encoding.activated.connect(lambda _index: self._change())
        self.crs.crsChanged.connect(lambda _crs: self._change())
        self.x.activated.connect(lambda _index: self._change())
        self.y.activated.connect(lambda _index: self._change())
        self.datum.activated.connect(self._choose_datum)
        sources.changed.connect(self._show)

    def _reading(self) -> QWidget:
        """How a table is read, and what comes of it."""
        form = QFormLayout()
        for text, widget in (
            (tr("Encoding"), self.encoding),
            (tr("Coordinate reference system"), self.crs),
            (tr("Column with x, longitude or easting"), self.x),
            (tr("Column with y, latitude or northing"), self.y),
            (tr("Coordinates are"), self.datum),
        ):
            form.addRow(text, widget)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addWidget(self.busy)
        column.addWidget(self.told)
        column.addWidget(self.preview, 1)
        return right

    def initializePage(self) -> None:
        self._show()
        wrong = (number for number, source in enumerate(self._entries()) if source[0].message)
        self.files.setCurrentItem(self.files.topLevelItem(next(wrong, 0)))

    def isComplete(self) -> bool:
        return self._sources.is_ready

    def _entries(self) -> list[tuple[Source, Records | None]]:
        """The tables, and the sources of which nothing could be read."""
        failed = [(source, None) for source in self._sources.all if source.message and not source.records]
        return [*self._sources.records, *failed]

    def _current(self) -> tuple[Source, Records | None] | None:
        item = self.files.currentItem()
        return None if item is None else item.data(0, _SOURCE)

    def _show(self) -> None:
        """List the tables; the one that was chosen stays chosen."""
        if self.wizard() is None or self.wizard().currentPage() is not self:
            return
        self.busy.setVisible(self._sources.is_busy)
        before = self._current()
        self.files.blockSignals(True)
        self.files.clear()
        for source, records in self._entries():
            item = QTreeWidgetItem([source.path.name if records is None else records.name, ""])
            item.setText(1, tr(_SHORT[source.datum]) if source.datum else "")
            item.setToolTip(0, plain_tip(str(source.path)))
            item.setData(0, _SOURCE, (source, records))
            if source.message:
                item.setForeground(0, Qt.GlobalColor.red)
            self.files.addTopLevelItem(item)
        self.files.setCurrentItem(self._item_like(before) or self.files.topLevelItem(0))
        self.files.blockSignals(False)
        self._show_source()
        self.completeChanged.emit()

    def _item_like(self, before: tuple[Source, Records | None] | None) -> QTreeWidgetItem | None:
        """The row of a table that may have been read anew, else one of its source."""
        if before is None:
            return None
        items = [self.files.topLevelItem(row) for row in range(self.files.topLevelItemCount())]
        same = [item for item in items if item.data(0, _SOURCE)[0] is before[0]]
        name = before[1].name if before[1] is not None else before[0].path.name
        return next((item for item in same if item.text(0) == name), same[0] if same else None)

    def _show_source(self) -> None:
        current = self._current()
        if current is None:
            return
        source, records = current
        self._updating = True
        try:
            self._show_encodings(source, records)
            self._show_crs(source, records)
            self._show_columns(source, records)
            self.datum.setCurrentIndex(source.datum)
            self.datum.setEnabled(records is not None)
        finally:
            self._updating = False
        told = _told(source, records)
        if source.needs_crs:
            others = sum(each.needs_crs for each in self._sources.all) - 1
            text = tr("Choose it above. It is taken for the other files that do not say theirs, too: {count}.")
            told.append(text.format(count=others) if others else tr("Choose it above."))
        self.told.setText("\n".join(told))
        _fill(self.preview, records)

    def _show_encodings(self, source: Source, records: Records | None) -> None:
        self.encoding.clear()
        encoding = records.encoding if records is not None else source.encoding
        self.encoding.addItem(tr("as the bytes tell ({encoding})").format(encoding=encoding or "–"), "")
        for candidate in source.candidates:
            samples = " · ".join(sample[:_SAMPLE_LENGTH] for sample in candidate.samples[:_SAMPLES])
            self.encoding.addItem(f"{candidate.encoding}   {samples}", candidate.encoding)
        self.encoding.setEnabled(bool(source.candidates))
        self.encoding.setCurrentIndex(max(self.encoding.findData(source.encoding), 0))

    def _show_crs(self, source: Source, records: Records | None) -> None:
        """A file that states its own system keeps it; so no other is offered."""
        stated = None if records is None or source.crs else records.frame.crs
        text = tr("as the file says")
        self.crs.setNotSetText(text if stated is None else f"{text} ({_crs_name(stated)})")
        self.crs.setCrs(_crs_of(source.crs))
        self.crs.setEnabled(records is None or stated is None or bool(_UNSTATED & _remark_keys(records)))

    def _show_columns(self, source: Source, records: Records | None) -> None:
        """Columns with coordinates can be chosen of what has no geometries of its own."""
        columns = [] if records is None else columns_of(records)
        may = records is not None and (records.frame.crs is None or "points_from_columns" in _remark_keys(records))
        for box, chosen in zip((self.x, self.y), source.xy or ("", ""), strict=True):
            box.clear()
            box.addItem(tr("– by its name –"), "")
            for column in columns:
                box.addItem(column, column)
            box.setCurrentIndex(max(box.findData(chosen), 0))
            box.setEnabled(may)

    def _choose_datum(self, index: int) -> None:
        current = self._current()
        if current is not None:
            current[0].choose_datum(index)
            self._show()

    def _change(self) -> None:
        current = self._current()
        if self._updating or current is None:
            return
        source = current[0]
        x, y = self.x.currentData(), self.y.currentData()
        if bool(x) != bool(y):
            self.told.setText(tr("Choose both columns, that with x and that with y."))
            return
        now: dict[str, Any] = {
            "encoding": self.encoding.currentData() or "",
            "crs": _crs_text(self.crs.crs()),
            "xy": (x, y) if x and y else None,
        }
        if all(getattr(source, name) == value for name, value in now.items()):
            return
        alike = [each for each in self._sources.all if each.needs_crs] if source.needs_crs else []
        for name, value in now.items():
            setattr(source, name, value)
        for each in dict.fromkeys((source, *alike)):
            each.crs = now["crs"]
            self._sources.read_again(each)


def _told(source: Source, records: Records | None) -> list[str]:
    """What to know of a table, and what is to be done."""
    told = [] if records is None else [said(remark) for remark in records.remarks]
    if source.message:
        told.append(source.message)
    if source.shares:
        shares = ", ".join(f"{tr(_SHORT[datum])} {share:.0%}" for datum, share in source.shares)
        told.append(tr("Inside the communities, if the coordinates are: {shares}.").format(shares=shares))
    if source.datum_reason:
        told.append(source.datum_reason.format(datum=tr(_SHORT[source.datum])))
    return told


def _remark_keys(records: Records) -> set[str]:
    return {remark.key for remark in records.remarks}


def _crs_name(crs: pyproj.CRS) -> str:
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.name


def _crs_text(crs: QgsCoordinateReferenceSystem) -> str:
    """A system as pyproj reads it; empty for none. Numbers of the user's own systems mean nothing elsewhere."""
    if not crs.isValid():
        return ""
    name = crs.authid()
    return name if name and not name.startswith("USER:") else crs.toWkt(Qgis.CrsWktVariant.Preferred)


def _crs_of(text: str) -> QgsCoordinateReferenceSystem:
    return QgsCoordinateReferenceSystem.fromWkt(text) if "[" in text else QgsCoordinateReferenceSystem(text)


def _fill(table: QTableWidget, records: Records | None) -> None:
    """Show the first rows, with their places."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    table.clear()
    table.setRowCount(0)
    table.setColumnCount(0)
    if records is None:
        return
    frame = records.frame.head(_SAMPLE_ROWS)
    columns = columns_of(records)
    table.setColumnCount(len(columns) + 1)
    table.setRowCount(len(frame))
    table.setHorizontalHeaderLabels([*columns, tr("Place")])
    texts = frame[columns].to_numpy(dtype=object)
    for (row, column), text in np.ndenumerate(np.where(frame[columns].isna(), "", texts)):
        table.setItem(row, column, QTableWidgetItem(str(text)))
    centres = shapely.centroid(frame.geometry.to_numpy())  # not-a-number for what has no place
    for row, (x, y) in enumerate(zip(shapely.get_x(centres), shapely.get_y(centres), strict=True)):
        text = f"{x:.6f}, {y:.6f}" if np.isfinite(x) and np.isfinite(y) else "–"
        table.setItem(row, len(columns), QTableWidgetItem(text))
