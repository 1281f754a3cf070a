from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from imagedrop_cli import render


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, "?"), (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (1536, "1.5 KiB"), (40 << 30, "40 GiB")],
)
def test_size_in_binary_units(number: int | None, text: str) -> None:
    assert render.size(number) == text


def printed_result(**fields: Any) -> str:
    finding = {"id": "image.truncated", "severity": "error", "message": "too short", "fix": "Upload it again."}
    result = {"stage": "rejected", "key": "w.vhd\x1b[2J", "attempt": 2, "findings": [finding], **fields}
    console = Console(width=200, no_color=True)
    with console.capture() as captured:
        console.print(*render.drop_result(result), sep="\n")
    return captured.get()


def test_drop_result_shows_images_reason_and_fix() -> None:
    image = {"role": "data", "id": "i-1", "name": "w-data1", "min_disk": 40, "file": "d.vhd"}
    text = printed_result(images=[image], reason={"code": "IMG.0057", "message": "damaged"})
    for word in ("rejected", "attempt 2", "i-1", "data disk d.vhd", "IMG.0057: damaged", "Fix: Upload it again."):
        assert word in text
    assert "\x1b[2J" not in text


def test_drop_result_does_not_repeat_a_reason_that_is_a_finding() -> None:
    text = printed_result(reason={"code": "image.truncated", "message": "too short"})
    assert text.count("too short") == 1
