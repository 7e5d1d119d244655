"""Text out of files, shown as it is: Qt would take what looks like markup for markup."""

from __future__ import annotations

import html

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLabel

GREY = "color: #6b6b6b;"


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
