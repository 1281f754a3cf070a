"""What oslo.utils says of a file. Runs with the Python in which requirements/oslo.txt is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oslo_utils.imageutils import format_inspector as theirs

CHUNK = 1 << 20


def inspect_with_oslo(image: Path, declared: str | None) -> dict[str, Any]:
    """`declared`: the format that the file is said to have, or None. `format` and `virtual_size` are None where oslo
    has none, `refusal` where it refuses nothing."""
    said: dict[str, Any] = {"format": None, "virtual_size": None, "refusal": None}
    with image.open("rb") as file:
        wrapper = theirs.InspectWrapper(file, expected_format=declared)
        try:
            while wrapper.read(CHUNK):
                pass
            wrapper.close()
            found = wrapper.format
            assert found is not None
            said |= {"format": found.NAME, "virtual_size": found.virtual_size or None}
            found.safety_check()
        except theirs.ImageFormatError as error:
            said["refusal"] = str(error)
        except theirs.SafetyCheckFailed as error:
            said["refusal"] = "; ".join(f"{check}: {why}" for check, why in error.failures.items())
    return said


def matching_inspector(image: Path, name: str) -> theirs.FileInspector | None:
    """Their reader of this one format, when it has read the whole file; None where it is of another."""
    reader = theirs.ALL_FORMATS[name]()
    with image.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                reader.eat_chunk(chunk)
        except theirs.ImageFormatError:
            return None
    reader.finish()
    return reader if reader.format_match else None
