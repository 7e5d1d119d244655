"""The class browser: the code schemes, searched by code or name, and the local classes of the workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.gui import QgsFilterLineEdit, QgsMessageBar
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QAction, QGuiApplication, QKeySequence
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.gui.texts import GREY, plain_label, plain_tip, praise, warn
from citygrid_plugin.gui.widgets import fitting
from citygrid_plugin.i18n import sentence, tr

from .class_details import CLASS_KINDS, ClassDetails

if TYPE_CHECKING:
    from citygrid_plugin.core.schemes import Scheme

_SUFFIXES = "*.csv *.tsv *.txt *.xlsx *.xlsm"
_SIZE = QSize(1000, 640)
_WIDTHS = (560, 440)
_COLUMN_WIDTHS = (100, 210)
_NO_CODE = "–"
_ROW = int(Qt.ItemDataRole.UserRole)


class ClassBrowser(QDialog):
    """Search a scheme by code or name, read what is known of a class, load the city's own classes.

    ``workspace`` tells the open workspace, or None.
    """

    def __init__(self, parent: QWidget | None, workspace: Callable[[], Path | None]) -> None:
        super().__init__(parent)
        self.setObjectName("CityGridClassBrowser")
        self.setWindowTitle(tr("Code schemes"))
        self.resize(fitting(self, _SIZE))
        self._workspace = workspace
        self._shown: Path | None = None  # the workspace that is shown
        self._scheme: Scheme | None = None
        self._items: dict[int, QTreeWidgetItem] = {}  # by row of Scheme.listed
        self._lay_out()
        self.refresh()

    # What others ask for

    def refresh(self) -> None:
        """Read the scheme anew, with the local classes that the workspace holds for it."""
        from citygrid_plugin.storage.local_classes import load_local_classes, scheme_of  # noqa: PLC0415 - loads pandas
        from citygrid_plugin.storage.scheme_files import load_scheme  # noqa: PLC0415

        path, scheme_id, count = self._workspace(), self._scheme_id(), 0
        self._shown = path
        try:
            count = len(load_local_classes(path, scheme_id)) if path is not None else 0
            self._scheme = scheme_of(path, scheme_id)
        except CityGridError as error:
            self._scheme = load_scheme(scheme_id)
            self._tell(error)
        self._remark.setText(tr(self._scheme.remark))
        self._show_local(path, count)
        self._fill(self._scheme)
        self.search(self.entry.text())

    def follow(self) -> None:
        """Read the scheme anew if another workspace has been opened."""
        if self._workspace() != self._shown:
            self.refresh()

    def search(self, text: str) -> list[str]:
        """Show only the classes that fit; their codes in order, empty for a class whose code is not published."""
        if self._scheme is None:
            return []
        found = self._scheme.find(text, str(self.kind.currentData()))
        fitting = set(found.index)
        for row, item in self._items.items():
            item.setHidden(row not in fitting)
        for branch in self._branches():
            leaves = [branch.child(place) for place in range(branch.childCount())]
            branch.setHidden(all(leaf.isHidden() for leaf in leaves))
            branch.setExpanded(bool(text.strip()))
        counts = tr("{found} of {all} classes").format(found=len(found), all=len(self._items))
        none = tr("No class of this scheme fits. Try a part of the name, or another scheme.")
        self.count.setText(counts if len(found) else none)
        is_asked = bool(text.strip()) and len(found) > 0
        self.tree.setCurrentItem(self._items[found.index[0]] if is_asked else None)
        return [str(code) for code in found["code"]]

    def load_table(self, path: Path) -> bool:
        """Check a city's table and store it in the workspace; False and a message where it cannot be."""
        from citygrid_plugin.storage.local_classes import store_local_classes  # noqa: PLC0415 - loads pandas
        from citygrid_plugin.storage.scheme_files import load_extension  # noqa: PLC0415

        workspace = self._workspace()
        if workspace is None:
            return False
        try:
            store_local_classes(workspace, self._scheme_id(), load_extension(path), path.name)
        except CityGridError as error:
            self._tell(error)
            return False
        self.refresh()
        self._praise(tr("The local classes of “{path}” are stored in the workspace.").format(path=path.name))
        return True

    def remove_table(self) -> None:
        """Take the local classes of this scheme out of the workspace."""
        from citygrid_plugin.storage.local_classes import remove_local_classes  # noqa: PLC0415 - loads pandas

        workspace = self._workspace()
        if workspace is None:
            return
        try:
            remove_local_classes(workspace, self._scheme_id())
        except CityGridError as error:
            self._tell(error)
            return
        self.refresh()

    def save_crosswalk(self, path: Path) -> bool:
        """Write this scheme beside the others as a table; False and a message where that fails."""
        from citygrid_plugin.storage.scheme_files import write_crosswalk  # noqa: PLC0415 - loads pandas

        if self._scheme is None:
            return False
        try:
            write_crosswalk(self._scheme, path)
        except CityGridError as error:
            self._tell(error)
            return False
        self._praise(tr("“{path}” holds the classes of this scheme beside those of the others.").format(path=path.name))
        return True

    def copy_code(self) -> None:
        """Put the code of the chosen class on the clipboard."""
        row = self._chosen()
        if row is not None and row["code"]:
            QGuiApplication.clipboard().setText(row["code"])

    # Tree

    def _fill(self, scheme: Scheme) -> None:
        """The majors with their minors, components before events."""
        self.tree.clear()
        self._items.clear()
        kind = str(self.kind.currentData())
        groups = scheme.find("", kind).groupby(["kind", "major_code", "major_name"], sort=False)
        for (of_kind, code, name), rows in groups:
            title = name if kind else f"{name} · {tr(CLASS_KINDS[of_kind])}"
            branch = QTreeWidgetItem(self.tree, [code, title, scheme.major_names.get(name, "")])
            for row in rows.itertuples():
                leaf = QTreeWidgetItem(branch, [row.code or _NO_CODE, row.name, row.name_en])
                leaf.setData(0, _ROW, row.Index)
                leaf.setToolTip(1, plain_tip(row.name))
                leaf.setToolTip(2, plain_tip(row.name_en))
                self._items[row.Index] = leaf

    def _branches(self) -> list[QTreeWidgetItem]:
        return [self.tree.topLevelItem(place) for place in range(self.tree.topLevelItemCount())]

    def _chosen(self) -> Any:  # noqa: ANN401 - a row of Scheme.listed
        """The class that is chosen in the tree, or None."""
        item = self.tree.currentItem()
        row = item.data(0, _ROW) if item is not None else None
        return self._scheme.listed.loc[row] if row is not None and self._scheme is not None else None

    def _show_chosen(self, *_items: object) -> None:
        row = self._chosen()
        self.copy_action.setEnabled(row is not None and bool(row["code"]))
        if row is None or self._scheme is None:
            self.details.show_nothing()
        else:
            self.details.show_class(self._scheme, row)

    # Local classes

    def _show_local(self, workspace: Path | None, count: int) -> None:
        if workspace is None:
            text = tr("Open a workspace to store the city's own classes in it.")
        elif count:
            text = tr("{count} local classes of this scheme are in “{workspace}”.")
        else:
            text = tr("“{workspace}” holds no local classes of this scheme. They may have the numbers {numbers}.")
        numbers = self._scheme.local_numbers("component") if self._scheme is not None else ""
        name = workspace.name if workspace is not None else ""
        self.local.setText(text.format(count=count, workspace=name, numbers=numbers))
        self.load_button.setEnabled(workspace is not None)
        self.remove_button.setEnabled(count > 0)

    def _ask_table(self) -> None:
        workspace = self._workspace()
        folder = str(workspace.parent) if workspace is not None else ""
        tables = f"{tr('Tables')} ({_SUFFIXES})"
        text, _ = QFileDialog.getOpenFileName(self, tr("Table of the city's own classes"), folder, tables)
        if text:
            self.load_table(Path(text))

    def _ask_crosswalk(self) -> None:
        text, _ = QFileDialog.getSaveFileName(self, tr("Save the crosswalk"), f"{self._scheme_id()}.csv", "CSV (*.csv)")
        if text:
            path = Path(text)
            self.save_crosswalk(path if path.suffix else path.with_suffix(".csv"))

    # Window

    def _scheme_id(self) -> str:
        return str(self.choice.currentData())

    def _tell(self, error: CityGridError) -> None:
        """A user error, with all that is wrong with a table behind a button."""
        self.bar.clearWidgets()
        warn(self.bar, sentence(error), error.details)

    def _praise(self, text: str) -> None:
        self.bar.clearWidgets()
        praise(self.bar, text)

    def _lay_out(self) -> None:
        self.bar = QgsMessageBar()
        self.copy_action = QAction(tr("Copy code"), self)
        self.copy_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self.copy_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # that of texts stays theirs
        self.copy_action.triggered.connect(lambda _checked=False: self.copy_code())
        self.details = ClassDetails(self.copy_action)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self._list())
        splitter.addWidget(self.details)
        splitter.setSizes(list(_WIDTHS))
        splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.addWidget(self.bar)
        column.addLayout(self._choices())
        self._remark = plain_label(style=GREY)
        column.addWidget(self._remark)
        column.addWidget(splitter, 1)
        column.addLayout(self._local_row())

    def _choices(self) -> QHBoxLayout:
        """Scheme, kind, and what is searched."""
        from citygrid_plugin.storage.scheme_files import SCHEMES, load_scheme  # noqa: PLC0415 - loads pandas

        self.choice = QComboBox()
        for scheme_id in SCHEMES:
            self.choice.addItem(load_scheme(scheme_id).title, scheme_id)
        self.kind = QComboBox()
        for title, kind in (
            (tr("Components and events"), ""),
            (tr("Components"), "component"),
            (tr("Events"), "event"),
        ):
            self.kind.addItem(title, kind)
        self.entry = QgsFilterLineEdit()
        self.entry.setShowClearButton(True)
        self.entry.setShowSearchIcon(True)
        self.entry.setPlaceholderText(tr("Code or name, in Chinese or English"))
        self.choice.currentIndexChanged.connect(lambda _index: self.refresh())
        self.kind.currentIndexChanged.connect(lambda _index: self.refresh())
        self.entry.textChanged.connect(self.search)
        row = QHBoxLayout()
        row.addWidget(self.choice)
        row.addWidget(self.kind)
        row.addWidget(self.entry, 1)
        return row

    def _list(self) -> QWidget:
        """The tree, and how many classes it shows."""
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels([tr("Code"), tr("Class"), tr("English (our translation)")])
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        header = self.tree.header()
        for place, width in enumerate(_COLUMN_WIDTHS):
            header.resizeSection(place, width)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.tree.currentItemChanged.connect(self._show_chosen)
        self.tree.addAction(self.copy_action)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.count = plain_label(style=GREY)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tree, 1)
        column.addWidget(self.count)
        return whole

    def _local_row(self) -> QHBoxLayout:
        """The city's own classes, and what can be done with them."""
        self.local = plain_label(style=GREY)
        self.load_button = QPushButton(tr("Load the city's table…"))
        self.load_button.clicked.connect(lambda _checked=False: self._ask_table())
        self.remove_button = QPushButton(tr("Remove"))
        self.remove_button.clicked.connect(lambda _checked=False: self.remove_table())
        save = QPushButton(tr("Save the crosswalk…"))
        save.setToolTip(tr("Write this scheme beside the others, class by class, as a table"))
        save.clicked.connect(lambda _checked=False: self._ask_crosswalk())
        close = QPushButton(tr("Close"))
        close.clicked.connect(lambda _checked=False: self.close())
        row = QHBoxLayout()
        row.addWidget(self.local, 1)
        for button in (self.load_button, self.remove_button, save, close):
            button.setAutoDefault(False)  # Enter in the search line presses none of them
            row.addWidget(button)
        return row
