"""A mail as text and as HTML. Every value from a file stays on one line of text, and is escaped in HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from imagedrop.common.display_text import one_line
from imagedrop.domain.drop import Drop
from imagedrop.notices.texts import Texts

SUBJECT_LIMIT = 120
CODE = re.compile("`([^`]+)`")  # commands and field names
STYLE = "font:15px/1.5 -apple-system,Segoe UI,Roboto,'PingFang SC','Microsoft YaHei',sans-serif;color:#1a1a1a"


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Section:
    """A heading and its points: (message, fix or None)."""

    title: str
    points: Sequence[tuple[str, str | None]]


@dataclass(frozen=True)
class Content:
    """The parts of a mail, in their order. `step`: what the reader does next. `details`: for the operator."""

    subject: str
    opening: str
    sections: Sequence[Section]
    step: str
    details: str


def subject_line(template: str, row: Drop) -> str:
    """One line of at most `SUBJECT_LIMIT` characters."""
    line = template.format(name=(row.sidecar or {}).get("name") or row.key)
    line = one_line(" ".join(line.split()))
    return line if len(line) <= SUBJECT_LIMIT else line[: SUBJECT_LIMIT - 1] + "…"


def render(row: Drop | None, content: Content, texts: Texts, colour: str) -> Letter:
    """`row`: its owner is greeted. None: the mail is for the operator."""
    name = row.owner.name if row and row.owner else None
    opening = [texts.hello.format(name=name) if name else texts.hello_nobody, content.opening]
    closing = [content.details, *([texts.footer] if row else [])]
    return Letter(
        content.subject, _text(opening, content, closing, texts), _html(opening, content, closing, texts, colour)
    )


def _text(opening: Sequence[str], content: Content, closing: Sequence[str], texts: Texts) -> str:
    blocks = [one_line(line) for line in opening]
    for section in content.sections:
        lines = [section.title]
        for message, fix in section.points:
            lines.append(f"- {one_line(message)}")
            if fix:
                lines.append(f"  {one_line(texts.fix.format(fix=fix))}")
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, content.step, *map(one_line, closing)]) + "\n"


def _html(opening: Sequence[str], content: Content, closing: Sequence[str], texts: Texts, colour: str) -> str:
    parts = [f"<p>{_escaped(line)}</p>" for line in opening]
    for section in content.sections:
        parts.append(f'<h3 style="margin:18px 0 6px;font-size:15px">{_escaped(section.title)}</h3><ul>')
        for message, fix in section.points:
            todo = f'<br><span style="color:#555">{_escaped(texts.fix.format(fix=fix))}</span>' if fix else ""
            parts.append(f'<li style="margin:4px 0">{_escaped(message)}{todo}</li>')
        parts.append("</ul>")
    parts.append(f"<p><b>{_escaped(content.step)}</b></p>")
    small = "<br>".join(_escaped(line) for line in closing)
    body = "\n".join(parts)
    return (
        f'<!doctype html><html lang="{texts.lang}"><head><meta charset="utf-8"></head>'
        f'<body style="{STYLE};max-width:44em">'
        f'<div style="border-left:4px solid {colour};padding:2px 16px">\n{body}\n'
        f'<p style="color:#777;font-size:12px">{small}</p></div></body></html>'
    )


def _escaped(text: str) -> str:
    return CODE.sub(r"<code>\1</code>", html.escape(one_line(text)))
