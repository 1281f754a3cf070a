"""Builds one page of a listing from sorted keys: common prefixes, limit, start of the next page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from imagedrop_local.obs.model import Page, StoredObject


def page(
    keys: Iterator[str],
    head: Callable[[str], StoredObject | None],
    prefix: str,
    after: str,
    delimiter: str,
    limit: int,
) -> Page:
    """`keys`: sorted, start with `prefix`, come after `after`. If `after` is a common prefix, the previous page had it:
    its keys are skipped."""
    objects: list[StoredObject] = []
    prefixes: list[str] = []
    last = after
    for key in keys:
        group = _group(key, prefix, delimiter)
        if group is not None and group == last:
            continue
        stored = None if group else head(key)
        if stored is None and group is None:
            continue  # removed in the meantime
        if len(objects) + len(prefixes) >= limit:
            return Page(objects, prefixes, last)
        if stored:
            objects.append(stored)
        else:
            prefixes.append(str(group))
        last = group or key
    return Page(objects, prefixes, None)


def _group(key: str, prefix: str, delimiter: str) -> str | None:
    if not delimiter:
        return None
    end = key.find(delimiter, len(prefix))
    return None if end < 0 else key[: end + len(delimiter)]
