"""Hostile text, and the characters that must never reach an output."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

PIECES = (
    *("\x1b[31m", "\x1b]8;;https://evil.example\x07", "\x1b[2J", "\x9b31m", "\x07", "\x08" * 4, "\x00", "\x7f", "\r"),
    *("\n", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"),  # each is a line break for some program
    *("\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\U000e0041", "\ufffe", "\ud800"),
    *("[red]", "[/red]", "[link=https://evil.example]", ":skull:", "{drop_id}", "%s", "`", "](https://evil.example)"),
    *("<script>alert(1)</script>", "<b>", "&lt;", "'\"", '"onload="', "</p>", "<!--"),
    *("\nBcc: eve@evil.example", "\r\n\r\nHello,", '","level":"ERROR', "镜像", "e\u0301", "\u3000"),
)
_PARTS = st.sampled_from(PIECES) | st.text(st.characters(), max_size=4)
HOSTILE = st.lists(_PARTS, min_size=1, max_size=8).map("".join).filter(bool)
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def unprintable(text: str, allowed: str = "") -> set[str]:
    """The control, format and other invisible characters of a text, except the allowed ones."""
    return {char for char in text if char not in allowed and unicodedata.category(char) in UNPRINTABLE}
