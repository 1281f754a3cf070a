from __future__ import annotations

import pytest
from rich.console import Console

from imagedrop_cli import render


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, "?"), (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (1536, "1.5 KiB"), (40 << 30, "40 GiB")],
)
def test_size_in_binary_units(number: int | None, text: str) -> None:
    assert render.size(number) == text


def test_drop_result_shows_images_reason_and_fix() -> None:
    result = {
        "stage": "rejected",
        "key": "w.vhd\x1b[2J",
        "attempt": 2,
        "images": [{"role": "data", "id": "i-1", "name": "w-data1", "min_disk": 40, "file": "d.vhd"}],
        "reason": {"code": "image.truncated", "message": "too short"},
        "findings": [{"id": "image.truncated", "severity": "error", "message": "too short", "fix": "Upload it again."}],
    }
    console = Console(width=200, no_color=True)
    with console.capture() as captured:
        console.print(*render.drop_result(result), sep="\n")
    text = captured.get()
    for word in ("rejected", "attempt 2", "i-1", "data disk d.vhd", "image.truncated: too short", "Upload it again."):
        assert word in text
    assert "\x1b[2J" not in text
