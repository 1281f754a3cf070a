"""What a store of objects may answer instead of bytes: the errors of the port `Objects`, for those who read it."""

from __future__ import annotations


class ObjectChanged(Exception):
    """The object is not the one asked for any more (412 on If-Match), or it is gone."""


class ObjectsUnavailable(Exception):
    """OBS did not answer as it should, after the retries inside the call: try again later."""


class ObjectsRefused(Exception):
    """OBS refuses us (403, wrong region, no such bucket): an operator must mend it. `code` is OBS's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message
