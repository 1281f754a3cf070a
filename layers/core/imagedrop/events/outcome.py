"""The possible outcomes of one record of an event."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectCreated:
    """An object was written. `key` decoded; `etag` without quotes; `size` in bytes; `time` UTC, ISO 8601.

    Rely on `bucket` and `key` only; HEAD of the object decides about the rest.
    `after_attempt`, only in imagedrop's own messages: the attempt that ended before this one was requested.
    """

    bucket: str
    key: str
    etag: str | None = None
    size: int | None = None
    time: str | None = None
    event_id: str | None = None
    after_attempt: int | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """A well-formed record without a new object: a removal, a test notification, another service's event."""

    reason: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that cannot be parsed. `at`: its path in the body, such as `.Records[3].body.obs`."""

    reason: str
    at: str = ""


Outcome = ObjectCreated | Ignored | Bad
