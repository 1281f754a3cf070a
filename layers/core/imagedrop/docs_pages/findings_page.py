"""docs/findings.md: every kind of finding, by area.

`python -m imagedrop.docs_pages.findings_page > docs/findings.md`
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from imagedrop.docs_pages.ims_checklist import CHECKLIST, Point
from imagedrop.findings import Kind, catalogue

HEAD = """# Findings

<!-- Generated: python -m imagedrop.docs_pages.findings_page > docs/findings.md -->

What imagedrop may have to say about a drop: in the mail, in the result file, and in the answer of `imagedrop check`. An
error keeps the image from being registered; a warning or an info does not. Ids never change; match on them. Words in
braces stand for what is found in the drop.
"""
LIST = """
## IMS's list and what is seen of it

What IMS asks of an image file, as far as the file itself tells it; the findings where a point is not met; and the test
(below tests/unit) that proves that they come. What nobody can see in a file, such as a known password, is left to its
owner.

| IMS asks for | findings | proved by |
| --- | --- | --- |"""


class _AsWritten(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def page() -> str:
    kinds = catalogue()
    areas = dict.fromkeys(name.partition(".")[0] for name in sorted(kinds))
    links = " · ".join(f"[{area}](#{area})" for area in areas)
    return (
        "\n".join([HEAD, links, LIST, *_checklist(), *(line for area in areas for line in _area(area, kinds))]) + "\n"
    )


def _checklist() -> Iterator[str]:
    yield from (row for point in CHECKLIST for row in _rows(point))


def _rows(point: Point) -> Iterator[str]:
    asked = point.precondition
    for test in dict.fromkeys(point.proofs.values()):
        findings = ", ".join(f"[`{one}`](#{_anchor(one)})" for one, proof in point.proofs.items() if proof == test)
        file, _, name = test.partition("::")
        yield f"| {asked} | {findings} | [{name}](../tests/unit/{file}) |"
        asked = ""


def _anchor(finding: str) -> str:
    """Of its heading, as GitHub makes it."""
    return f"{finding.replace('.', '')}-{catalogue()[finding].severity}"


def _area(area: str, kinds: dict[str, Kind]) -> Iterator[str]:
    yield f"\n## {area}"
    for name in sorted(kinds):
        if name.partition(".")[0] == area:
            yield from _kind(kinds[name])


def _kind(kind: Kind) -> Iterator[str]:
    yield f"\n### `{kind.id}` ({kind.severity})\n"
    yield _shown(kind.message) + "\n"
    yield f"*Mend:* {_shown(kind.fix)}\n"
    yield f"{_shown(kind.zh_message)} *修正：*{_shown(kind.zh_fix)}"


def _shown(template: str) -> str:
    """The template as text; what Markdown would take for a tag is escaped outside of code."""
    pieces = template.format_map(_AsWritten()).split("`")
    return "`".join(piece if number % 2 else piece.replace("<", "\\<") for number, piece in enumerate(pieces))


if __name__ == "__main__":
    sys.stdout.write(page())
