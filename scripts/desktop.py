"""A real QGIS window with the plugin, in a throw-away profile: for a look, for pictures and for tests.

``scripts/run-qgis`` is the command. Tests import this module. Needs nothing but Python's own library.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import headless

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = "citygrid_plugin"
PROFILE = "citygrid"
SIZE = "1600x1000"
START_SECONDS = 180  # a cold start on a busy machine takes most of a minute
STOP_SECONDS = 20

# A quiet profile: no news, no check for updates, no complaint about the missing GRASS.
_SETTINGS = """\
[PythonPlugins]
{plugin}processing=true
grassprovider=false

[core]
httpsfeedqgisorg\\disabled=true

[plugin-manager]
automatically-check-for-updates=false

[qgis]
checkVersion=false

[locale]
overrideFlag={override}
userLocale={locale}
"""

# Run by QGIS itself. The picture is taken when the window has stood complete and still for a while.
_READY_SCRIPT = """\
import os
from pathlib import Path
from qgis.PyQt.QtCore import QTimer
from qgis.utils import iface

def done():
    if iface.mapCanvas().isDrawing():
        QTimer.singleShot(500, done)
    else:
        Path(os.environ["CITYGRID_READY"]).touch()

iface.mainWindow().showMaximized()
QTimer.singleShot(4000, done)
"""


class DesktopError(RuntimeError):
    """The window did not come up: why (a key of ``TEXTS``) and how much of it."""

    TEXTS: ClassVar = {
        "ended": "QGIS ended with code {} before it was ready.",
        "hangs": "QGIS was not ready after {} s.",
        "screen": "Xvfb did not start.",
    }

    def __init__(self, why: str, value: object = "") -> None:
        super().__init__(self.TEXTS[why].format(value))


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a process that we started."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(file: Path, process: subprocess.Popen[bytes], seconds: float = START_SECONDS) -> None:
    """Wait until QGIS has written ``file``; raise ``DesktopError`` if it ends or hangs before that."""
    end = time.monotonic() + seconds
    while not file.exists():
        if process.poll() is not None:
            raise DesktopError("ended", process.returncode)
        if time.monotonic() > end:
            raise DesktopError("hangs", seconds)
        time.sleep(0.2)


@contextlib.contextmanager
def display(size: str = SIZE) -> Iterator[str]:
    """A virtual screen with a window manager; gives its name and takes it away at the end."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()  # Xvfb takes the first free number and writes it here
        if not number:
            raise DesktopError("screen")
        name = f":{number}"
        manager = subprocess.Popen(
            ["openbox"], env=os.environ | {"DISPLAY": name}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield name
        finally:
            _stop(manager)
    finally:
        _stop(server)


def make_profile(folder: Path, locale: str = "", *, with_plugin: bool = True) -> Path:
    """Make a profile under ``folder`` (for ``--profiles-path``); returns the profile's own folder."""
    profile = folder / "profiles" / PROFILE
    plugins = profile / "python" / "plugins"
    plugins.mkdir(parents=True)
    settings = profile / "QGIS" / "QGIS3.ini"
    settings.parent.mkdir()
    plugin = f"{PLUGIN}=true\n" if with_plugin else ""  # QGIS starts what it installs if it has never seen it
    override = str(bool(locale)).lower()
    settings.write_text(_SETTINGS.format(plugin=plugin, override=override, locale=locale), encoding="utf-8")
    if with_plugin:
        command = [sys.executable, str(ROOT / "scripts" / "package"), "--folder", str(plugins)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return profile


def environment(screen: str | None = None) -> dict[str, str]:
    """The environment of ``headless``, but with a window: on ``screen`` if one is given."""
    result = headless.environment()
    del result["QT_QPA_PLATFORM"]
    if screen is not None:
        result.pop("WAYLAND_DISPLAY", None)
        result |= {"DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"}
    return result


@contextlib.contextmanager
def qgis(
    folder: Path, arguments: Sequence[str], variables: Mapping[str, str], log: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """QGIS running with the profile under ``folder``; ended when the block is left."""
    command = ["qgis", "--nologo", "--noversioncheck", "--profiles-path", str(folder), "--profile", PROFILE]
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("wb")) if log else None
        process = subprocess.Popen([*command, *arguments], env=dict(variables), stdout=output, stderr=output)
        try:
            yield process
        finally:
            _stop(process)


def picture(screen: str, target: Path) -> None:
    """Save what the screen shows."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["import", "-display", screen, "-window", "root", str(target)], check=True)


def take_screenshot(target: Path, files: Sequence[str], locale: str, size: str) -> None:
    """Start QGIS on a virtual screen, wait until it stands still, and save a picture."""
    with tempfile.TemporaryDirectory(prefix="citygrid-") as scratch, display(size) as screen:
        folder = Path(scratch)
        make_profile(folder, locale)
        script, ready = folder / "ready.py", folder / "ready"
        script.write_text(_READY_SCRIPT, encoding="utf-8")
        variables = environment(screen) | {"CITYGRID_READY": str(ready)}
        log = folder / "qgis.log"
        try:
            with qgis(folder, ["--code", str(script), *files], variables, log) as process:
                wait_for(ready, process)
                picture(screen, target)
        except DesktopError:
            sys.stderr.write(log.read_text(encoding="utf-8", errors="replace"))
            raise
    print(target)


def show(files: Sequence[str], locale: str) -> int:
    """Start QGIS on the user's own display; returns when it is closed."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        sys.exit(
            "There is no display here (DISPLAY is not set). "
            "Run this in a desktop session, or ask for a picture: scripts/run-qgis --screenshot FILE.png"
        )
    with tempfile.TemporaryDirectory(prefix="citygrid-") as scratch:
        make_profile(Path(scratch), locale)
        with qgis(Path(scratch), files, environment()) as process:
            return process.wait()


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/run-qgis", description="Open QGIS with CityGrid in a throw-away profile."
    )
    parser.add_argument("files", nargs="*", help="projects or layers; the demo's project if none is named")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="need no display: save a picture, end")
    parser.add_argument("--locale", default="", help="language of the interface, such as zh-Hans")
    parser.add_argument("--size", default=SIZE, help=f"of the virtual screen, for a picture ({SIZE})")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave by the way that ends QGIS and its screen
    if shutil.which("qgis") is None:
        sys.exit("qgis is missing: run scripts/setup.")
    files = options.files or [str(path) for path in sorted((ROOT / "demo-output").glob("*.qgz"))[:1]]
    if options.screenshot is None:
        return show(files, options.locale)
    try:
        take_screenshot(options.screenshot, files, options.locale, options.size)
    except DesktopError as error:
        sys.exit(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
