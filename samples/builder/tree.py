"""Files by path, and the same as directories."""

from __future__ import annotations

Tree = dict[str, bytes]  # a path that ends in / is a directory; those on the way come by themselves
Directory = dict[str, "Directory | bytes"]


def nested(tree: Tree) -> Directory:
    """Paths to content -> names to content or directories."""
    root: Directory = {}
    for path, content in sorted(tree.items()):
        *above, name = path.split("/")
        at = root
        for part in above:
            inner = at.setdefault(part, {})
            if isinstance(inner, bytes):
                raise ValueError(f"{path}: {part} is a file already")
            at = inner
        if name:
            at[name] = content
    return root
