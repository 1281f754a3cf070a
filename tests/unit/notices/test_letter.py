"""Whatever a file says is text in the mail about it, and each piece of it stays in its line."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings

from imagedrop import notices
from imagedrop.domain.drop import Drop, DropImage, Owner, Reason, Stage
from imagedrop.notices import Language
from tests.support.hostile import HOSTILE, unprintable

STAGES: tuple[Stage, ...] = ("registered", "rejected", "failed")
TAGS = {"html", "head", "meta", "body", "div", "p", "h3", "ul", "li", "br", "span", "b"}


def told(stage: Stage, text: str, language: Language) -> Drop:
    """An end in which every foreign value is `text`."""
    return Drop(
        drop_id="i" * 43,
        bucket=text,
        key=text,
        stage=stage,
        received_at="2026-11-24T13:00:00Z",
        updated_at="2026-11-24T13:00:00Z",
        deadline_at="2026-11-25T13:00:00Z",
        ended_at="2026-11-24T13:10:00Z",
        owner=Owner(email="ada@example.com", name=text, language=language),
        sidecar={"name": text},
        images=(
            DropImage(role="system", id=text, name=text, min_disk=40, file=text),
            DropImage(role="data", id=text, name=text, min_disk=40, file=text),
        ),
        findings=tuple(
            {"id": "x.y", "severity": severity, "message": text, "fix": text, "field": text}
            for severity in ("error", "warning", "info")
        ),
        reason=Reason(code=text, message=text),
    )


class Seen(HTMLParser):
    """The tags of a page and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.comments: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
@settings(max_examples=40)
@given(text=HOSTILE)
def test_nothing_that_a_file_says_acts_in_a_mail(stage: Stage, language: Language, text: str) -> None:
    letter = notices.letter(told(stage, text, language), language)
    assert not unprintable(letter.subject)
    assert not unprintable(letter.text, allowed="\n")
    assert not unprintable(letter.html, allowed="\n")
    seen = Seen(letter.html)
    assert seen.tags <= TAGS
    assert seen.attributes <= {"style", "charset"}
    assert not seen.comments


@pytest.mark.parametrize("stage", STAGES)
@settings(max_examples=40)
@given(text=HOSTILE)
def test_a_mail_has_as_many_lines_whatever_a_file_says(stage: Stage, text: str) -> None:
    usual = notices.letter(told(stage, "plain", "en"), "en")
    letter = notices.letter(told(stage, text, "en"), "en")
    assert len(letter.text.splitlines()) == len(usual.text.splitlines())
    assert len(re.findall("<li", letter.html)) == len(re.findall("<li", usual.html))
    assert letter.subject.splitlines() == [letter.subject]


def test_text_that_means_well_is_shown_as_it_is() -> None:
    name: Any = "镜像 Windows\u3000Server – “R2” é"
    letter = notices.letter(told("registered", name, "zh"), "zh")
    assert "镜像 Windows Server – “R2” é" in letter.text
    assert "镜像 Windows Server – “R2” é" in letter.html
