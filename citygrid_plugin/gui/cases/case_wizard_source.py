"""First page of the wizard that loads cases: from which file, layer or service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    Qgis,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsProject,
    QgsVectorLayer,
)
from qgis.gui import QgsAuthConfigSelect, QgsDateEdit, QgsFileWidget, QgsMapLayerComboBox
from qgis.PyQt.QtCore import QDate, Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
    QWizardPage,
)

from citygrid_plugin.core.errors import Cancelled, CityGridError
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.gui.records.sources import Reader, Reading, Source, Sources
from citygrid_plugin.gui.texts import GREY, plain_label
from citygrid_plugin.gui.widgets import CompactBox
from citygrid_plugin.i18n import sentence, tr
from citygrid_plugin.processing.accounts import said
from citygrid_plugin.processing.cases.load_cases import LoadCases

if TYPE_CHECKING:
    from citygrid_plugin.core.records.saved_mappings import SavedMapping
    from citygrid_plugin.storage.case_sources import CaseSource
    from citygrid_plugin.storage.readers.deliveries import Deliveries

FILE, LAYER, SERVICE = range(3)
_TABLE = "|layername="  # between file and table in a source
_DATE = "yyyy-MM-dd"
_SHOWN_OF_SERVICE = 1_000  # cases that are fetched to see what they are like
_SUFFIXES = "csv txt tsv xlsx xlsm xls ods gpkg geojson json jsonl ndjson shp dbf"


@dataclass(frozen=True)
class Origin:
    """Where cases come from: ``parameters`` of the algorithm for now, ``lasting`` ones for the next time.

    ``lasting`` is empty where the source cannot be found again, such as a layer in memory.
    """

    name: str
    parameters: dict[str, Any]
    lasting: dict[str, Any] = field(default_factory=dict)


class SourcePage(QWizardPage):
    """One list of cases; it is read as soon as it is chosen. ``restored`` brings a source that was loaded before."""

    restored = pyqtSignal(dict)

    def __init__(self, sources: Sources, before: Sequence[CaseSource], forget: Callable[[str], None]) -> None:
        """``before``: sources that were loaded before; ``forget`` drops one by name. Raises ``UnwritableTarget``."""
        super().__init__()
        self._sources, self._before, self._forget = sources, list(before), forget
        self._tables: list[tuple[str, int]] = []  # of the file, with their records
        self._left: list[str] = []  # names of files that were dropped beside the one that is taken
        self._reading: SavedMapping | None = None  # how the next source is to be read
        self.origin: Origin | None = None
        self.setTitle(tr("Where the cases come from"))
        self.setSubTitle(tr("A list that another system has written, a layer of the project, or a service."))
        self.setAcceptDrops(True)
        self.before = CompactBox(24)
        self.before.addItem(tr("– a new source –"), None)
        for source in before:
            self.before.addItem(source.name, source.name)
        self.kinds = QButtonGroup(self)
        self._pages: list[QWidget] = []
        choices = QHBoxLayout()
        for kind, (text, page) in enumerate(self._kinds()):
            button = QRadioButton(text)
            self.kinds.addButton(button, kind)
            self._pages.append(page)
            choices.addWidget(button)
        choices.addStretch(1)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.told = plain_label()
        again = QHBoxLayout()
        again.addWidget(QLabel(tr("Loaded before")))
        again.addWidget(self.before, 1)
        self.forget_button = QPushButton(tr("Forget…"))
        self.forget_button.setToolTip(tr("The source is not read again; the cases that came from it stay."))
        self.forget_button.setEnabled(False)
        self.forget_button.clicked.connect(lambda _checked=False: self._ask_to_forget())
        again.addWidget(self.forget_button)
        self._again = QWidget()
        self._again.setLayout(again)
        again.setContentsMargins(0, 0, 0, 0)
        self._again.setVisible(bool(before))
        self._show_kind(FILE)
        column = QVBoxLayout(self)
        column.addWidget(self._again)
        column.addLayout(choices)
        for page in self._pages:
            column.addWidget(page)
        column.addWidget(self.busy)
        column.addWidget(self.told)
        column.addStretch(1)
        self.before.activated.connect(lambda _index: self._restore())
        self.kinds.idClicked.connect(self._change_kind)
        sources.changed.connect(self._show)
        self._show()

    def _kinds(self) -> list[tuple[str, QWidget]]:
        return [
            (tr("File"), self._file_page()),
            (tr("Layer of the project"), self._layer_page()),
            (tr("Open311 service"), self._service_page()),
        ]

    def _file_page(self) -> QWidget:
        self.file = QgsFileWidget()
        self.file.setStorageMode(QgsFileWidget.StorageMode.GetFile)
        kinds = " ".join(f"*.{suffix}" for suffix in _SUFFIXES.split())
        self.file.setFilter(f"CSV, Excel, GeoPackage, JSON ({kinds});;{tr('All files')} (*)")
        self.file.setDialogTitle(tr("List of cases"))
        self.file.fileChanged.connect(lambda _path: self._read_file())
        self.table = CompactBox(24)
        self.table.activated.connect(lambda _index: self._choose_table())
        self.table_label = QLabel(tr("Table"))
        for widget in (self.table, self.table_label):
            widget.hide()  # until a file with several is read
        hint = tr("CSV in any usual encoding, Excel, GeoPackage, GeoJSON, JSON lines. A file can also be dropped here.")
        return _form([(tr("File"), self.file), (self.table_label, self.table)], hint)

    def _layer_page(self) -> QWidget:
        self.layer = QgsMapLayerComboBox()
        self.layer.setFilters(Qgis.LayerFilter.VectorLayer)
        self.layer.setAllowEmptyLayer(True)
        self.layer.setLayer(None)
        self.layer.setMinimumContentsLength(12)
        self.layer.layerChanged.connect(self._read_layer)  # a bound method: it is let go with the page, a lambda is not
        hint = tr(
            "Any layer of the project, such as a table or view of PostgreSQL (add it with Layer ▸ Add Layer first). "
            "Its filter counts."
        )
        return _form([(tr("Layer"), self.layer)], hint)

    def _service_page(self) -> QWidget:
        self.url, self.jurisdiction = QLineEdit(), QLineEdit()
        self.url.setPlaceholderText("https://…/open311/v2")
        self.jurisdiction.setPlaceholderText(tr("only where the service asks for it"))
        self.login = QgsAuthConfigSelect()
        self.since, self.until = QgsDateEdit(), QgsDateEdit()
        for date in (self.since, self.until):
            date.setNullRepresentation(tr("not set"))
            date.setDisplayFormat(_DATE)
            date.clear()
        self.connect_button = QPushButton(tr("Read the service"))
        self.connect_button.clicked.connect(lambda _checked=False: self._read_service())
        days = QWidget()
        line = QHBoxLayout(days)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.since, 1)
        line.addWidget(QLabel("–"))
        line.addWidget(self.until, 1)
        hint = tr(
            "The address of the endpoint (GeoReport v2), without “requests.json”. Without days, the last 90 are asked "
            "for; longer times are asked for piece by piece, since services answer for 90 days at most."
        )
        rows = [
            (tr("Address"), self.url),
            (tr("Jurisdiction"), self.jurisdiction),
            (tr("Reported from – to"), days),
            (tr("Login"), self.login),
            ("", self.connect_button),
        ]
        return _form(rows, hint)

    # What the wizard asks for

    def isComplete(self) -> bool:
        return self.origin is not None and self._sources.can_be_ready

    def _show(self) -> None:
        self.busy.setVisible(self._sources.is_busy)
        source = self._sources.all[0] if self._sources.all else None
        if source is not None and source.is_read and self._kind == FILE:
            self._list_tables(source)
        self.told.setText(self._said(source))
        self.completeChanged.emit()

    def _said(self, source: Source | None) -> str:
        if source is None:
            return tr("Nothing is chosen yet.")
        if not source.is_read:
            return tr("Reading…")
        if source.needs_crs:
            return tr("The file does not say in which coordinate reference system it is: the next page asks for it.")
        if source.message:
            return source.message
        text = tr("Records: {records}.").format(records=f"{source.count:,}")
        remarks = [said(remark) for records in source.records for remark in records.remarks]
        return "\n".join((text, *remarks, *self._said_of_left()))

    def _said_of_left(self) -> list[str]:
        """What became of files that were dropped together with this one."""
        if not self._left or self._kind != FILE:
            return []
        text = tr("A source is one file: load {files} afterwards, each with a wizard of its own.")
        return [text.format(files=tr(", ").join(self._left))]

    @property
    def _kind(self) -> int:
        return self.kinds.checkedId()

    def _show_kind(self, kind: int) -> None:
        """Show the settings of a kind."""
        self.kinds.button(kind).setChecked(True)
        for number, page in enumerate(self._pages):
            page.setVisible(number == kind)

    def _change_kind(self, kind: int) -> None:
        self._show_kind(kind)
        self.origin = None
        self._sources.remove(list(self._sources.all))
        (self._read_file, self._read_layer, lambda: None)[kind]()

    # Reading

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.choose_file(Path(paths[0]))
            self._left = [Path(path).name for path in paths[1:]]

    def choose_file(self, path: Path) -> None:
        """Take a file."""
        self._show_kind(FILE)
        if self.file.filePath() == str(path):
            self._read_file()
        else:
            self.file.setFilePath(str(path))

    def _read_file(self, table: str = "") -> None:
        path = Path(self.file.filePath())
        self._tables, self._left = [], []
        self.origin = None
        if not self.file.filePath() or not path.is_file():
            self._sources.remove(list(self._sources.all))
            if self.file.filePath():
                self.told.setText(tr("“{path}” is no file. Choose another one.").format(path=self.file.filePath()))
            return
        self._take_file(path, table)

    def _take_file(self, path: Path, table: str) -> None:
        place = {"INPUT": f"{path}{_TABLE}{table}" if table else str(path)}
        name = f"{path.name} · {table}" if table else path.name
        self.origin = Origin(name, place, place)
        self._take(Source(path, partial(_read_table, table=table)))

    def _list_tables(self, source: Source) -> None:
        """The tables of a file that has several; that with the most records is the one to read."""
        layers = [(records.layer, len(records.frame)) for records in source.records if records.layer]
        if not self._tables and len(layers) > 1:
            self._tables = layers
            self.table.clear()
            for layer, count in layers:
                self.table.addItem(f"{layer} ({count:,})", layer)
            self.table.setCurrentIndex(max(range(len(layers)), key=lambda number: layers[number][1]))
            self._choose_table()
        for widget in (self.table, self.table_label):
            widget.setVisible(len(self._tables) > 1)

    def _choose_table(self) -> None:
        self._take_file(Path(self.file.filePath()), self.table.currentData())

    def _read_layer(self, _layer: QgsMapLayer | None = None) -> None:
        layer = self.layer.currentLayer()
        if layer is None or self._kind != LAYER:
            return
        self.origin = Origin(layer.name(), {"INPUT": layer.id()}, lasting_parameters(layer))
        self._take(Source(Path(layer.name()), _reader_of(self.origin.parameters)))

    def _read_service(self) -> None:
        url = self.url.text().strip()
        if not url:
            self.told.setText(tr("Enter the address of the service first."))
            return
        place = {"SERVICE_URL": url}
        texts = {
            "JURISDICTION": self.jurisdiction.text().strip(),
            "AUTH": self.login.configId(),
            "SINCE": _text(self.since.date()),
            "UNTIL": _text(self.until.date()),
        }
        place |= {name: text for name, text in texts.items() if text}
        self.origin = Origin(QUrl(url).host() or url, place, place)
        source = Source(Path(self.origin.name), _reader_of(place))
        source.choose_datum(0)  # GeoReport v2 states WGS 84: where cases lie is no reason to take another one unasked
        self._take(source)

    def _take(self, source: Source) -> None:
        """Read a source, as it was read before where it was."""
        before, self._reading = self._reading, None
        if before is not None:
            source.encoding, source.crs, source.xy = before.encoding, before.crs, before.xy
            source.choose_datum(int(before.datum))
        self._sources.take(source)

    # Sources that were loaded before

    def _restore(self) -> None:
        source = next((each for each in self._before if each.name == self.before.currentData()), None)
        self.forget_button.setEnabled(source is not None)
        if source is None:
            return
        self.restored.emit(source.parameters)
        self._take_up(source.name, source.parameters)

    def _ask_to_forget(self) -> None:
        name = self.before.currentData()
        text = tr("Forget the source “{name}”? Its cases stay, but they are not read again by themselves.")
        box = QMessageBox(QMessageBox.Icon.Question, tr("Load cases"), text.format(name=name), parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)  # names come from files and services
        agreed = box.addButton(tr("Forget"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is agreed:
            self.forget_source(name)

    def forget_source(self, name: str) -> None:
        """Forget a source that was loaded before; what is chosen on this page stays."""
        try:
            self._forget(name)
        except CityGridError as error:
            self.told.setText(sentence(error))
            return
        self._before = [source for source in self._before if source.name != name]
        self.before.removeItem(self.before.findData(name))
        self.before.setCurrentIndex(0)
        self.forget_button.setEnabled(False)
        self._again.setVisible(bool(self._before))

    def _take_up(self, name: str, parameters: Mapping[str, Any]) -> None:
        from citygrid_plugin.core.cases.cases import TARGETS  # noqa: PLC0415 - loads pandas
        from citygrid_plugin.core.records.saved_mappings import parse_saved  # noqa: PLC0415

        with suppress(CityGridError):  # then it is read as its bytes tell
            self._reading = parse_saved(str(parameters.get("MAPPING", "")), TARGETS)
        if url := parameters.get("SERVICE_URL", ""):
            self._show_kind(SERVICE)
            self.url.setText(url)
            self.jurisdiction.setText(parameters.get("JURISDICTION", ""))
            self.login.setConfigId(parameters.get("AUTH", ""))
            self.since.setDate(QDate.fromString(parameters.get("SINCE", ""), _DATE))
            self.until.setDate(QDate.fromString(parameters.get("UNTIL", ""), _DATE))
            self._read_service()
            return
        place = str(parameters.get("INPUT", ""))
        path, _, table = place.partition(_TABLE)
        if Path(path).is_file():
            self._show_kind(FILE)
            self.file.blockSignals(True)
            self.file.setFilePath(path)
            self.file.blockSignals(False)
            self._read_file(table)
            return
        self._show_kind(LAYER)
        self.origin = Origin(name, {"INPUT": place}, {"INPUT": place})
        self._take(Source(Path(name), _reader_of(self.origin.parameters)))


def _form(rows: Sequence[tuple[str | QLabel, QWidget]], hint: str) -> QWidget:
    page = QWidget()
    form = QFormLayout(page)
    form.setContentsMargins(0, 0, 0, 0)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    for label, widget in rows:
        form.addRow(label, widget)
    form.addRow(plain_label(hint, GREY))
    return page


def _text(date: QDate) -> str:
    return date.toString(_DATE) if date.isValid() else ""


def lasting_parameters(layer: QgsMapLayer) -> dict[str, Any]:
    """How a layer is found once the project is closed; empty for one in memory."""
    if not isinstance(layer, QgsVectorLayer) or layer.providerType() == "memory":
        return {}
    if layer.providerType() == "ogr":
        return {"INPUT": layer.source()}
    return {"INPUT": QgsProcessingUtils.encodeProviderKeyAndUri(layer.providerType(), layer.source())}


def _read_table(reading: Reading, _progress: Progress, table: str) -> Deliveries:
    """A file, or one table of it."""
    import pyproj  # noqa: PLC0415

    from citygrid_plugin.storage.readers.deliveries import Deliveries  # noqa: PLC0415
    from citygrid_plugin.storage.readers.encodings import checked_encoding  # noqa: PLC0415
    from citygrid_plugin.storage.readers.records import Options, Records, read_file, read_records  # noqa: PLC0415

    crs = pyproj.CRS(reading.crs) if reading.crs else None
    if table:
        return Deliveries([read_records(reading.path, table, reading.encoding or None, crs, reading.xy)])
    options = Options(checked_encoding(reading.encoding or None), crs, reading.xy)
    found = list(read_file(reading.path, options))
    records = [each for each in found if isinstance(each, Records)]
    failed = [] if records else [each for each in found if isinstance(each, CityGridError)]
    return Deliveries(records, failed)


def _reader_of(parameters: dict[str, Any]) -> Reader:
    """Reads what is no file as the algorithm does; of a service, as much as tells what it is like."""
    algorithm, project = LoadCases().create(), QgsProject.instance()

    def read(reading: Reading, progress: Progress) -> Deliveries:
        from citygrid_plugin.core.records.saved_mappings import SavedMapping  # noqa: PLC0415
        from citygrid_plugin.storage.readers.deliveries import Deliveries  # noqa: PLC0415

        mapping = SavedMapping({}, encoding=reading.encoding, crs=reading.crs, xy=reading.xy)
        asked = parameters | {"MAPPING": mapping.to_json()}
        most = _SHOWN_OF_SERVICE if "SERVICE_URL" in parameters else None
        context = QgsProcessingContext()  # layers that it loads belong to this thread
        context.setProject(project)
        return Deliveries([algorithm.records(asked, context, _Listening(progress), most)])

    return read


class _Listening(QgsProcessingFeedback):
    """Tells an algorithm that reads in a background task that the task was cancelled."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(False)
        self._progress = progress

    def isCanceled(self) -> bool:
        try:
            self._progress(self.progress() / 100)
        except Cancelled:
            self.cancel()
        return bool(super().isCanceled())
