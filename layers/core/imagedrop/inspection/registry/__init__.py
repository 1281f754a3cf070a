"""Registry hives (regf), read where they lie: only the cells on the way to what is asked for.

hive.py    the base block, where it begins     search.py  a child by its name, in few round trips
keys.py    Key: children and values            names.py   how names are stored, compared, hashed
cells.py   cells, and the bounds they keep     nodes.py, lists.py, values.py  what the cells hold
jobs.py    work that says what it reads next, so that independent work shares its round trips

Source of all layouts: M. Suhanov, Windows registry file format specification. Everything is little-endian; an offset
counts from the first hive bin, which lies at 4096 in the file. Transaction logs are not replayed: see Hive.dirty.
"""

from __future__ import annotations

from imagedrop.inspection.registry.hive import Hive
from imagedrop.inspection.registry.keys import Key
from imagedrop.inspection.registry.values import Value

__all__ = ["Hive", "Key", "Value"]
