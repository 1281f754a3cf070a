"""docs/findings.md: every kind of finding, by area.

`python -m docs_pages.findings > docs/findings.md`
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from docs_pages.ims_checklist import CHECKLIST, Requirement
from imagedrop.findings import Kind
from imagedrop.findings.catalogue import CATALOGUE

HEAD = """# Findings

<!-- Generated: python -m docs_pages.findings > docs/findings.md -->

What imagedrop can report about a drop: in the mail, in the result file, and in the output of `imagedrop check`. Errors
prevent the registration of the image; warnings and infos do not. Ids never change, so programs can match on them. Words
in braces stand for values from the drop.
"""
LIST = """
## What IMS requires, and what is checked

The requirements of IMS that can be checked in the image file, the findings reported if one is not met, and the test
(in tests/unit) for each finding. The owner must check what the file does not show, such as a known password.

| IMS requires | findings | test |
| --- | --- | --- |"""


class _AsWritten(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def page() -> str:
    kinds = CATALOGUE
    areas = dict.fromkeys(name.partition(".")[0] for name in sorted(kinds))
    links = " · ".join(f"[{area}](#{area})" for area in areas)
    return (
        "\n".join([HEAD, links, LIST, *_checklist(), *(line for area in areas for line in _area(area, kinds))]) + "\n"
    )


def _checklist() -> Iterator[str]:
    yield from (row for requirement in CHECKLIST for row in _rows(requirement))


def _rows(requirement: Requirement) -> Iterator[str]:
    text = requirement.text
    for test in dict.fromkeys(requirement.tests.values()):
        ids = [finding for finding, proof in requirement.tests.items() if proof == test]
        findings = ", ".join(f"[`{finding}`](#{_anchor(finding)})" for finding in ids)
        file, _, name = test.partition("::")
        yield f"| {text} | {findings} | [{name}](../tests/unit/{file}) |"
        text = ""


def _anchor(finding: str) -> str:
    """The anchor of its heading, as GitHub makes it."""
    return f"{finding.replace('.', '')}-{CATALOGUE[finding].severity}"


def _area(area: str, kinds: Mapping[str, Kind]) -> Iterator[str]:
    yield f"\n## {area}"
    for name in sorted(kinds):
        if name.partition(".")[0] == area:
            yield from _kind(kinds[name])


def _kind(kind: Kind) -> Iterator[str]:
    yield f"\n### `{kind.id}` ({kind.severity})\n"
    yield _shown(kind.message) + "\n"
    yield f"*What to do:* {_shown(kind.fix)}\n"
    yield f"{_shown(kind.zh_message)} *处理方法：* {_shown(kind.zh_fix)}"


def _shown(template: str) -> str:
    """The template as text; `<` is escaped outside of code, because Markdown would read it as a tag."""
    pieces = template.format_map(_AsWritten()).split("`")
    return "`".join(piece if number % 2 else piece.replace("<", "\\<") for number, piece in enumerate(pieces))


if __name__ == "__main__":
    sys.stdout.write(page())
