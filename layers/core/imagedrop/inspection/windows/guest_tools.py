"""Tools of other platforms that are still installed: their services look for hardware that is not there any more."""

from __future__ import annotations

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.registry import Key
from imagedrop.inspection.windows.services import services

# service -> what it belongs to
TOOLS = {
    "VMTools": "VMware Tools",
    "VBoxService": "VirtualBox Guest Additions",
    "xenagent": "Xen PV tools",
    "AWSLiteAgent": "AWS EC2 agent",
    "WindowsAzureGuestAgent": "Azure VM agent",
    "GCEAgent": "Google Compute Engine agent",
    "prl_tools": "Parallels Tools",
}


def say(current: Key, report: FindingsReport) -> None:
    found = services(current, *TOOLS)
    if found:
        report.add(kinds.FOREIGN_TOOLS, tools=", ".join(TOOLS[name] for name in TOOLS if name in found))
