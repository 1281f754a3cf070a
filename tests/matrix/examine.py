"""One image, read by imagedrop, dissect and qemu-img."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagedrop.inspection import FileSource, inspect
from tests.matrix.comparison import DISSECT, disagreements, disagreements_with_dissect
from tests.matrix.formats import Format, convert, size_by_qemu


class DissectProcess:
    """dissect, in a process with its own Python."""

    def __init__(self, python: Path) -> None:
        self._process = subprocess.Popen(
            [python, Path(__file__).with_name("dissect_reader")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self, image: Path, form: str) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"image": str(image), "format": form}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class Comparison:
    """`differences`: (column, what differs). `layout`: of each volume with a Windows, by dissect."""

    gets: int
    round_trips: int
    bytes: int
    differences: list[tuple[str, str]]
    layout: list[dict[str, Any]]


def examine(raw: Path, form: Format, expected: Mapping[str, Any], dissect: DissectProcess) -> Comparison:
    """Converts the raw disk, compares what is read of the image, and removes the image."""
    image = raw.with_suffix(f".{form.format}")
    try:
        convert(raw, form, image)
        with FileSource(image) as source:
            inspection = inspect(source, file_name=image.name)
        found = inspection.facts.public()
        by_dissect = dissect.read(image, form.format) if form.in_dissect else None
        size = size_by_qemu(image, form)
        expected_file = {"format": form.format, "variant": form.variant, "virtual_size": size, "file_size": source.size}
        differences = [*disagreements(found, {**expected, **expected_file}), *_compare_with_dissect(by_dissect, found)]
    finally:
        image.unlink(missing_ok=True)
    cost, layout = inspection.read, (by_dissect or {}).get("layout", [])
    return Comparison(cost.gets, cost.round_trips, cost.bytes, differences, layout)


def _compare_with_dissect(by_dissect: Mapping[str, Any] | None, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if by_dissect is not None:
        yield from ((DISSECT, text) for text in disagreements_with_dissect(by_dissect, found))
