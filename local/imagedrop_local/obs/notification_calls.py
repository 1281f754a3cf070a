"""Calls on a bucket's event rules."""

from __future__ import annotations

from collections.abc import Callable

from imagedrop_local.http import Response
from imagedrop_local.obs import envelopes, event_rules
from imagedrop_local.obs.call import Call
from imagedrop_local.obs.model import StoreError
from imagedrop_local.obs.store import Store
from imagedrop_local.obs.switches import ObsSwitches


class NotificationCalls:
    """`calls`: the handlers by call name. `send` takes (topic URN, message); `known_topic`: whether a URN exists."""

    def __init__(
        self,
        store: Store,
        switches: ObsSwitches,
        known_topic: Callable[[str], bool],
        send: Callable[[str, str], object],
    ) -> None:
        self._store, self._switches, self._known_topic, self._send = store, switches, known_topic, send
        self.calls = {
            "GetBucketNotificationConfiguration": self.get,
            "PutBucketNotificationConfiguration": self.put,
        }

    def get(self, call: Call) -> Response:
        body = event_rules.write(self._store.require_bucket(call.bucket).rules, call.dialect)
        return Response(200, body, {"Content-Type": "application/xml"})

    def put(self, call: Call) -> Response:
        info = self._store.require_bucket(call.bucket)
        rules = event_rules.read(call.small_body(event_rules.MAX_BODY), info.region, self._known_topic)
        if not self._switches.obs_new_rules and set(rules) - set(info.rules):
            raise StoreError("MethodNotAllowed", "new event rules are no longer accepted")
        self._store.change_bucket(info.model_copy(update={"rules": rules}))
        if self._switches.obs_test_message:
            now, body = self._store.clock(), self._switches.obs_test_body
            for topic in sorted({rule.topic for rule in rules}):
                self._send(topic, envelopes.rule_test_message(call.bucket, call.request_id, now, body))
        return Response(200)
