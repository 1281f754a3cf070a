"""Tools of other platforms that are still installed: their services look for hardware that ECS does not have."""

from __future__ import annotations

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.registry import Key
from imagedrop.inspection.windows.services import services

# service -> product
TOOLS = {
    "VMTools": "VMware Tools",
    "VBoxService": "VirtualBox Guest Additions",
    "xenagent": "Xen PV tools",
    "AWSLiteAgent": "AWS EC2 agent",
    "WindowsAzureGuestAgent": "Azure VM agent",
    "GCEAgent": "Google Compute Engine agent",
    "prl_tools": "Parallels Tools",
}


def report_foreign_tools(control_set: Key, report: FindingsReport) -> None:
    found = services(control_set, *TOOLS)
    if found:
        report.add(kinds.FOREIGN_TOOLS, tools=", ".join(TOOLS[name] for name in TOOLS if name in found))
