"""Inspects a file with oslo.utils. Runs with the Python that has requirements/oslo.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oslo_utils.imageutils import format_inspector

CHUNK = 1 << 20


def inspect_with_oslo(image: Path, declared: str | None) -> dict[str, Any]:
    """`declared`: the expected format, or None.

    `format` and `virtual_size` are None where oslo does not know them, `refusal` where it accepts the file.
    """
    result: dict[str, Any] = {"format": None, "virtual_size": None, "refusal": None}
    with image.open("rb") as file:
        wrapper = format_inspector.InspectWrapper(file, expected_format=declared)
        try:
            while wrapper.read(CHUNK):
                pass
            wrapper.close()
            found = wrapper.format
            assert found is not None
            result |= {"format": found.NAME, "virtual_size": found.virtual_size or None}
            found.safety_check()
        except format_inspector.ImageFormatError as error:
            result["refusal"] = str(error)
        except format_inspector.SafetyCheckFailed as error:
            result["refusal"] = "; ".join(f"{check}: {why}" for check, why in error.failures.items())
    return result


def matching_inspector(image: Path, name: str) -> format_inspector.FileInspector | None:
    """oslo's inspector of this format after it has read the whole file; None where the file has another format."""
    reader = format_inspector.ALL_FORMATS[name]()
    with image.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                reader.eat_chunk(chunk)
        except format_inspector.ImageFormatError:
            return None
    reader.finish()
    return reader if reader.format_match else None
