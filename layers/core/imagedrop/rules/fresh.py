"""The sidecar that `imagedrop init` writes: what the image says, and room for what only its owner knows."""

from __future__ import annotations

import re
from typing import Any

from imagedrop.inspection.facts import DiskFacts
from imagedrop.ports import ObjectHead
from imagedrop.rules import firmware, system
from imagedrop.rules.case import Case, Place, Subject, nothing_said
from imagedrop.rules.filled import fill_in
from imagedrop.rules.size import FAST_FORMATS, NORMAL_MOST
from imagedrop.settings import Settings

FILL_IN = "FILL-IN"  # no address, so that `read` asks for one


def fill(facts: DiskFacts, *, file: str = "", email: str = FILL_IN, settings: Settings | None = None) -> dict[str, Any]:
    """Ready to be written as JSON. Without `email` it is not yet right: the owner's address is for a person to fill in.

    `file`: the image's file name, from which its name in IMS is made.
    """
    head = ObjectHead(key=file, etag="", size=facts.file_size or 0, last_modified="")
    case = Case(nothing_said(), Subject(head, facts), {}, Place(settings=settings or Settings()), alone=True)
    inside = system.settle(case)
    known = fill_in(case, inside, firmware.settle(case, inside), is_config=False)
    fast = head.size > NORMAL_MOST and facts.format in FAST_FORMATS
    return {"name": name_of(file), "owner": {"email": email}, **known, **({"is_quick_import": True} if fast else {})}


def name_of(file: str) -> str:
    """A name that IMS takes: the file's without its ending, other characters turned into `-`."""
    stem = re.split(r"[/\\]", file)[-1].rpartition(".")[0] or file
    return re.sub(r"[^A-Za-z0-9\u4e00-\u9fa5._-]+", "-", stem).strip("-.")[:128] or "windows"
