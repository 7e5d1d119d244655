"""First pages of the census wizard: which files, in which encoding and coordinates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsCoordinateReferenceSystem
from qgis.gui import QgsProjectionSelectionWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.accounts import said
from citygrid_plugin.processing.import_components import ImportComponents

from .census_sources import Source, Sources
from .texts import plain_label, plain_tip

if TYPE_CHECKING:
    from citygrid_plugin.storage.records import Records

_SAMPLE_ROWS = 20
_SAMPLES, _SAMPLE_LENGTH = 4, 24
_SHORT = ("as stated", "GCJ-02", "BD-09")
_SOURCE = Qt.ItemDataRole.UserRole


class FilesPage(QWizardPage):
    """The list of files; each is read as soon as it is added."""

    def __init__(self, sources: Sources) -> None:
        super().__init__()
        self._sources = sources
        self.setTitle(tr("Files of the delivery"))
        self.setSubTitle(
            tr("Add all files of the delivery at once: shapefiles, GeoPackages, tables, Excel, DXF, folders, zips.")
        )
        self.setAcceptDrops(True)
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels([tr("File"), tr("Records"), tr("Encoding"), tr("What to know")])
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.tree.setWordWrap(True)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.summary = plain_label()
        buttons = QHBoxLayout()
        for text, slot in (
            (tr("Add files…"), self._ask_files),
            (tr("Add folder…"), self._ask_folder),
            (tr("Remove"), self._remove),
        ):
            button = QPushButton(text)
            button.clicked.connect(lambda _checked=False, slot=slot: slot())
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.addLayout(buttons)
        column.addWidget(self.tree, 1)
        column.addWidget(self.busy)
        column.addWidget(self.summary)
        sources.changed.connect(self._show)
        self._show()

    def isComplete(self) -> bool:
        return self._sources.is_ready

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self._sources.add(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())

    def _ask_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("Files of the delivery"))
        self._sources.add(map(Path, names))

    def _ask_folder(self) -> None:
        if name := QFileDialog.getExistingDirectory(self, tr("Folder of the delivery")):
            self._sources.add([Path(name)])

    def _remove(self) -> None:
        chosen = [item if item.parent() is None else item.parent() for item in self.tree.selectedItems()]
        self._sources.remove(item.data(0, _SOURCE) for item in chosen)

    def _show(self) -> None:
        self.tree.clear()
        for source in self._sources.all:
            top = QTreeWidgetItem([source.path.name, f"{source.count:,}" if source.is_read else "…", "", ""])
            top.setData(0, _SOURCE, source)
            top.setToolTip(0, plain_tip(str(source.path)))
            for records in source.records:
                top.addChild(_row(records))
            if source.message:
                top.setText(3, source.message)
                top.setForeground(3, Qt.GlobalColor.red)
                top.setToolTip(3, plain_tip(source.message))
            self.tree.addTopLevelItem(top)
        self.tree.expandAll()
        self.busy.setVisible(self._sources.is_busy)
        self.summary.setText(self._said())
        self.completeChanged.emit()

    def _said(self) -> str:
        sources = self._sources
        if not sources.all:
            return tr("No file yet. Files can also be dropped here.")
        if sources.is_busy:
            return tr("Reading…")
        if any(source.message for source in sources.all):
            return tr("Some files cannot be read. Remove them, or mend them and add them again.")
        return tr("{records} records in {files} tables.").format(
            records=f"{sum(source.count for source in sources.all):,}", files=f"{len(sources.records):,}"
        )


def _row(records: Records) -> QTreeWidgetItem:
    remarks = " ".join(said(remark) for remark in records.remarks)
    item = QTreeWidgetItem([records.name, f"{len(records.frame):,}", records.encoding or "–", remarks])
    item.setToolTip(3, plain_tip(remarks))
    return item


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
        self.files.currentItemChanged.connect(lambda _now, _before: self._show_source())
        self.encoding = QComboBox()
        self.crs = QgsProjectionSelectionWidget()
        self.crs.setOptionVisible(QgsProjectionSelectionWidget.CrsOption.CrsNotSet, True)
        self.crs.setNotSetText(tr("as the file says"))
        self.x, self.y = QComboBox(), QComboBox()
        self.datum = QComboBox()
        self.datum.addItems([tr(text) for text in ImportComponents.DATUMS])
        self.told = plain_label()
        self.preview = QTableWidget()
        self.preview.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
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
        column.addWidget(self.told)
        column.addWidget(self.preview, 1)
        halves = QSplitter()
        halves.addWidget(self.files)
        halves.addWidget(right)
        halves.setStretchFactor(1, 3)
        QVBoxLayout(self).addWidget(halves)
        self.encoding.activated.connect(lambda _index: self._change())
        self.crs.crsChanged.connect(lambda _crs: self._change())
        self.x.activated.connect(lambda _index: self._change())
        self.y.activated.connect(lambda _index: self._change())
        self.datum.activated.connect(lambda _index: self._change())
        sources.changed.connect(self._show)

    def initializePage(self) -> None:
        self._show()

    def isComplete(self) -> bool:
        return self._sources.is_ready

    def _current(self) -> tuple[Source, Records] | None:
        item = self.files.currentItem()
        return None if item is None else item.data(0, _SOURCE)

    def _show(self) -> None:
        """List the tables; the one that was chosen stays chosen."""
        if self.wizard() is None or self.wizard().currentPage() is not self:
            return
        index = self.files.indexOfTopLevelItem(self.files.currentItem()) if self.files.currentItem() else 0
        self.files.blockSignals(True)
        self.files.clear()
        for source, records in self._sources.records:
            item = QTreeWidgetItem([records.name])
            item.setToolTip(0, plain_tip(str(source.path)))
            item.setData(0, _SOURCE, (source, records))
            self.files.addTopLevelItem(item)
        count = self.files.topLevelItemCount()
        if count:
            self.files.setCurrentItem(self.files.topLevelItem(min(max(index, 0), count - 1)))
        self.files.blockSignals(False)
        self._show_source()
        self.completeChanged.emit()

    def _show_source(self) -> None:
        current = self._current()
        if current is None:
            return
        source, records = current
        self._updating = True
        try:
            self._show_encodings(source, records)
            self.crs.setCrs(QgsCoordinateReferenceSystem(source.crs))
            columns = [str(name) for name in records.frame.columns if name != "geometry"]
            for box, chosen in zip((self.x, self.y), source.xy or ("", ""), strict=True):
                box.clear()
                box.addItem(tr("– by its name –"), "")
                for column in columns:
                    box.addItem(column, column)
                box.setCurrentIndex(max(box.findData(chosen), 0))
            self.datum.setCurrentIndex(source.datum)
        finally:
            self._updating = False
        told = [said(remark) for remark in records.remarks]
        if source.shares:
            shares = ", ".join(f"{tr(_SHORT[datum])} {share:.0%}" for datum, share in source.shares)
            told.append(tr("Inside the communities, if the coordinates are: {shares}.").format(shares=shares))
        self.told.setText("\n".join(told) or source.message)
        _fill(self.preview, records)

    def _show_encodings(self, source: Source, records: Records) -> None:
        self.encoding.clear()
        self.encoding.addItem(tr("as the bytes tell ({encoding})").format(encoding=records.encoding or "–"), "")
        for candidate in source.candidates:
            samples = " · ".join(sample[:_SAMPLE_LENGTH] for sample in candidate.samples[:_SAMPLES])
            self.encoding.addItem(f"{candidate.encoding}   {samples}", candidate.encoding)
        self.encoding.setEnabled(bool(source.candidates))
        self.encoding.setCurrentIndex(max(self.encoding.findData(source.encoding), 0))

    def _change(self) -> None:
        current = self._current()
        if self._updating or current is None:
            return
        source = current[0]
        crs = self.crs.crs()
        x, y = self.x.currentData(), self.y.currentData()
        now: dict[str, Any] = {
            "encoding": self.encoding.currentData() or "",
            "crs": crs.authid() if crs.isValid() else "",
            "xy": (x, y) if x and y else None,
        }
        source.datum = self.datum.currentIndex()
        if any(getattr(source, name) != value for name, value in now.items()):
            for name, value in now.items():
                setattr(source, name, value)
            self._sources.read_again(source)


def _fill(table: QTableWidget, records: Records) -> None:
    """Show the first rows, with their places."""
    frame = records.frame.head(_SAMPLE_ROWS)
    columns = [str(name) for name in frame.columns if name != "geometry"]
    table.clear()
    table.setColumnCount(len(columns) + 1)
    table.setRowCount(len(frame))
    table.setHorizontalHeaderLabels([*columns, tr("Place")])
    for number, (_, row) in enumerate(frame.iterrows()):
        for column, name in enumerate(columns):
            table.setItem(number, column, QTableWidgetItem("" if row[name] is None else str(row[name])))
        place = row["geometry"]
        text = "–" if place is None else f"{place.centroid.x:.6f}, {place.centroid.y:.6f}"
        table.setItem(number, len(columns), QTableWidgetItem(text))
