"""GUIDs as Microsoft's structures store them: the first three groups little-endian. (uuid costs an import.)"""

from __future__ import annotations


def guid(data: bytes) -> str:
    """16 bytes -> `c12a7328-f81f-11d2-ba4b-00a0c93ec93b`."""
    first, second, third = data[3::-1], data[5:3:-1], data[7:5:-1]
    return "-".join(part.hex() for part in (first, second, third, data[8:10], data[10:16]))
