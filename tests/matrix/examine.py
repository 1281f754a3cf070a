"""One image looked at by all three: the inspection, dissect and qemu-img."""

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
    """dissect in a process of its own, with a Python of its own."""

    def __init__(self, python: Path) -> None:
        self._process = subprocess.Popen(
            [python, Path(__file__).with_name("dissect_reader")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, image: Path, form: str) -> dict[str, Any]:
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
    """`wrong`: (column, what differs). `layout`: how the judge sees each volume with a Windows."""

    gets: int
    round_trips: int
    bytes: int
    wrong: list[tuple[str, str]]
    layout: list[dict[str, Any]]


def examine(raw: Path, form: Format, wanted: Mapping[str, Any], judge: DissectProcess) -> Comparison:
    """Converts the raw disk, beside it, looks at it, and removes it."""
    image = raw.with_suffix(f".{form.format}")
    try:
        convert(raw, form, image)
        with FileSource(image) as source:
            seen = inspect(source, file_name=image.name)
        found = seen.facts.public()
        said = judge.ask(image, form.format) if form.judged else None
        size = size_by_qemu(image, form)
        there = {"format": form.format, "variant": form.variant, "virtual_size": size, "file_size": source.size}
        wrong = [*disagreements(found, {**wanted, **there}), *_judged(said, found)]
    finally:
        image.unlink(missing_ok=True)
    return Comparison(seen.read.gets, seen.read.round_trips, seen.read.bytes, wrong, (said or {}).get("layout", []))


def _judged(said: Mapping[str, Any] | None, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if said is not None:
        yield from ((DISSECT, text) for text in disagreements_with_dissect(said, found))
