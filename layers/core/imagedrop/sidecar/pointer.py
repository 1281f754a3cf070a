"""Paths into a document: as JSON pointers (RFC 6901) and as people write them."""

from __future__ import annotations

from collections.abc import Iterable

Step = str | int
LONGEST = 256  # characters of a step; a longer one is left out, with all after it


def pointer(steps: Iterable[Step]) -> str:
    """`('data_images', 0, 'a/b')` is `/data_images/0/a~1b`; the whole document is the empty string."""
    path = ""
    for step in steps:
        text = str(step)
        if len(text) > LONGEST or not is_encodable(text):
            break
        path += "/" + text.replace("~", "~0").replace("/", "~1")
    return path


def display_path(steps: Iterable[Step]) -> str:
    """`('data_images', 0, 'name')` is `data_images[0].name`."""
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else ("." if path else "") + excerpt(step)
    return path or "the document"


def excerpt(text: str, most: int = 60) -> str:
    """At most `most` characters on one line; characters that do not print are escaped."""
    cut = text[:most] + ("…" if len(text) > most else "")
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in cut)


def is_encodable(text: str) -> bool:
    """False for text with a lone surrogate, which UTF-8 cannot encode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
