"""The sidecar that `imagedrop init` writes: what the image says, and room for what only its owner knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from imagedrop.findings import Finding
from imagedrop.inspection.facts import DiskFacts, WindowsFacts
from imagedrop.ports import ObjectHead
from imagedrop.rules import firmware, system
from imagedrop.rules.defaults import fill_in
from imagedrop.rules.rule_input import Location, RuleInput, Subject, nothing_said
from imagedrop.rules.size import FAST_FORMATS, NORMAL_MOST
from imagedrop.settings import Settings

FILL_IN = "FILL-IN"  # no address, so that `read` asks for one
SAYS_NOTHING = {  # words of file names that any disk may have
    *(
        "boot",
        "clone",
        "copy",
        "disk",
        "drive",
        "export",
        "flat",
        "golden",
        "harddisk",
        "hd",
        "hda",
        "hdd",
        "image",
        "img",
    ),
    *(
        "machine",
        "master",
        "new",
        "os",
        "root",
        "sda",
        "sys",
        "system",
        "template",
        "vda",
        "virtual",
        "vm",
        "win",
        "windows",
    ),
}


def sidecar_for(
    facts: DiskFacts,
    findings: Sequence[Finding] = (),
    *,
    file: str = "",
    email: str = FILL_IN,
    settings: Settings | None = None,
) -> dict[str, Any]:
    """Ready to be written as JSON. Without `email` it is not yet right: the owner's address is for a person to fill in.

    `findings`: the inspection's; `file`: the image's file name, from which its name in IMS is made.
    """
    head = ObjectHead(key=file, etag="", size=facts.file_size or 0, last_modified="")
    image = Subject(head, facts, findings)
    case = RuleInput(nothing_said(), image, {}, Location(settings=settings or Settings()), alone=True)
    inside = system.resolve(case)
    known = fill_in(case, inside, firmware.resolve(case, inside), is_config=False)
    fast = head.size > NORMAL_MOST and facts.format in FAST_FORMATS
    name = name_of(file, facts.windows)
    return {"name": name, "owner": {"email": email}, **known, **({"is_quick_import": True} if fast else {})}


def name_of(file: str, windows: WindowsFacts | None = None) -> str:
    """A name that IMS takes: the file's without its ending, other characters turned into `-`; where that says nothing,
    the Windows's own, with its build: `Windows-Server-2022-Datacenter-20348.3091`."""
    stem = _taken(re.split(r"[/\\]", file)[-1].rpartition(".")[0] or file)
    if windows and windows.product_name and not _says_something(stem):
        build = ".".join(str(one) for one in (windows.build, windows.ubr) if one is not None)
        stem = _taken(f"{windows.product_name} {build}") or stem
    return stem or "windows"


def _says_something(stem: str) -> bool:
    words = re.findall(r"[^\W_]+", re.sub(r"(?<!\d)\d{1,2}(?!\d)", "", stem))
    return not SAYS_NOTHING.issuperset(word.lower() for word in words)


def _taken(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9\u4e00-\u9fa5._-]+", "-", text).strip("-.")[:128].strip("-.")
