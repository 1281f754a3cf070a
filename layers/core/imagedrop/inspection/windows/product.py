"""The SOFTWARE hive: which Windows it is, and the state in which Setup or sysprep left it."""

from __future__ import annotations

from typing import NamedTuple

from imagedrop.inspection.facts import Architecture
from imagedrop.inspection.registry import Hive, Key
from imagedrop.inspection.windows.installation import Installation

CURRENT_VERSION = "Microsoft\\Windows NT\\CurrentVersion"
STATE = "Microsoft\\Windows\\CurrentVersion\\Setup\\State"
STATE_FILE = "Setup/State/State.ini"
MAX_STATE_FILE = 4096  # bytes
MAX_TEXT = 255  # characters; a longer value is not a name
WINDOWS_11 = 22000  # its first build; its registry still has the product name Windows 10
ARCHITECTURES: dict[str, Architecture] = {"amd64fre": "x86_64", "x86fre": "x86", "arm64fre": "arm64"}


class Product(NamedTuple):
    """None: not recorded. Its fields have the names of `WindowsFacts`."""

    product_name: str | None
    edition: str | None
    build: int | None
    ubr: int | None
    display_version: str | None
    installation_type: str | None
    architecture: Architecture | None

    @property
    def is_server(self) -> bool:
        kind = self.installation_type or self.edition or self.product_name or ""
        return "server" in kind.lower()


def read_product(software: Hive) -> Product:
    key = software.root().subkey(CURRENT_VERSION)
    values = _Values(key)
    build = values.number("CurrentBuildNumber", "CurrentBuild")
    kind, edition, name = values.text("InstallationType"), values.text("EditionID"), values.text("ProductName")
    lab = (values.text("BuildLabEx") or values.text("BuildLab") or "").lower().split(".")
    architecture = next((ARCHITECTURES[part] for part in lab if part in ARCHITECTURES), None)
    shown = values.text("DisplayVersion") or values.text("ReleaseId")
    found = Product(name, edition, build, values.number("UBR"), shown, kind, architecture)
    return found._replace(product_name=_real_name(found))


def _real_name(found: Product) -> str | None:
    name = found.product_name
    if name and not found.is_server and (found.build or 0) >= WINDOWS_11:
        return name.replace("Windows 10", "Windows 11", 1)
    return name


def read_image_state(software: Hive, windows: Installation) -> str | None:
    """Such as IMAGE_STATE_COMPLETE (Windows Setup: Windows Setup States)."""
    key = software.root().subkey(STATE)
    return _Values(key, "ImageState").text("ImageState") or _image_state_in_file(windows)


def _image_state_in_file(windows: Installation) -> str | None:
    file = windows.file(STATE_FILE)
    data = file.data() if file else None
    if data is None or data.size > MAX_STATE_FILE:
        return None
    raw = data.read(0, data.size)
    text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    lines = (line.strip().partition("=") for line in text.splitlines())
    return _name(next((value for name, _, value in lines if name.strip().lower() == "imagestate"), ""))


def _name(text: str) -> str | None:
    return text.strip() or None if len(text) <= MAX_TEXT else None


class _Values:
    """Values of a key by name and type; None where there is none, or it has another type."""

    NAMES = ("ProductName", "EditionID", "CurrentBuildNumber", "CurrentBuild", "UBR", "DisplayVersion", "ReleaseId",
             "InstallationType", "BuildLabEx", "BuildLab")  # fmt: skip

    def __init__(self, key: Key | None, *names: str) -> None:
        self._values = key.values(*(names or self.NAMES)) if key else {}

    def text(self, name: str) -> str | None:
        value = self._values.get(name)
        return _name(value) if isinstance(value, str) else None

    def number(self, *names: str) -> int | None:
        """The first that is an integer, or a text of digits."""
        for name in names:
            value = self._values.get(name)
            if isinstance(value, int):
                return value
            if isinstance(value, str) and value.isascii() and value.isdigit():
                return int(value[:9])
        return None
