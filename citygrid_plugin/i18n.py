"""Translation of all texts, in one context.

English source strings stand in ``tr("…")``, in the ``template`` of errors, and in tables named
``TEXTS``; ``scripts/translations`` collects them into ``i18n/``.
"""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

from .core.errors import CityGridError

CONTEXT = "CityGrid"


def tr(text: str) -> str:
    """The text in the language of the interface."""
    return QCoreApplication.translate(CONTEXT, text)


_OUR_WORDS = ("why", "remedy", "wanted")  # values of errors that are our own phrases, not data


def sentence(error: CityGridError) -> str:
    """An error's sentence in the language of the interface, with its values filled in."""
    values = {name: tr(str(value)) if name in _OUR_WORDS else value for name, value in error.values.items()}
    return tr(error.template).format(**values)


def install_translator() -> QTranslator | None:
    """Load the plugin's translation for the language that QGIS shows, if there is one.

    QGIS names Chinese by its script (zh-Hans); Qt's own search finds zh_CN for it.
    """
    locale = QLocale(QgsApplication.instance().translation())
    translator = QTranslator()
    if translator.load(locale, "citygrid", "_", str(Path(__file__).parent / "i18n")):
        QCoreApplication.installTranslator(translator)
        return translator
    return None
