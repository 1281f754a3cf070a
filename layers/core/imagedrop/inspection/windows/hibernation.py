"""hiberfil.sys: a Windows that sleeps on disk. Its first four bytes say so: "HIBR" or "hibr" (not yet woken up);
"WAKE", "wake" or zeros: it was, or never slept. Fast start-up leaves the same behind at every shutdown."""

from __future__ import annotations

from imagedrop.inspection.ntfs import Volume

FILE = "hiberfil.sys"
ASLEEP = (b"HIBR", b"hibr")


def asleep(volume: Volume) -> bool:
    file = volume.find(FILE)
    data = file.data() if file else None
    return data is not None and data.size >= 4 and data.read(0, 4) in ASLEEP
