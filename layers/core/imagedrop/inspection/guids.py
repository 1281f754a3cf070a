"""GUIDs as Microsoft's structures store them: the first three groups little-endian."""

from __future__ import annotations

from uuid import UUID


def guid(data: bytes) -> str:
    """16 bytes -> `c12a7328-f81f-11d2-ba4b-00a0c93ec93b`."""
    return str(UUID(bytes_le=data))
