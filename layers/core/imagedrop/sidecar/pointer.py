"""JSON pointers (RFC 6901), and the same place said for people."""

from __future__ import annotations

from collections.abc import Iterable

Step = str | int
LONGEST = 256  # of one step; what is longer is said by its parent


def pointer(steps: Iterable[Step]) -> str:
    """`('data_images', 0, 'a/b')` is `/data_images/0/a~1b`; the whole document is the empty string."""
    said = ""
    for step in steps:
        text = str(step)
        if len(text) > LONGEST or not whole(text):
            break
        said += "/" + text.replace("~", "~0").replace("/", "~1")
    return said


def spoken(steps: Iterable[Step]) -> str:
    """`('data_images', 0, 'name')` is `data_images[0].name`."""
    said = ""
    for step in steps:
        said += f"[{step}]" if isinstance(step, int) else ("." if said else "") + shown(step)
    return said or "the document"


def shown(text: str, most: int = 60) -> str:
    """One safe, short line: what does not print is escaped."""
    cut = text[:most] + ("…" if len(text) > most else "")
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in cut)


def whole(text: str) -> bool:
    """A lone surrogate cannot be written as UTF-8, in the result file or anywhere."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
