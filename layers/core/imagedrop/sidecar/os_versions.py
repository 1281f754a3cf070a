"""The Windows values of `os_version`, spelled as IMS spells them, and which of them may start with UEFI.

Source: IMS API, values of related parameters; UEFI: user guide, operating systems that support UEFI boot mode.
`imagedrop doctor` can tell them from the region's own list (ListOsVersions); these are what every region is documented
to have. The values for a Windows that is not listed are the console's and not confirmed for the API.
"""

from __future__ import annotations

import difflib

_UEFI = (
    "Windows 10 64bit",
    *(
        f"Windows Server {year} {edition} 64bit"
        for year in ("2022", "2019", "2016", "2012 R2", "2012")
        for edition in ("Standard", "Datacenter")
    ),
    "Windows Server 2012 Essentials R2 64bit",
)
_BIOS_ONLY = (
    "Windows 7 Enterprise 64bit",
    "Windows 7 Professional 64bit",
    "Windows 7 Professional 32bit",
    *(f"Windows Server 2008 R2 {edition} 64bit" for edition in ("Standard", "Enterprise", "Datacenter", "WEB")),
)
UNLISTED = ("Other Windows(64 bit)", "Other Windows(32 bit)")

WINDOWS: tuple[str, ...] = (*_UEFI, *_BIOS_ONLY, *UNLISTED)
UEFI: frozenset[str] = frozenset(_UEFI)
BIOS_ONLY: frozenset[str] = frozenset(_BIOS_ONLY)


def nearest(value: str) -> str:
    """The known value that `value` most likely means."""
    shown = {known.lower(): known for known in WINDOWS}
    return shown[difflib.get_close_matches(value.lower()[:128], shown, 1, 0.0)[0]]
