"""Notices: the mail that an owner gets when a drop has ended, with the next step, or when it takes long.

texts        the sentences, in English and Chinese      letter        the mail about an end
late_texts   those of the mail about a delay            late_letter   the mail about a delay
rendering    a mail as text and as HTML                 unpaired_letter   the mail about images without a sidecar
"""

from imagedrop.common.vocabulary import Language
from imagedrop.notices.late_letter import late_letter
from imagedrop.notices.letter import letter, subject
from imagedrop.notices.rendering import Letter
from imagedrop.notices.unpaired_letter import unpaired_letter

__all__ = ["Language", "Letter", "late_letter", "letter", "subject", "unpaired_letter"]
