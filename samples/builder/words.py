"""Many ordinary names, so that a lookup has to search among others."""

from __future__ import annotations

import itertools

SUBJECTS = (
    "App", "Audio", "Backup", "Cert", "Crypto", "Device", "Dhcp", "Disk", "Event", "Font", "Graph", "Health",
    "Index", "Kernel", "Log", "Media", "Net", "Policy", "Print", "Remote", "Storage", "Time", "Update", "Web",
)  # fmt: skip
ROLES = (
    "Agent", "Broker", "Cache", "Client", "Core", "Driver", "Filter", "Helper", "Host", "Info", "Locator", "Manager",
    "Monitor", "Port", "Provider", "Proxy", "Queue", "Reader", "Registry", "Router", "Server", "Service", "Store",
    "Sync",
)  # fmt: skip


def ordinary(count: int) -> list[str]:
    """`count` different names, such as AppAgent; numbered after the first 576."""
    numbers = itertools.chain([""], map(str, itertools.count(2)))
    names = (subject + role + number for number in numbers for subject in SUBJECTS for role in ROLES)
    return list(itertools.islice(names, count))
