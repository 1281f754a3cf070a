"""The questions of `sam deploy --guided` and their answers, as docs/deploy.md tells them."""

from __future__ import annotations

import re
from pathlib import Path

_ROW = re.compile(r"^\| `([^`]+)` \| .+ \| (?:`([^`]+)`|Enter) \|$", re.MULTILINE)


def section(root: Path) -> str:
    """The text of section 3."""
    page = (root / "docs/deploy.md").read_text("utf-8")
    return page.partition("## 3. AWS\n")[2].partition("\n## ")[0]


def examples(root: Path) -> dict[str, str]:
    """Question -> example of an answer, in the order of the page. Enter is an empty answer."""
    return {question: answer or "" for question, answer in _ROW.findall(section(root))}
