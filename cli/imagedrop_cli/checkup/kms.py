"""Checks of the keys that encrypt images: the field `cmk_id` of a sidecar names one."""

from __future__ import annotations

from collections.abc import Iterator

from huaweicloudsdkkms.v2 import KmsClient, ListKeysRequest, ListKeysRequestBody

from imagedrop_cli.checkup.huawei import Account, HuaweiError, translate_errors
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong

ENABLED = "2"  # KMS API: key_state
STATES = {"3": "disabled", "4": "to be deleted", "5": "without key material", "7": "frozen"}
PAGE = 100


class KmsChecks:
    """`key`: the id of a key that sidecars name; empty: the keys are only counted."""

    def __init__(self, account: Account, key: str = "") -> None:
        self._account, self._key = account, key

    def run(self) -> Iterator[CheckResult]:
        url = self._account.url("kms")
        if not url:
            yield unknown("kms.keys", "not asked: from ims_endpoint does not follow where KMS is")
            return
        try:
            states = self._states(url)
        except HuaweiError as error:
            fix = "Only encrypted images need this: allow the user of the keys to list keys (kms:cmk:list)."
            yield unknown("kms.keys", f"{url}: {error}", fix if error.refused else "")
            return
        if self._key:
            yield _one(self._key, states.get(self._key))
        else:
            enabled = sum(state == ENABLED for state in states.values())
            yield ok("kms.keys", f"{enabled} enabled keys for encrypted images")

    def _states(self, url: str) -> dict[str, str]:
        """Id of each key -> its state."""
        client, found, marker = self._account.client(KmsClient, url), dict[str, str](), None
        with translate_errors():
            while True:
                body = ListKeysRequestBody(limit=str(PAGE), marker=marker)
                answer = client.list_keys(ListKeysRequest(body=body))
                found |= {key.key_id: key.key_state for key in answer.key_details or ()}
                marker = answer.next_marker
                if answer.truncated != "true" or not marker:
                    return found


def _one(key: str, state: str | None) -> CheckResult:
    if state == ENABLED:
        return ok("kms.keys", f"{key} is enabled")
    if state is None:
        return wrong("kms.keys", f"there is no key {key} in this project", "Use a key of this region and project.")
    fix = "Enable the key in KMS, or name another one: IMS cannot encrypt with it."
    return wrong("kms.keys", f"{key} is {STATES.get(state, f'in state {state}')}", fix)
