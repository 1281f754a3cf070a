"""Secrets, read from Secrets Manager when first needed and again when they are old or refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from imagedrop.ports import Clock
from imagedrop.settings import SettingsError

MAX_AGE = timedelta(minutes=5)
RENEW_INTERVAL = timedelta(
    minutes=1
)  # between two readings after a refusal, or whoever knocks with a wrong key sets the pace


@dataclass(frozen=True, slots=True)
class HuaweiKeys:
    """An access key of Huawei Cloud; `token` with temporary ones only."""

    ak: str = field(repr=False)
    sk: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, text: str) -> HuaweiKeys:
        """`{"ak": "..", "sk": "..", "token": ".."}`. Raises SettingsError, which quotes nothing of it."""
        try:
            given = json.loads(text)
        except ValueError:
            raise SettingsError('the secret IMAGEDROP_CREDENTIALS is no JSON; write {"ak": "..", "sk": ".."}') from None
        fields = given if isinstance(given, dict) else {}
        keys = [fields.get(name) for name in ("ak", "sk")]
        missing = [name for name, key in zip(("ak", "sk"), keys, strict=True) if not isinstance(key, str) or not key]
        if missing:
            raise SettingsError(f"the secret IMAGEDROP_CREDENTIALS lacks {' and '.join(missing)}")
        return cls(fields["ak"], fields["sk"], str(fields["token"]) if fields.get("token") else None)


class Secrets:
    """`connect` makes boto3's client for Secrets Manager; its errors pass. Threads that ask at once read it once."""

    def __init__(self, connect: Callable[[], Any], clock: Clock) -> None:
        self._connect, self._clock = connect, clock
        self._known: dict[str, tuple[datetime, str]] = {}
        self._renewed: dict[str, datetime] = {}
        self._reading = threading.Lock()

    def get(self, secret_id: str) -> str:
        """As it was at most five minutes ago."""
        with self._reading:
            read_at, text = self._known.get(secret_id, (None, ""))
            if read_at is not None and self._clock() - read_at < MAX_AGE:
                return text
            return self._read(secret_id)

    def renew(self, secret_id: str) -> bool:
        """Reads it anew, at most once a minute; whether it has changed."""
        with self._reading:
            last, now = self._renewed.get(secret_id), self._clock()
            if last is not None and now - last < RENEW_INTERVAL:
                return False
            self._renewed[secret_id] = now
            _, old = self._known.get(secret_id, (None, None))
            return self._read(secret_id) != old

    def _read(self, secret_id: str) -> str:
        answer = self._connect().get_secret_value(SecretId=secret_id)
        text = answer["SecretString"] if "SecretString" in answer else answer["SecretBinary"].decode()
        self._known[secret_id] = (self._clock(), text)
        return str(text)
