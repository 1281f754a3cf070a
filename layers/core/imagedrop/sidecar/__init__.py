"""The sidecar: the JSON file beside an image that says what its owner wants. Pure; no byte of it is trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from imagedrop.findings import Finding, has_errors
from imagedrop.findings import sidecar as say
from imagedrop.sidecar import limits
from imagedrop.sidecar.cross_field import beyond_schema, seen_by_schema
from imagedrop.sidecar.json_text import decode, parse
from imagedrop.sidecar.model import DataImage, Owner, Sidecar
from imagedrop.sidecar.pydantic_errors import errors, faults, kind_of
from imagedrop.sidecar.schema import schema

__all__ = ["LIMIT", "DataImage", "Owner", "Reading", "Sidecar", "read", "schema"]

LIMIT = limits.SIDECAR_BYTES
MOST_FINDINGS = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """`sidecar` only where nothing is wrong; `owner` as soon as `owner.email` is good, so that there is somebody to
    tell what is wrong with the rest. Every finding's `field` is a JSON pointer; None where the text is no JSON."""

    sidecar: Sidecar | None = None
    owner: Owner | None = None
    findings: list[Finding] = field(default_factory=list)


def read(body: bytes, *, truncated: bool = False) -> Reading:
    """Reads a sidecar; every fault at once, and never an exception. `truncated`: there is more than `body`."""
    if truncated or len(body) > LIMIT:
        return Reading(findings=[say.TOO_LARGE(most=LIMIT)])
    text, findings = decode(body)
    if not text.strip(" \t\r\n\0"):
        return Reading(findings=[*findings, say.EMPTY()])
    document, more = parse(text)
    findings += more
    if not isinstance(document, dict):
        if not more:
            findings.append(say.NOT_OBJECT(at="", got=kind_of(document)))
        return Reading(findings=findings)
    findings += [*faults(document), *seen_by_schema(document), *beyond_schema(document)]
    sidecar = None if has_errors(findings) else Sidecar.model_validate(document)
    return Reading(sidecar, _owner(document, findings), _bounded(findings))


def _owner(document: dict[str, Any], findings: list[Finding]) -> Owner | None:
    """What is good of the owner. Two owners are none: it would be a guess whom to tell."""
    doubled = {one.field for one in findings if one.id == say.DUPLICATE.id}
    said = document.get("owner")
    if not isinstance(said, dict) or doubled & {"/owner", "/owner/email"}:
        return None
    bad = {error["loc"][0] for error in errors(Owner, said) if error["loc"]}
    if bad & {"email"}:
        return None
    return Owner.model_validate({name: value for name, value in said.items() if name not in bad})


def _bounded(findings: list[Finding]) -> list[Finding]:
    over = len(findings) - MOST_FINDINGS
    return findings if over <= 0 else [*findings[:MOST_FINDINGS], say.MORE(count=over)]
