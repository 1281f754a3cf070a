"""Registry hives (regf), read in place: only the cells on the path to what is asked for.

hive.py    the base block              search.py  finds a subkey by name in few round trips
keys.py    Key: its subkeys and values names.py   how names are stored, compared and hashed
cells.py   cells and their bounds      nodes.py, lists.py, values.py  the records in cells

Source of all layouts and terms: M. Suhanov, Windows registry file format specification. Integers are little-endian;
offsets count from the first hive bin, at byte 4096 of the file. Transaction logs are not replayed (Hive.dirty).

Independent reads share round trips by `fetch_together` (inspection/replay.py).
"""

from imagedrop.inspection.registry.hive import Hive
from imagedrop.inspection.registry.keys import Key
from imagedrop.inspection.registry.values import Value

__all__ = ["Hive", "Key", "Value"]
