"""Whether the file is the one that the sidecar describes."""

from __future__ import annotations

from collections.abc import Iterator

from imagedrop.findings import Finding
from imagedrop.findings import rules as kinds
from imagedrop.rules.rule_input import RuleInput


def check(given: RuleInput) -> Iterator[Finding]:
    head, sidecar, name = given.image.head, given.sidecar, given.image.name
    if sidecar.size is not None and sidecar.size != head.size:
        yield kinds.OTHER_SIZE(at="/size", said=sidecar.size, found=head.size, file=name)
    # A local file has no ETag.
    if sidecar.etag and head.etag and _bare(sidecar.etag) != _bare(head.etag):
        yield kinds.OTHER_ETAG(at="/etag", said=sidecar.etag, found=head.etag, file=name)


def _bare(etag: str) -> str:
    return etag.strip('"').lower()
