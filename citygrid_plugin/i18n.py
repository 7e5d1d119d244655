"""Translation of all texts, in one context.

English source strings stand in ``tr("…")``, in the ``template`` of errors, and in tables named
``TEXTS``; ``scripts/translations`` collects them into ``i18n/``.
"""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication, QLocale, QSettings, QTranslator

from .core.errors import CityGridError

CONTEXT = "CityGrid"


def tr(text: str) -> str:
    """The text in the language of the interface."""
    return QCoreApplication.translate(CONTEXT, text)


def sentence(error: CityGridError) -> str:
    """An error's sentence in the language of the interface, with its values filled in."""
    return tr(error.template).format(**error.values)


def install_translator() -> QTranslator | None:
    """Load the plugin's translation for the language that QGIS is set to, if there is one."""
    settings = QSettings()
    override = settings.value("locale/overrideFlag", False, type=bool)
    locale = settings.value("locale/userLocale", "") if override else QLocale.system().name()
    translator = QTranslator()
    folder = Path(__file__).parent / "i18n"
    if locale and translator.load(f"citygrid_{locale}", str(folder)):
        QCoreApplication.installTranslator(translator)
        return translator
    return None
