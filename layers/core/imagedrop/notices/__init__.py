"""Notices: the mail that an owner gets when a drop has ended, with the next step.

texts   the sentences, in English and Chinese        letter   the mail made from them, as text and as HTML
"""

from imagedrop.common.vocabulary import Language
from imagedrop.notices.letter import Letter, letter, subject

__all__ = ["Language", "Letter", "letter", "subject"]
