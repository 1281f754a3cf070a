"""The Windows values of `os_version` as IMS spells them, which of them support UEFI, and which one a Windows is by its
registry.

Source: IMS API, values of related parameters; UEFI: user guide, operating systems that support UEFI boot mode. IMS
documents these values for every region; a region may list more (ListOsVersions). The values for a Windows that is not
listed are the console's and not confirmed for the API.
"""

from __future__ import annotations

_ESSENTIALS_2012_R2 = "Windows Server 2012 Essentials R2 64bit"
_UEFI = (
    "Windows 10 64bit",
    *(
        f"Windows Server {year} {edition} 64bit"
        for year in ("2022", "2019", "2016", "2012 R2", "2012")
        for edition in ("Standard", "Datacenter")
    ),
    _ESSENTIALS_2012_R2,
)
_BIOS_ONLY = (
    "Windows 7 Enterprise 64bit",
    "Windows 7 Professional 64bit",
    "Windows 7 Professional 32bit",
    *(f"Windows Server 2008 R2 {edition} 64bit" for edition in ("Standard", "Enterprise", "Datacenter", "WEB")),
)
OTHER = {64: "Other Windows(64 bit)", 32: "Other Windows(32 bit)"}
UNLISTED = tuple(OTHER.values())

WINDOWS: tuple[str, ...] = (*_UEFI, *_BIOS_ONLY, *UNLISTED)
UEFI: frozenset[str] = frozenset(_UEFI)
BIOS_ONLY: frozenset[str] = frozenset(_BIOS_ONLY)

# Builds of releases. IMS does not list the semi-annual releases and previews between them.
_SERVER_BUILDS = {
    7600: "2008 R2",
    7601: "2008 R2",
    9200: "2012",
    9600: "2012 R2",
    14393: "2016",
    17763: "2019",
    20348: "2022",
    26100: "2025",
}
_SERVER_EDITIONS = {
    "serverstandard": "Standard",
    "serverenterprise": "Enterprise",
    "serverdatacenter": "Datacenter",
    "serverweb": "WEB",
}
_WINDOWS_10 = range(10240, 22000)  # 22000 and later is Windows 11, even if ProductName says Windows 10


def of(build: int, edition: str, server: bool, bits: int) -> str | None:
    """The IMS value for a Windows on x86 processors; None if IMS lists none.

    `build`: CurrentBuildNumber; `edition`: EditionID. Evaluation (Eval), Server Core (Cor, Core) and editions without
    media player (N, KN) count as the edition they are based on. `bits`: 32 or 64.
    """
    plain = edition.lower()
    for ending in ("core", "cor", "eval", *(() if server else ("n", "k"))):
        plain = plain.removesuffix(ending)
    spelled = f"{_server(build, plain) if server else _client(build, plain)} {bits}bit"
    return spelled if spelled in WINDOWS else None


def _server(build: int, edition: str) -> str | None:
    if build == 9600 and edition == "serversolution":
        return _ESSENTIALS_2012_R2.removesuffix(" 64bit")
    return f"Windows Server {_SERVER_BUILDS.get(build)} {_SERVER_EDITIONS.get(edition)}"


def _client(build: int, edition: str) -> str | None:
    if build in (7600, 7601):
        return f"Windows 7 {edition.capitalize()}"
    return "Windows 10" if build in _WINDOWS_10 else None
