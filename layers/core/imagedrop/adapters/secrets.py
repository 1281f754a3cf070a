"""Secrets from Secrets Manager, cached; read again when they are old or were refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from imagedrop.observability import LOG
from imagedrop.ports import Clock, OutOfTime, ServiceError
from imagedrop.settings import SettingsError

MAX_AGE = timedelta(minutes=5)
# Between two readings after a refusal: otherwise each wrong key of a caller would cost a call to Secrets Manager.
RENEW_INTERVAL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class HuaweiKeys:
    """An access key of Huawei Cloud. Temporary keys have a `token`."""

    ak: str = field(repr=False)
    sk: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> HuaweiKeys:
        """`{"ak": "..", "sk": "..", "token": ".."}`. Raises SettingsError."""
        found = _texts(text, "IMAGEDROP_CREDENTIALS", ("ak", "sk"))
        for name in ("ak", "sk", "token"):
            check_key(f"{name} in the secret IMAGEDROP_CREDENTIALS", str(found.get(name) or ""))
        return cls(found["ak"], found["sk"], str(found["token"]) if found.get("token") else None)


def check_key(name: str, value: str) -> None:
    """Raises SettingsError, whose text does not quote the value: no header can hold it, or it was copied with more."""
    if not value.isascii() or not (value.isprintable() and value == value.strip()):
        raise SettingsError(
            f"{name} has a character that no key has, such as a line end or a space around it: copy it again"
        )


@dataclass(frozen=True, slots=True)
class SmtpLogin:
    user: str
    password: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> SmtpLogin:
        """`{"user": "..", "password": ".."}`. Raises SettingsError."""
        found = _texts(text, "IMAGEDROP_SMTP_CREDENTIALS", ("user", "password"))
        return cls(found["user"], found["password"])


def _texts(text: str, setting: str, names: tuple[str, str]) -> dict[str, Any]:
    """The fields of a secret, of which `names` are not empty. Raises SettingsError, whose text does not quote it."""
    first, second = names
    try:
        content = json.loads(text)
    except ValueError:
        raise SettingsError(f'the secret {setting} is not JSON; write {{"{first}": "..", "{second}": ".."}}') from None
    fields: dict[str, Any] = content if isinstance(content, dict) else {}
    missing = [name for name in names if not isinstance(fields.get(name), str) or not fields[name]]
    if missing:
        raise SettingsError(f"the secret {setting} lacks {' and '.join(missing)}")
    return fields


class Secrets:
    """`connect` returns an AwsClient of Secrets Manager. Thread-safe. May raise ServiceError or OutOfTime."""

    def __init__(self, connect: Callable[[], Any], clock: Clock) -> None:
        self._connect, self._clock = connect, clock
        self._cached: dict[str, tuple[datetime, str]] = {}
        self._renewed_at: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def get(self, secret_id: str) -> str:
        """The secret's text, at most MAX_AGE old; older only while Secrets Manager does not answer."""
        with self._lock:
            (read_at, text), now = self._cached.get(secret_id, (None, "")), self._clock()
            if read_at is not None and now - read_at < MAX_AGE:
                return text
            try:
                return self._read(secret_id)
            except (ServiceError, OutOfTime):
                if read_at is None:
                    raise
                LOG.exception("secret not read again, the old one is used")
                self._cached[secret_id] = now - MAX_AGE + RENEW_INTERVAL, text  # other threads wait for this one
                return text

    def renew(self, secret_id: str) -> bool:
        """Reads the secret again, at most once per RENEW_INTERVAL. Returns whether it has changed."""
        with self._lock:
            last, now = self._renewed_at.get(secret_id), self._clock()
            if last is not None and now - last < RENEW_INTERVAL:
                return False
            self._renewed_at[secret_id] = now
            _, old = self._cached.get(secret_id, (None, None))
            return self._read(secret_id) != old

    def _read(self, secret_id: str) -> str:
        response = self._connect().get_secret_value(SecretId=secret_id)
        text = response["SecretString"] if "SecretString" in response else response["SecretBinary"].decode()
        self._cached[secret_id] = (self._clock(), text)
        return str(text)
