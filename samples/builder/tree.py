"""Files by path, and as nested directories."""

from __future__ import annotations

Tree = dict[str, bytes]  # path -> content; a path that ends in / is a directory; parents are created
Directory = dict[str, "Directory | bytes"]


def nested(tree: Tree) -> Directory:
    """Converts paths to nested directories. Raises ValueError if a file is also a directory."""
    root: Directory = {}
    for path, content in sorted(tree.items()):
        *above, name = path.split("/")
        directory = root
        for part in above:
            inner = directory.setdefault(part, {})
            if isinstance(inner, bytes):
                raise ValueError(f"{path}: {part} is a file already")
            directory = inner
        if name:
            directory[name] = content
    return root
