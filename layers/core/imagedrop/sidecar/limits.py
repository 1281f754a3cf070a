"""The allowed texts and numbers in a sidecar. The patterns mean the same in Python, ECMA-262 and pydantic.

`$(?!\\n)` matches only the end of the text: Python's `$` alone also matches before a final newline.
Source: IMS API CreateImage and image attributes; the narrower value if the sites of Huawei Cloud differ.
"""

from __future__ import annotations

SIDECAR_BYTES = 64 << 10
DEPTH = 16  # nested objects and lists; a valid sidecar has at most four

_END = r"$(?!\n)"
# Excludes control characters, changes of text direction and lone surrogates.
_TEXT = r"\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_UUID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_WORD = r"A-Za-z0-9\u4e00-\u9fa5._-"

NAME = rf"^[{_WORD}](?:[ {_WORD}]{{0,126}}[{_WORD}])?{_END}"
DESCRIPTION = rf"^[^<>{_TEXT}]{{0,1024}}{_END}"
PERSON = rf"^[^<>{_TEXT}]{{1,128}}{_END}"
TAG_KEY = rf"^[A-Za-z0-9_-]{{1,36}}{_END}"
TAG_VALUE = rf"^[A-Za-z0-9_.-]{{0,43}}{_END}"
FILE = rf"^(?!\.{{1,2}}{_END})[A-Za-z0-9._-]{{1,128}}{_END}"
KEY_ID = rf"^{_UUID}{_END}"
PROJECT = rf"^(?:0|{_UUID}){_END}"
REGION = rf"^(?=.{{1,32}}{_END})[a-z]+(?:-[a-z0-9]+)+{_END}"
ETAG = rf'^"?[A-Za-z0-9_.-]{{1,128}}"?{_END}'
LINE = rf"^[^{_TEXT}]{{1,1024}}{_END}"

OWN_TAG = "imagedrop"  # IMS accepts ten tags, and imagedrop uses one
TAGS = 9
DATA_IMAGES = 3
SYSTEM_GB = (1, 1024)
WINDOWS_MIN_GB = 20
DATA_GB = (1, 2048)
RAM_MB = (0, 32 << 20)
FILE_BYTES = (1, (1 << 63) - 1)


def may_be_windows(os_type: object) -> bool:
    """Whether a system of this `os_type` is or may be Windows; None: unknown."""
    return os_type not in ("Linux", "Other")


def min_system_gb(os_type: object) -> int:
    """GB of the smallest system disk that IMS accepts for this `os_type`."""
    return WINDOWS_MIN_GB if may_be_windows(os_type) else SYSTEM_GB[0]
