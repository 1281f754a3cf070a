"""What each text and number of a sidecar may be. The patterns mean the same to Python, to ECMA-262 and to pydantic.

`$(?!\\n)` is the very end everywhere: Python's `$` alone would let a last newline through.
Source: IMS API CreateImage and image attributes, the narrower where the sites differ; RFC 5321 for addresses.
"""

from __future__ import annotations

SIDECAR_BYTES = 64 << 10
DEPTH = 16  # objects and lists inside one another; a right sidecar has four

_END = r"$(?!\n)"
# Nothing that moves the cursor, turns the text around or is half a character.
_TEXT = r"\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_UUID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_WORD = r"A-Za-z0-9\u4e00-\u9fa5._-"

NAME = rf"^[{_WORD}](?:[ {_WORD}]{{0,126}}[{_WORD}])?{_END}"
DESCRIPTION = rf"^[^<>{_TEXT}]{{0,1024}}{_END}"
PERSON = rf"^[^<>{_TEXT}]{{1,128}}{_END}"
EMAIL = rf"^(?=.{{1,254}}{_END})(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?![0-9]+{_END}){_LABEL}{_END}"
TAG_KEY = rf"^[A-Za-z0-9_-]{{1,36}}{_END}"
TAG_VALUE = rf"^[A-Za-z0-9_.-]{{0,43}}{_END}"
FILE = rf"^(?!\.{{1,2}}{_END})[A-Za-z0-9._-]{{1,128}}{_END}"
KEY_ID = rf"^{_UUID}{_END}"
PROJECT = rf"^(?:0|{_UUID}){_END}"
REGION = rf"^(?=.{{1,32}}{_END})[a-z]+(?:-[a-z0-9]+)+{_END}"
ETAG = rf'^"?[A-Za-z0-9_.-]{{1,128}}"?{_END}'
LINE = rf"^[^{_TEXT}]{{1,1024}}{_END}"

OWN_TAG = "imagedrop"  # IMS takes ten tags, and one is ours
TAGS = 9
DATA_IMAGES = 3
SYSTEM_GB = (1, 1024)
DATA_GB = (1, 2048)
WINDOWS_LEAST_GB = 20
RAM_MB = (0, 32 << 20)
FILE_BYTES = (1, (1 << 63) - 1)
