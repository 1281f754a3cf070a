"""Notices: what the owner reads when a drop has ended, in plain words, with the next step.

texts   the sentences, English and Chinese        letter   a mail of them, as text and as HTML
"""

from __future__ import annotations

from imagedrop.common.vocabulary import Language
from imagedrop.notices.letter import Letter, letter, subject

__all__ = ["Language", "Letter", "letter", "subject"]
