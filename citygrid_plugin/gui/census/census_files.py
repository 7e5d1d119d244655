"""First page of the census wizard: which files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWizardPage,
)

from citygrid_plugin.gui.records.sources import Source, Sources
from citygrid_plugin.gui.texts import plain_label, plain_tip
from citygrid_plugin.i18n import tr
from citygrid_plugin.processing.accounts import said

if TYPE_CHECKING:
    from citygrid_plugin.storage.readers.records import Records

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
        for column in range(3):
            self.tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
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
        return self._sources.can_be_ready  # the next page is where one says how to read what does not say so itself

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
        chosen = {id(item.data(0, _SOURCE)) for item in self.tree.selectedItems()}
        self.tree.clear()
        for source in self._sources.all:
            top = _source_row(source)
            self.tree.addTopLevelItem(top)
            top.setSelected(id(source) in chosen)
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
        if any(source.message and not source.needs_crs for source in sources.all):
            return tr("Some files cannot be read. Remove them, or mend them and add them again.")
        if any(source.needs_crs for source in sources.all):
            return tr("Some files do not say in which coordinate reference system they are: the next page asks for it.")
        return tr("Records: {records}. Tables: {files}.").format(
            records=f"{sum(source.count for source in sources.all):,}", files=f"{len(sources.records):,}"
        )


def _source_row(source: Source) -> QTreeWidgetItem:
    """A file, folder or archive; with its tables below it, if they are not the same thing."""
    if len(source.records) == 1 and source.records[0].name == source.path.name:
        top = _row(source.records[0])
    else:
        top = QTreeWidgetItem([source.path.name, f"{source.count:,}" if source.is_read else "…", "", ""])
        top.addChildren([_row(records) for records in source.records])
    top.setData(0, _SOURCE, source)
    top.setToolTip(0, plain_tip(str(source.path)))
    if source.message:
        top.setText(3, source.message)
        top.setForeground(3, Qt.GlobalColor.red)
        top.setToolTip(3, plain_tip(source.message))
    return top


def _row(records: Records) -> QTreeWidgetItem:
    remarks = " ".join(said(remark) for remark in records.remarks)
    item = QTreeWidgetItem([records.name, f"{len(records.frame):,}", records.encoding or "–", remarks])
    item.setToolTip(3, plain_tip(remarks))
    return item
