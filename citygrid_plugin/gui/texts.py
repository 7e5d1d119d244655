"""What the windows have in common: text out of files shown as it is (Qt takes what looks like markup for markup)."""

from __future__ import annotations

import html

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLabel

GREY = "color: #6b6b6b;"
_BRIEF = 8  # seconds


def plain_label(text: str = "", style: str = "") -> QLabel:
    """A label of plain text that breaks its lines."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setWordWrap(True)
    label.setStyleSheet(style)
    return label


def plain_tip(text: str) -> str:
    """A tooltip of plain text; empty for none."""
    return f'<p style="white-space: pre-wrap">{html.escape(text)}</p>' if text else ""


def warn(bar: QgsMessageBar, text: str, details: str = "", *, brief: bool = False) -> None:
    """Say in a message bar what is wrong, with ``details`` behind a button; it stays unless it is ``brief``."""
    shown = _in_bar(text)
    seconds = _BRIEF if brief else -1
    if details:
        bar.pushMessage("CityGrid", shown, details, Qgis.MessageLevel.Warning, seconds)
    else:
        bar.pushMessage("CityGrid", shown, Qgis.MessageLevel.Warning, seconds)


def praise(bar: QgsMessageBar, text: str) -> None:
    """Say for a moment that something went well."""
    bar.pushMessage("CityGrid", _in_bar(text), Qgis.MessageLevel.Success, _BRIEF)


def inform(bar: QgsMessageBar, text: str) -> None:
    """Say something that is good to know."""
    bar.pushMessage("CityGrid", _in_bar(text), Qgis.MessageLevel.Info)


def _in_bar(text: str) -> str:
    """Message bars show markup."""
    return html.escape(text, quote=False).replace("\n", "<br>")
