"""Whether the event of an object reaches the intake, and how it spells the object's key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

from botocore.exceptions import BotoCoreError, ClientError

from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong

NAME = "events.arrival"
WAIT, EVERY = 120.0, 5.0  # s; on AWS a log line can be found some seconds after it was written


@dataclass(frozen=True)
class Arrivals:
    """`keys`: a text -> the keys with this text in the log of the intake."""

    keys: Callable[[str], Iterable[str]]
    sleep: Callable[[float], None]

    def _found(self, token: str) -> list[str]:
        waited = 0.0
        while not (found := list(self.keys(token))) and waited < WAIT:
            self.sleep(EVERY)
            waited += EVERY
        return found

    def check(self, key: str, encoded: bool) -> CheckResult:
        """`encoded`: the setting event_keys_encoded."""
        try:
            found = self._found(key.split("/")[2])
        except (BotoCoreError, ClientError) as error:
            return unknown(NAME, f"AWS: {error}", "Allow your AWS keys to read the log (logs:FilterLogEvents).")
        if not found:
            fix = "Look at the other checks of events. A filter that leaves out .imagedrop/ is no fault."
            return unknown(NAME, f"no event of {key} has reached the intake", fix)
        if key in found:
            return ok(NAME, "the event of an object has reached the intake, with the right key")
        if not encoded and key in (unquote(found[0]), unquote_plus(found[0])):
            return wrong(NAME, f"the key came encoded: {found[0]}", "Set event_keys_encoded to true.")
        if encoded and found[0] in (unquote(key), unquote_plus(key)):
            return wrong(NAME, f"the key was decoded twice: {found[0]}", "Set event_keys_encoded to false.")
        return wrong(NAME, f"the key came as {found[0]}", "Please report this: imagedrop expects another encoding.")
