"""The OS versions of IMS (IMS API: values of os_version; boot modes: OSs supporting UEFI)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from imagedrop_local.ims.switches import ImsSwitches


@dataclass(frozen=True)
class OsVersion:
    """`newer`: only in newer lists of OS versions."""

    name: str
    platform: str
    os_type: Literal["Windows", "Linux", "Other"]
    uefi: bool = False
    newer: bool = False

    @property
    def bits(self) -> int:
        return 32 if "32" in self.name.rsplit(" ", 1)[-1] else 64

    def attributes(self) -> dict[str, str]:
        """As attributes of an image (IMS API: image attributes)."""
        return {
            "__os_type": self.os_type,
            "__os_version": self.name,
            "__platform": self.platform,
            "__os_bit": str(self.bits),
        }


def _windows(name: str, *, uefi: bool = False, newer: bool = False) -> OsVersion:
    return OsVersion(name, "Windows", "Windows", uefi, newer)


def _linux(name: str, platform: str, *, uefi: bool = True) -> OsVersion:
    return OsVersion(name, platform, "Linux", uefi)


VERSIONS = (
    *(
        _windows(f"Windows Server {year} {edition} 64bit", uefi=True, newer=year == "2022")
        for year in ("2022", "2019", "2016", "2012 R2", "2012")
        for edition in ("Standard", "Datacenter")
    ),
    _windows("Windows Server 2012 Essentials R2 64bit", uefi=True),
    *(
        _windows(f"Windows Server 2008 R2 {edition} 64bit")
        for edition in ("Standard", "Enterprise", "Datacenter", "WEB")
    ),
    _windows("Windows 10 64bit", uefi=True),
    *(
        _windows(f"Windows 7 {edition}", newer=True)
        for edition in ("Enterprise 64bit", "Professional 64bit", "Professional 32bit")
    ),
    _linux("CentOS 7.9 64bit", "CentOS"),
    _linux("Debian 11.1.0 64bit", "Debian"),
    _linux("EulerOS 2.5 64bit", "EulerOS"),
    _linux("Ubuntu 20.04 server 64bit", "Ubuntu"),
    _linux("Ubuntu 22.04 server 64bit", "Ubuntu"),
    _linux("Other Linux(64 bit)", "Other"),
)


def versions_of_region(switches: ImsSwitches) -> dict[str, OsVersion]:
    """The versions of a region by name, with its name for an unlisted Windows."""
    known = [version for version in VERSIONS if switches.ims_os_list == "all" or not version.newer]
    known.append(_windows(switches.ims_other_windows, uefi=switches.ims_other_windows_uefi))
    return {version.name: version for version in known}


def find(name: str) -> OsVersion:
    """The version with this name; an unknown name is taken for a Windows."""
    return next((version for version in VERSIONS if version.name == name), _windows(name, uefi=True))
