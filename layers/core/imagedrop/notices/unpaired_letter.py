"""The mail that tells the operator of images without a sidecar."""

from __future__ import annotations

from collections.abc import Sequence

from imagedrop.notices.rendering import Content, Letter, Section, render
from imagedrop.notices.texts import TEXTS

COLOUR = "#8a6d00"


def unpaired_letter(bucket: str, count: int, keys: Sequence[str]) -> Letter:
    """`count`: of the images; `keys`: the first of them."""
    images = "1 image" if count == 1 else f"{count} images"
    points: list[tuple[str, str | None]] = [(f"`{key}`", None) for key in keys]
    if count > len(keys):
        points.append((f"and {count - len(keys)} more", None))
    content = Content(
        subject=f"{images} without a sidecar",
        opening=f"In the bucket {bucket}, {images} came without a sidecar, and none has come since. imagedrop "
        "registers no image without a sidecar, and it does not know their owners.",
        sections=[Section("The images", points)],
        step="To register one, put its sidecar beside it; `imagedrop init` writes it. Delete what nobody needs, "
        "because it costs storage.",
        details="Each image is named in one such mail only, and there is at most one a day. You get it because the "
        "setting operator_mail has your address.",
    )
    return render(None, content, TEXTS["en"], COLOUR)
