"""Valid keys, and which keys can be paths below a bucket's folder."""

from __future__ import annotations

from hashlib import sha256

from imagedrop_local.obs.model import StoreError

MAX_KEY = 1024
MAX_FILE_NAME = 255
MAX_DEPTH = 64


def check_key(key: str) -> None:
    """Raises StoreError: KeyTooLong, InvalidURI. 1 to 1,024 bytes of UTF-8 (OBS API: PutObject), no NUL."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise StoreError("InvalidURI", "the key is not UTF-8") from None
    if size > MAX_KEY:
        raise StoreError("KeyTooLong", f"the key has {size} bytes, at most {MAX_KEY}")
    if not key or "\0" in key:
        raise StoreError("InvalidURI", "the key is empty or has a NUL in it")


def is_path(key: str) -> bool:
    """Whether the key is a relative path that names one file below the folder, and is the only spelling of it."""
    segments = key.split("/")
    return len(segments) <= MAX_DEPTH and all(
        segment not in ("", ".", "..") and len(segment.encode()) <= MAX_FILE_NAME for segment in segments
    )


def digest(key: str) -> str:
    """A file name for any key."""
    return sha256(key.encode()).hexdigest()
