"""The mail that tells the owner that a drop takes longer than usual."""

from __future__ import annotations

from imagedrop.common.vocabulary import Language
from imagedrop.domain.drop import Drop
from imagedrop.domain.lateness import Late
from imagedrop.notices.late_texts import LATE_TEXTS
from imagedrop.notices.rendering import Content, Letter, Section, render, subject_line
from imagedrop.notices.texts import TEXTS

COLOUR = "#0b62a3"


def late_letter(row: Drop, late: Late, language: Language) -> Letter:
    """For a row that is open and late."""
    texts, late_texts = TEXTS[language], LATE_TEXTS[language]
    held = row.held.model_dump() if row.held else {}
    reason = late_texts.reasons[late.reason].format(**held | {"since": late.since})
    content = Content(
        subject=subject_line(late_texts.subject, row),
        opening=late_texts.opening.format(key=row.key, bucket=row.bucket),
        sections=[
            Section(texts.why, [(reason, None)]),
            Section(late_texts.what_happens, [(late_texts.actions[late.reason], None)]),
        ],
        step=late_texts.step.format(latest=late_texts.latest[late.reason].format(deadline=row.deadline_at)),
        details=late_texts.details.format(drop_id=row.drop_id, attempt=row.attempt),
    )
    return render(row, content, texts, COLOUR)
