from __future__ import annotations

import pytest
from rich.console import Console

from imagedrop_cli import render


@pytest.mark.parametrize(
    ("number", "said"),
    [(None, "?"), (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (1536, "1.5 KiB"), (40 << 30, "40 GiB")],
)
def test_sizes_as_people_say_them(number: int | None, said: str) -> None:
    assert render.size(number) == said


def test_an_end_names_images_reason_and_mend() -> None:
    end = {
        "stage": "rejected",
        "key": "w.vhd\x1b[2J",
        "attempt": 2,
        "images": [{"role": "data", "id": "i-1", "name": "w-data1", "min_disk": 40, "file": "d.vhd"}],
        "reason": {"code": "image.truncated", "message": "too short"},
        "findings": [{"id": "image.truncated", "severity": "error", "message": "too short", "fix": "Upload it again."}],
    }
    console = Console(width=200, no_color=True)
    with console.capture() as drawn:
        console.print(*render.drop_result(end), sep="\n")
    text = drawn.get()
    for word in ("rejected", "attempt 2", "i-1", "data disk d.vhd", "image.truncated: too short", "Upload it again."):
        assert word in text
    assert "\x1b[2J" not in text
