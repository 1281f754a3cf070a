"""NTFS, read only and lazily: finds a file by its path and reads parts of it.

boot.py     the volume's geometry            runs.py       places of a stream on the volume
records.py  one record of the MFT            streams.py    the bytes of a stream, packed or not
index.py    a name in a directory's B-tree   file.py, volume.py   all of it together

Source: the structures as the Linux-NTFS project documents them; MS-FSCC for reparse points and file attributes.
"""

from imagedrop.inspection.ntfs.file import File
from imagedrop.inspection.ntfs.volume import Volume

__all__ = ["File", "Volume"]
