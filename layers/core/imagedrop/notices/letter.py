"""The mail that tells the owner how a drop ended."""

from __future__ import annotations

from imagedrop.common.vocabulary import Language
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.findings import Finding
from imagedrop.findings.catalogue import text_of
from imagedrop.notices.rendering import Content, Letter, Section, render, subject_line
from imagedrop.notices.texts import TEXTS, Texts

COLOURS = {"registered": "#1a7f37", "rejected": "#b35900", "failed": "#b42318"}


def subject(row: Drop, language: Language) -> str:
    return subject_line(TEXTS[language].subject[row.stage], row)


def letter(row: Drop, language: Language) -> Letter:
    """For a row that has ended."""
    texts = TEXTS[language]
    code = row.reason.code if row.reason else ""
    advice = texts.advice.get(code, texts.advice_else).format(drop_id=row.drop_id)
    details = texts.details.format(
        drop_id=row.drop_id, attempt=row.attempt, ended_at=row.ended_at, result=object_keys.result_key(row.key)
    )
    content = Content(
        subject=subject(row, language),
        opening=texts.opening[row.stage].format(key=row.key, bucket=row.bucket),
        sections=_sections(row, texts, language),
        step=texts.next[row.stage].format(advice=advice),
        details=details,
    )
    return render(row, content, texts, COLOURS[row.stage])


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
