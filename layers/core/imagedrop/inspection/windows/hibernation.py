"""hiberfil.sys: the memory of a hibernated Windows. Its first four bytes are "HIBR" or "hibr" until it resumes.

"WAKE", "wake" or zeros: it resumed, or never hibernated. With fast start-up every shutdown hibernates.
"""

from __future__ import annotations

from imagedrop.inspection.ntfs import Volume

FILE = "hiberfil.sys"
HIBERNATED = (b"HIBR", b"hibr")


def is_hibernated(volume: Volume) -> bool:
    file = volume.find(FILE)
    data = file.data() if file else None
    return data is not None and data.size >= 4 and data.read(0, 4) in HIBERNATED
