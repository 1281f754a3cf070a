"""The Windows disks of the tests, each with the `os_version` of IMS (None where IMS lists none)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from samples.builder.recipe import AUTO, BOOT, DISABLED, DRIVERS, MANUAL, SYSTEM, Ntfs, Recipe, Windows

SERVER_2008_R2 = Windows(
    "Windows Server 2008 R2 Enterprise", "ServerEnterprise", 7601, 0, "", "win7sp1_rtm", "Server",
    version="6.1", service_pack="Service Pack 1",
)  # fmt: skip
WINDOWS_7 = replace(
    SERVER_2008_R2, product_name="Windows 7 Professional", edition="Professional", installation_type="Client",
    product_type="WinNT",
)  # fmt: skip
SERVER_2012_R2 = Windows(
    "Windows Server 2012 R2 Standard", "ServerStandard", 9600, 20144, "", "winblue_ltsb", version="6.3"
)
WINDOWS_8_1 = replace(
    SERVER_2012_R2, product_name="Windows 8.1 Pro", edition="Professional", installation_type="Client",
    product_type="WinNT",
)  # fmt: skip
SERVER_2016 = Windows("Windows Server 2016 Datacenter", "ServerDatacenter", 14393, 7606, "", "rs1_release",
                      release_id="1607")  # fmt: skip
SERVER_2019 = Windows("Windows Server 2019 Standard", "ServerStandard", 17763, 6659, "", "rs5_release", "Server Core",
                      release_id="1809")  # fmt: skip
SERVER_2022 = Windows()
SERVER_2025 = Windows("Windows Server 2025 Datacenter", "ServerDatacenter", 26100, 2894, "24H2", "ge_release")
WINDOWS_10 = Windows("Windows 10 Pro", "Professional", 19045, 5371, "22H2", "vb_release", "Client",
                     product_type="WinNT", release_id="2009")  # fmt: skip
WINDOWS_11 = replace(WINDOWS_10, build=22631, ubr=4751, display_version="23H2", branch="ni_release",
                     shown_name="Windows 11 Pro")  # fmt: skip
ARM = replace(WINDOWS_11, build=26100, ubr=2894, display_version="24H2", branch="ge_release", architecture="arm64")
FOREIGN = replace(WINDOWS_10, product_name="Windows 10 专业版", computer_name="ПК-数据")
GENERALIZED = "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE"

SERVER_2022_NAME = "Windows Server 2022 Datacenter 64bit"
CONFIG = "Windows/System32/config"
STARTS = dict(zip(("viostor", "vioscsi", "netkvm", "BALLOON"), (SYSTEM, AUTO, DISABLED, BOOT), strict=True))
MIXED = tuple(replace(driver, start=STARTS.get(driver.service, MANUAL)) for driver in DRIVERS)
WORDS = ("Программы", "ユーザー", "数据中心", "Übersicht", "ǅungla", "𝔘nicode", "çalışma")


def lean(name: str, windows: Windows = SERVER_2022, ntfs: Ntfs | None = None, **more: Any) -> Recipe:
    """Few files and keys, so that the image is small."""
    few: dict[str, Any] = {"files": 40, "one_in": 12} | more
    return replace(Recipe(name, windows, ntfs=replace(ntfs or Ntfs(), short_log=True)), **few)


OLD: dict[str, Any] = {"firmware": "bios", "layout": "one partition"}
RECIPES: tuple[tuple[Recipe, str | None], ...] = (
    (lean("windows-7-x86", replace(WINDOWS_7, architecture="x86"), firmware="bios", cloudbase_init=False),
     "Windows 7 Professional 32bit"),
    (lean("server-2008-r2", SERVER_2008_R2, firmware="bios"), "Windows Server 2008 R2 Enterprise 64bit"),
    (lean("windows-8.1", WINDOWS_8_1, firmware="bios"), None),
    (lean("server-2012-r2", SERVER_2012_R2, **OLD), "Windows Server 2012 R2 Standard 64bit"),
    (lean("server-2016", SERVER_2016, Ntfs(cluster=65536), drivers=MIXED), "Windows Server 2016 Datacenter 64bit"),
    (lean("server-2019-core", SERVER_2019, capitals=True, **OLD), "Windows Server 2019 Standard 64bit"),
    (lean("server-2022", files=120, one_in=1), SERVER_2022_NAME),
    (lean("server-2025", SERVER_2025), None),
    (lean("windows-10", WINDOWS_10, hibernation=b"WAKE", cloudbase_service=None), "Windows 10 64bit"),
    (lean("windows-11", WINDOWS_11, cloudbase_service=DISABLED), None),
    (lean("windows-11-arm64", ARM, drivers=()), None),
    (lean("hibernated", replace(WINDOWS_10, fast_startup=True), hibernation=b"HIBR"), "Windows 10 64bit"),
    (lean("volume-dirty", ntfs=Ntfs(dirty=True)), SERVER_2022_NAME),
    (lean("hive-open", open_hives=("SYSTEM",)), SERVER_2022_NAME),
    (lean("no-drivers", drivers=(), cloudbase_init=False), SERVER_2022_NAME),
    (lean("services-without-files", driver_files=False), SERVER_2022_NAME),
    (lean("sysprepped", replace(SERVER_2022, image_state=GENERALIZED)), SERVER_2022_NAME),
    (lean("second-control-set", control_set=2), SERVER_2022_NAME),
    (lean("two-windows", layout="two windows", beside=SERVER_2019), SERVER_2022_NAME),
    (lean("boot-alone", layout="boot only", firmware="bios"), None),
    (lean("linux", layout="linux"), None),
    (lean("data", layout="data"), None),
    (lean("data-mbr", layout="data", firmware="bios", size_gib=100), None),
    (lean("bitlocker", bitlocker=True), None),
    (lean("not-in-english", FOREIGN, names=WORDS), "Windows 10 64bit"),
    (lean("fragmented", ntfs=Ntfs(cluster=1024, pieces=1), one_in=1, windows_mib=512, **OLD), SERVER_2022_NAME),
    (lean("fragmented-records", ntfs=Ntfs(cluster=512, pieces=1, mft_pieces=1), files=0, one_in=50, **OLD),
     SERVER_2022_NAME),
    (lean("compressed", ntfs=Ntfs(compressed=(CONFIG, "Windows/Setup/State")), one_in=3, **OLD), SERVER_2022_NAME),
    (lean("compressed-small-clusters", replace(SERVER_2022, image_state=GENERALIZED),
          Ntfs(cluster=512, compressed=(CONFIG, "Windows/Setup/State")), state_in_registry=False, **OLD),
     SERVER_2022_NAME),
    (lean("huge-clusters", ntfs=Ntfs(cluster=2 << 20), **OLD), SERVER_2022_NAME),
    (lean("fragmented-mft", ntfs=Ntfs(mft_pieces=1), files=600, **OLD), SERVER_2022_NAME),
    (lean("many-files", files=1500, **OLD), SERVER_2022_NAME),
)  # fmt: skip
