"""Checks of the keys that encrypt images: the field `cmk_id` of a sidecar names one."""

from __future__ import annotations

from collections.abc import Iterator

from huaweicloudsdkkms.v2 import KmsClient, ListKeysRequest, ListKeysRequestBody

from imagedrop_cli.checkup.huawei import PAGES, Account, HuaweiError, call
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong

ENABLED = "2"  # KMS API: key_state
STATES = {"3": "disabled", "4": "to be deleted", "5": "without key material", "7": "frozen"}
PAGE = 100
NAME = "kms.keys"


class KmsChecks:
    """`key`: the id of a key that sidecars name; empty: the keys are only counted."""

    def __init__(self, account: Account, key: str = "") -> None:
        self._account, self._key = account, key.strip()

    def run(self) -> Iterator[CheckResult]:
        url = self._account.url("kms")
        if not url:
            yield unknown(
                NAME, "not asked: ims_endpoint does not tell the address of KMS", "Only encryption needs KMS."
            )
            return
        try:
            states = self._states(url)
        except HuaweiError as error:
            allow = "Allow the user of the keys to list keys (kms:cmk:list)." if error.refused else "Try again later."
            yield unknown(NAME, f"{url}: {error}", f"Only encrypted images need KMS. {allow}")
            return
        if self._key:
            yield _one(self._key, states.get(self._key))
        else:
            enabled = sum(state == ENABLED for state in states.values())
            yield ok(NAME, f"{enabled} enabled keys for encrypted images")

    def _states(self, url: str) -> dict[str, str]:
        """Id of each key -> its state."""
        client, found, marker = self._account.client(KmsClient, url), dict[str, str](), None
        for _ in range(PAGES):
            request = ListKeysRequest(body=ListKeysRequestBody(limit=str(PAGE), marker=marker))
            answer = call(lambda request=request: client.list_keys(request), has="key_details")  # type: ignore[misc]
            found |= {key.key_id: key.key_state for key in answer.key_details if key is not None}
            if answer.truncated != "true" or answer.next_marker in (None, "", marker):
                break
            marker = answer.next_marker
        return found


def _one(key: str, state: str | None) -> CheckResult:
    if state == ENABLED:
        return ok(NAME, f"{key} is enabled")
    if state is None:
        return wrong(NAME, f"there is no key {key} in this project", "Use a key of this region and project.")
    fix = "Enable the key in KMS, or name another one: IMS cannot encrypt with it."
    return wrong(NAME, f"{key} is {STATES.get(state, f'in state {state}')}", fix)
