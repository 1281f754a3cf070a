"""The mail that tells the owner how a drop ended."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from imagedrop.common.display_text import one_line
from imagedrop.common.vocabulary import Language
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.findings import Finding
from imagedrop.findings.catalogue import text_of
from imagedrop.notices.texts import TEXTS, Texts

SUBJECT_LIMIT = 120
CODE = re.compile("`([^`]+)`")  # commands and field names
STYLE = "font:15px/1.5 -apple-system,Segoe UI,Roboto,'PingFang SC','Microsoft YaHei',sans-serif;color:#1a1a1a"
COLOURS = {"registered": "#1a7f37", "rejected": "#b35900", "failed": "#b42318"}


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Section:
    """A heading and its points: (message, fix or None)."""

    title: str
    points: list[tuple[str, str | None]]


def subject(row: Drop, language: Language) -> str:
    """One line of at most `SUBJECT_LIMIT` characters."""
    name = (row.sidecar or {}).get("name") or row.key
    line = TEXTS[language].subject[row.stage].format(name=name)
    line = one_line(" ".join(line.split()))
    return line if len(line) <= SUBJECT_LIMIT else line[: SUBJECT_LIMIT - 1] + "…"


def letter(row: Drop, language: Language) -> Letter:
    """For a row that has ended. Every value from a file stays on one line of text."""
    texts = TEXTS[language]
    name = row.owner.name if row.owner else None
    hello = texts.hello.format(name=name) if name else texts.hello_nobody
    opening = texts.opening[row.stage].format(key=row.key, bucket=row.bucket)
    code = row.reason.code if row.reason else ""
    advice = texts.advice.get(code, texts.advice_else).format(drop_id=row.drop_id)
    step = texts.next[row.stage].format(advice=advice)
    details = texts.details.format(
        drop_id=row.drop_id, attempt=row.attempt, ended_at=row.ended_at, result=object_keys.result_key(row.key)
    )
    sections = _sections(row, texts, language)
    return Letter(
        subject(row, language),
        _text([one_line(hello), one_line(opening)], sections, [step, one_line(details), texts.footer], texts),
        _html(row, [hello, opening], sections, step, [details, texts.footer], texts),
    )


def _sections(row: Drop, texts: Texts, language: Language) -> list[Section]:
    sections = []
    if row.images:
        points = [
            (texts.image if image.role == "system" else texts.data_image).format(**image.model_dump())
            for image in row.images
        ]
        sections.append(Section(texts.images, [(point, None) for point in points]))
    findings = row.all_findings()
    if row.reason and row.reason.code not in {finding.id for finding in findings}:
        reason = texts.reasons.get(row.reason.code, texts.reason).format(**row.reason.model_dump())
        sections.append(Section(texts.why, [(reason, None)]))
    for severity, title in texts.findings.items():
        points_of_severity = [_point(finding, language) for finding in findings if finding.severity == severity]
        if points_of_severity:
            sections.append(Section(title, points_of_severity))
    return sections


def _point(finding: Finding, language: Language) -> tuple[str, str | None]:
    message, fix = text_of(finding, language)
    return (f"{message} [{finding.field}]" if finding.field else message), fix or None


def _text(opening: list[str], sections: list[Section], closing: list[str], texts: Texts) -> str:
    blocks = ["\n\n".join(opening)]
    for section in sections:
        lines = [section.title]
        for message, fix in section.points:
            lines.append(f"- {one_line(message)}")
            if fix:
                lines.append(f"  {one_line(texts.fix.format(fix=fix))}")
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, *closing]) + "\n"


def _html(row: Drop, opening: list[str], sections: list[Section], step: str, closing: list[str], texts: Texts) -> str:
    colour = COLOURS[row.stage]
    parts = [f"<p>{_escaped(line)}</p>" for line in opening]
    for section in sections:
        parts.append(f'<h3 style="margin:18px 0 6px;font-size:15px">{_escaped(section.title)}</h3><ul>')
        for message, fix in section.points:
            todo = f'<br><span style="color:#555">{_escaped(texts.fix.format(fix=fix))}</span>' if fix else ""
            parts.append(f'<li style="margin:4px 0">{_escaped(message)}{todo}</li>')
        parts.append("</ul>")
    parts.append(f"<p><b>{_escaped(step)}</b></p>")
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
