"""The sidecar: the JSON file beside an image that says what its owner wants. Pure; its content is not trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from imagedrop.findings import Finding, has_errors
from imagedrop.findings import sidecar as kinds
from imagedrop.sidecar import limits
from imagedrop.sidecar.cross_field import findings_beyond_schema, findings_in_schema
from imagedrop.sidecar.json_text import decode, parse
from imagedrop.sidecar.model import DataImage, Owner, Sidecar
from imagedrop.sidecar.pydantic_errors import field_findings, json_type, validation_errors
from imagedrop.sidecar.schema import schema

__all__ = ["LIMIT", "DataImage", "Owner", "Reading", "Sidecar", "read", "schema"]

LIMIT = limits.SIDECAR_BYTES
MAX_FINDINGS = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """`sidecar`: None if there is any error. `owner`: set if `owner.email` is valid, so that the owner gets a mail
    about the other errors. The `field` of a finding is a JSON pointer; None if the text is not JSON."""

    sidecar: Sidecar | None = None
    owner: Owner | None = None
    findings: list[Finding] = field(default_factory=list)


def read(body: bytes, *, truncated: bool = False) -> Reading:
    """Reports all errors at once and raises nothing. `truncated`: the file is longer than `body`."""
    if truncated or len(body) > LIMIT:
        return Reading(findings=[kinds.TOO_LARGE(most=LIMIT)])
    text, findings = decode(body)
    if not text.strip(" \t\r\n\0"):
        return Reading(findings=[*findings, kinds.EMPTY()])
    document, json_findings = parse(text)
    findings += json_findings
    if not isinstance(document, dict):
        if not json_findings:
            findings.append(kinds.NOT_OBJECT(at="", got=json_type(document)))
        return Reading(findings=findings)
    findings += [*field_findings(document), *findings_in_schema(document), *findings_beyond_schema(document)]
    sidecar = None if has_errors(findings) else Sidecar.model_validate(document)
    return Reading(sidecar, _owner(document, findings), _limited(findings))


def _owner(document: dict[str, Any], findings: list[Finding]) -> Owner | None:
    """The owner without its invalid fields. None if the owner or its address is given twice: either may be wrong."""
    duplicates = {finding.field for finding in findings if finding.id == kinds.DUPLICATE.id}
    owner = document.get("owner")
    if not isinstance(owner, dict) or duplicates & {"/owner", "/owner/email"}:
        return None
    invalid = {error["loc"][0] for error in validation_errors(Owner, owner) if error["loc"]}
    if "email" in invalid:
        return None
    return Owner.model_validate({name: value for name, value in owner.items() if name not in invalid})


def _limited(findings: list[Finding]) -> list[Finding]:
    over = len(findings) - MAX_FINDINGS
    return findings if over <= 0 else [*findings[:MAX_FINDINGS], kinds.MORE(count=over)]
