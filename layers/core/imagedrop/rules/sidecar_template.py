"""The sidecar that `imagedrop init` writes: the values from the image, and a placeholder for the owner's address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from imagedrop.findings import Finding
from imagedrop.inspection.facts import DiskFacts, WindowsFacts
from imagedrop.ports import ObjectHead
from imagedrop.rules import firmware, system
from imagedrop.rules.defaults import NAME_MAX, fill_in
from imagedrop.rules.rule_input import InspectedFile, Location, RuleInput, empty_sidecar
from imagedrop.rules.size import FAST_FORMATS, NORMAL_MAX_BYTES
from imagedrop.settings import Settings

FILL_IN = "FILL-IN"  # not a valid address, so `sidecar.read` reports it
# A file name of these words alone does not describe the image.
_WORDS = """boot clone copy disk drive export flat golden harddisk hd hda hdd image img machine master new os root sda
sys system template vda virtual vm win windows"""
GENERIC_WORDS = frozenset(_WORDS.split())


def sidecar_for(
    facts: DiskFacts,
    findings: Sequence[Finding] = (),
    *,
    file: str = "",
    email: str = FILL_IN,
    settings: Settings | None = None,
) -> dict[str, Any]:
    """A sidecar as JSON. It is valid only if `email` is given.

    `findings`: of the inspection; `file`: the image's file name, from which the name in IMS is made.
    """
    head = ObjectHead(key=file, etag="", size=facts.file_size or 0, last_modified="")
    image = InspectedFile(head, facts, findings)
    given = RuleInput(empty_sidecar(), image, {}, Location(settings=settings or Settings()), has_sidecar=False)
    resolved = system.resolve(given)
    known = fill_in(given, resolved, firmware.resolve(given, resolved), is_config=False)
    fast = head.size > NORMAL_MAX_BYTES and facts.format in FAST_FORMATS
    name = name_of(file, facts.windows)
    return {"name": name, "owner": {"email": email}, **known, **({"is_quick_import": True} if fast else {})}


def name_of(file: str, windows: WindowsFacts | None = None) -> str:
    """A name that IMS accepts: the file name without extension, with `-` for other characters. If that has only generic
    words, the Windows product name and build: `Windows-Server-2022-Datacenter-20348.3091`."""
    stem = _valid_name(re.split(r"[/\\]", file)[-1].rpartition(".")[0] or file)
    if windows and windows.product_name and _is_generic(stem):
        build = ".".join(str(number) for number in (windows.build, windows.ubr) if number is not None)
        stem = _valid_name(f"{windows.product_name} {build}") or stem
    return stem or "windows"


def _is_generic(stem: str) -> bool:
    words = re.findall(r"[^\W_]+", re.sub(r"(?<!\d)\d{1,2}(?!\d)", "", stem))
    return GENERIC_WORDS.issuperset(word.lower() for word in words)


def _valid_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9\u4e00-\u9fa5._-]+", "-", text).strip("-.")[:NAME_MAX].strip("-.")
