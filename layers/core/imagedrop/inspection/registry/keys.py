"""Keys: subkeys and values by their names, in any case."""

from __future__ import annotations

from functools import partial

from imagedrop.inspection.registry import search, values
from imagedrop.inspection.registry.nodes import Node, Nodes
from imagedrop.inspection.registry.values import Value
from imagedrop.inspection.replay import fetch_together
from imagedrop.inspection.upper_case import upper


class Key:
    """Remembers the subkeys and values that it has found; lists of subkeys are read only as far as needed.

    Every method raises Unreadable where a cell on its path is malformed, and whatever `read` raises.
    """

    def __init__(self, nodes: Nodes, node: Node, ancestors: frozenset[int] = frozenset()) -> None:
        self.name = node.name
        self._nodes, self._node = nodes, node
        self._path = ancestors | {node.offset}
        self._subkeys: dict[str, Key | None] = {}
        self._values: dict[str, Value | None] = {}

    def subkey(self, path: str) -> Key | None:
        r"""By its path from here, such as `Microsoft\Windows NT\CurrentVersion`; None where there is none."""
        key: Key | None = self
        for name in filter(None, path.split("\\")):
            if key is not None:
                key = key._child(name)
        return key

    def subkeys(self, *paths: str) -> dict[str, Key | None]:
        """Several by their paths, in no more round trips than the longest path takes."""
        found = fetch_together(*[partial(self.subkey, path) for path in paths])
        return dict(zip(paths, found, strict=True))

    def names(self, count: int) -> list[str]:
        """Of the first `count` subkeys, in the order of their list."""
        return [node.name for node in search.first_subkeys(self._nodes, self._node, count)]

    def values(self, *names: str) -> dict[str, Value]:
        """Name as given -> value; missing ones are left out. "" is the default value."""
        missing = {name for name in map(upper, names) if name not in self._values}
        if missing:
            self._values |= dict.fromkeys(missing) | values.find(self._nodes.cells, self._node, missing)
        found = {name: self._values[upper(name)] for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def _child(self, name: str) -> Key | None:
        name_upper = upper(name)
        if name_upper not in self._subkeys:
            node = search.find_subkey(self._nodes, self._node, name)
            self._subkeys[name_upper] = None if node is None else self._key(node)
        return self._subkeys[name_upper]

    def _key(self, node: Node) -> Key:
        if node.offset in self._path:
            raise self._nodes.cells.malformed("key", node.offset, "is its own descendant")
        return Key(self._nodes, node, self._path)
