"""The relative links of the Markdown pages, and the paths that they name, exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imagedrop_local.project_paths import ROOT

PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("events/*.md"), *ROOT.glob("samples/*.md"))
)
LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)")
FOLDERS = "bench|cli|docs|docs_pages|events|functions|layers|local|requirements|samples|scripts|tests"
NAMED_PATH = re.compile(rf"(?<![\w./-])(?:{FOLDERS})/[\w/.-]*[\w/]")


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def anchor(heading: str) -> str:
    """As GitHub makes it: lower case, spaces to hyphens, without punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(text: str) -> set[str]:
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", without_code(text), re.MULTILINE)}


def broken_links(page: Path, text: str) -> list[str]:
    """The links of `text`, which is the content of `page`, that lead nowhere."""
    broken = []
    for target, fragment in LINK.findall(without_code(text)):
        file = page.parent / target
        if target and not file.exists():
            broken.append(target)
        elif fragment and fragment not in anchors(file.read_text("utf-8") if target else text):
            broken.append(f"{target}#{fragment}")
    return broken


@pytest.mark.parametrize("name", PAGES)
def test_every_relative_link_of_a_page_leads_to_a_file_and_a_heading(name: str) -> None:
    assert broken_links(ROOT / name, (ROOT / name).read_text("utf-8")) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_path_that_a_page_names_exists(name: str) -> None:
    paths = set(NAMED_PATH.findall((ROOT / name).read_text("utf-8")))
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


def test_a_link_to_a_missing_file_or_heading_is_found() -> None:
    text = (
        "# A title\n[a](#a-title) [b](#b) [file](no/such.md) [page](README.md#no-such-heading) [good](README.md#deploy)"
    )
    assert broken_links(ROOT / "README.md", text) == ["#b", "no/such.md", "README.md#no-such-heading"]
