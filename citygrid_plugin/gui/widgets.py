"""Small widgets that behave on small screens and in long lists."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QAction, QGuiApplication, QWheelEvent
from qgis.PyQt.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QSizePolicy, QToolButton, QWidget

from citygrid_plugin.i18n import tr

_LETTERS = 12  # that a box shows at least
_FRAME = QSize(16, 48)  # of a window, about
_ICON = QSize(22, 22)
_BESIDE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_SHARE = 0.8  # of the screen that an open list may take


class CompactBox(QComboBox):
    """A box whose width does not follow its longest entry: only the open list does.

    The wheel scrolls what the box stands in; by accident it would change a choice that nobody looks at.
    """

    def __init__(self, letters: int = _LETTERS) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(letters)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def showPopup(self) -> None:
        view = self.view()
        wanted = view.sizeHintForColumn(0) + view.verticalScrollBar().sizeHint().width()
        view.setMinimumWidth(min(wanted, int(_SHARE * self.screen().availableGeometry().width())))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def wide_button(action: QAction, style: Qt.ToolButtonStyle = _BESIDE) -> QToolButton:
    """A button with icon and text that takes what room there is."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(style)
    button.setIconSize(_ICON)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button


def answers(dialog: QDialog, yes: str) -> QDialogButtonBox:
    """The two buttons with which a dialog ends: one that says ``yes``, and one that cancels."""
    buttons = QDialogButtonBox()
    buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
    buttons.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons


def fitting(widget: QWidget, wanted: QSize) -> QSize:
    """A size for a window that its screen has room for."""
    screen = widget.screen() or QGuiApplication.primaryScreen()
    return wanted.boundedTo(screen.availableGeometry().size() - _FRAME)
