"""docs/findings.md: every kind of finding, by area. `python -m imagedrop.findings.page > docs/findings.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from imagedrop.findings import Kind, catalogue

HEAD = """# Findings

<!-- Generated: python -m imagedrop.findings.page > docs/findings.md -->

What imagedrop may have to say about a drop: in the mail, in the result file, and in the answer of `imagedrop check`. An
error keeps the image from being registered; a warning or an info does not. Ids never change; match on them. Words in
braces stand for what is found in the drop.
"""


class _AsWritten(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def page() -> str:
    kinds = catalogue()
    areas = dict.fromkeys(name.partition(".")[0] for name in sorted(kinds))
    links = " · ".join(f"[{area}](#{area})" for area in areas)
    return "\n".join([HEAD, links, *(line for area in areas for line in _area(area, kinds))]) + "\n"


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
