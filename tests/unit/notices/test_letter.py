"""Text from a file has no effect in a mail, and each value stays on one line."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any, get_args

import pytest
from hypothesis import given, settings

from imagedrop import notices
from imagedrop.domain.drop import Drop, DropImage, Held, LateReason, Owner, Reason, Stage
from imagedrop.domain.lateness import Late
from imagedrop.notices import Language
from tests.support.hostile import HOSTILE, unprintable

STAGES: tuple[Stage, ...] = ("registered", "rejected", "failed")
REASONS: tuple[LateReason, ...] = get_args(LateReason)
TAGS = {"html", "head", "meta", "body", "div", "p", "h3", "ul", "li", "br", "span", "b", "code"}


def ended(stage: Stage, text: str, language: Language) -> Drop:
    """A drop that has ended, in which every value from outside is `text`."""
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


class ParsedPage(HTMLParser):
    """The tags, attributes, comments and text of a page."""

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


def late_letter(reason: LateReason, text: str, language: Language) -> notices.Letter:
    held = Held(code=text, message=text, since="2026-11-24T13:00:00Z")
    row = ended("failed", text, language).model_copy(update={"stage": "accepted", "held": held})
    return notices.late_letter(row, Late(reason, "2026-11-24T13:00:00Z"), language)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
@settings(max_examples=40)
@given(text=HOSTILE)
def test_text_from_a_file_is_inert_in_a_mail(stage: Stage, language: Language, text: str) -> None:
    _check_inert(notices.letter(ended(stage, text, language), language))


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("language", ["en", "zh"])
@settings(max_examples=40)
@given(text=HOSTILE)
def test_text_from_a_file_is_inert_in_a_mail_about_a_delay(reason: LateReason, language: Language, text: str) -> None:
    _check_inert(late_letter(reason, text, language))


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_mail_about_a_delay_says_since_when_and_until_when(reason: LateReason, language: Language) -> None:
    letter = late_letter(reason, "golden/w.vhd", language)
    for page in (letter.text, letter.html):
        assert "2026-11-24T13:00:00Z" in page
        assert "2026-11-25T13:00:00Z" in page
        assert "i" * 43 in page
        assert not re.search(r"[{}]", page)


def _check_inert(letter: notices.Letter) -> None:
    assert not unprintable(letter.subject)
    assert not unprintable(letter.text, allowed="\n")
    assert not unprintable(letter.html, allowed="\n")
    parsed = ParsedPage(letter.html)
    assert parsed.tags <= TAGS
    assert parsed.attributes <= {"style", "charset", "lang"}
    assert not parsed.comments


@pytest.mark.parametrize("stage", STAGES)
@settings(max_examples=40)
@given(text=HOSTILE)
def test_mail_has_the_same_number_of_lines_for_any_text_from_a_file(stage: Stage, text: str) -> None:
    usual = notices.letter(ended(stage, "plain", "en"), "en")
    letter = notices.letter(ended(stage, text, "en"), "en")
    assert len(letter.text.splitlines()) == len(usual.text.splitlines())
    assert len(re.findall("<li", letter.html)) == len(re.findall("<li", usual.html))
    assert letter.subject.splitlines() == [letter.subject]


def test_harmless_text_is_shown_unchanged() -> None:
    name: Any = "镜像 Windows\u3000Server – “R2” é"
    letter = notices.letter(ended("registered", name, "zh"), "zh")
    assert "镜像 Windows Server – “R2” é" in letter.text
    assert "镜像 Windows Server – “R2” é" in letter.html


def test_command_in_a_fix_is_shown_as_code() -> None:
    row = ended("rejected", "run `dir & <more>` now", "en")
    assert "run <code>dir &amp; &lt;more&gt;</code> now" in notices.letter(row, "en").html


def test_chinese_mail_explains_a_failure_in_chinese_and_keeps_the_detail() -> None:
    row = ended("failed", "x", "zh").model_copy(update={"reason": Reason(code="import.deadline", message="Not over.")})
    assert "导入未在截止时间前完成。技术详情：Not over.（import.deadline）" in notices.letter(row, "zh").text
