"""Keys, as they are asked for: by the names of their children and values, in whatever case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagedrop.inspection.registry import search, values
from imagedrop.inspection.registry.jobs import abreast, run
from imagedrop.inspection.registry.names import upper
from imagedrop.inspection.registry.nodes import Node, Nodes
from imagedrop.inspection.registry.values import Value
from imagedrop.inspection.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imagedrop.inspection.registry.jobs import Job


class Key:
    """Remembers what was found; the children's lists are read only on the way to them.

    Every method raises Unreadable where the cells on its way are malformed, and what `read` raises.
    """

    def __init__(
        self, nodes: Nodes, node: Node, prefetch: Callable[[Sequence[Range]], None], above: frozenset[int] = frozenset()
    ) -> None:
        self.name = node.name
        self._nodes, self._node, self._prefetch = nodes, node, prefetch
        self._line = above | {node.offset}
        self._children: dict[str, Key | None] = {}
        self._values: dict[str, Value | None] = {}

    def subkey(self, path: str) -> Key | None:
        r"""`Microsoft\Windows NT\CurrentVersion`; None where there is none."""
        return self.subkeys(path)[path]

    def subkeys(self, *paths: str) -> dict[str, Key | None]:
        """Several at once, side by side: no more round trips than the longest way takes."""
        found = run(abreast([self._walk(path) for path in paths]), self._prefetch)
        return dict(zip(paths, found, strict=True))

    def names(self, most: int) -> list[str]:
        """Of the first `most` children, in the order of their list."""
        return [node.name for node in run(search.children(self._nodes, self._node, most), self._prefetch)]

    def values(self, *names: str) -> dict[str, Value]:
        """By the names as asked; missing ones are left out. "" is the default value."""
        missing = {big: big for big in map(upper, names) if big not in self._values}
        if missing:
            found = run(values.find(self._nodes.cells, self._node, missing), self._prefetch)
            self._values |= dict.fromkeys(missing) | found
        known = {name: self._values[upper(name)] for name in names}
        return {name: value for name, value in known.items() if value is not None}

    def _walk(self, path: str) -> Job[Key | None]:
        key: Key | None = self
        for name in filter(None, path.split("\\")):
            if key is not None:
                key = yield from key._child(name)
        return key

    def _child(self, name: str) -> Job[Key | None]:
        big = upper(name)
        if big not in self._children:
            node = yield from search.find(self._nodes, self._node, name)
            self._children.setdefault(big, None if node is None else self._below(node))
        return self._children[big]

    def _below(self, node: Node) -> Key:
        if node.offset in self._line:
            raise self._nodes.cells.bad("key", node.offset, "is its own descendant")
        return Key(self._nodes, node, self._prefetch, self._line)
