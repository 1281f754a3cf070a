"""The error of ports behind which an AWS service stands: ledger, queues, topic, mail, secrets."""

from __future__ import annotations

from imagedrop.ports.images import ErrorClass
from imagedrop.ports.objects import ObjectsRefused
from imagedrop.ports.system import OutOfTime


class ServiceError(Exception):
    """A call failed. `kind`: as of ImsError, but never `held`. `code`: of the service, or the kind of connection
    failure."""

    def __init__(self, kind: ErrorClass, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.kind, self.code = kind, code


def surely_without_effect(error: Exception) -> bool:
    """Whether a call of a port that raised this has surely changed nothing."""
    return isinstance(error, (OutOfTime, ObjectsRefused)) or getattr(error, "kind", "unknown") != "unknown"
