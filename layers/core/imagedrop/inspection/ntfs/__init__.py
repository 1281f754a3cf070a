"""NTFS, read only and lazily: finds a file by its path and reads parts of it.

boot.py     the geometry of the volume        runs.py       which clusters hold a stream
records.py  one record of the MFT             streams.py    the bytes of a stream, compressed or not
index.py    a name in a directory's B-tree    file.py       a file or directory
volume.py   the MFT and the files in it

Source: the Linux-NTFS project's documentation of the structures; MS-FSCC for reparse points. All integers are
little-endian. VCN: the number of a cluster in its stream; LCN: the number of a cluster on the volume.
"""

from imagedrop.inspection.ntfs.file import File
from imagedrop.inspection.ntfs.volume import Volume

__all__ = ["File", "Volume"]
