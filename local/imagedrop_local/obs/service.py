"""OBS's two interfaces (S3's and its own) over a store: checks the signature, finds the call, formats errors."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from imagedrop_local.faults import Faults
from imagedrop_local.http import Request, Response
from imagedrop_local.obs import errors
from imagedrop_local.obs.address import Address, address_of
from imagedrop_local.obs.bucket_calls import BucketCalls
from imagedrop_local.obs.call import Call, call_name
from imagedrop_local.obs.envelopes import EventFormat
from imagedrop_local.obs.events import EventSender, Publisher
from imagedrop_local.obs.folder_watcher import FolderWatcher
from imagedrop_local.obs.listing_calls import ListingCalls
from imagedrop_local.obs.model import StoreError
from imagedrop_local.obs.multipart import Uploads
from imagedrop_local.obs.multipart_calls import MultipartCalls
from imagedrop_local.obs.notification_calls import NotificationCalls
from imagedrop_local.obs.object_calls import ObjectCalls
from imagedrop_local.obs.signature import dialect_of, verify
from imagedrop_local.obs.signed_request import VerifiedSignature, Verifier
from imagedrop_local.obs.store import Store
from imagedrop_local.obs.switches import ObsSwitches

Handler = Callable[[Call], Response]


class Obs:
    """`credentials`: access key -> secret key. `path_style`: whether the bucket may be in the path."""

    name = "obs"

    def __init__(
        self,
        store: Store,
        credentials: Mapping[str, str],
        clock: Callable[[], datetime],
        faults: Faults,
        publisher: Publisher = lambda topic, message: None,
        known_topic: Callable[[str], bool] = lambda topic: True,
        switches: ObsSwitches | None = None,
        path_style: bool = False,
        poll_interval: float = 1.0,
    ) -> None:
        switches = switches or ObsSwitches()
        self.store, self._credentials, self._clock = store, credentials, clock
        self._path_style = path_style and switches.obs_path_style
        self.events = EventSender(store, EventFormat(switches, store.region), faults, publisher)
        self._watcher = FolderWatcher(store, poll_interval) if switches.obs_copied_in_events else None
        uploads = Uploads(store)
        self._handlers: dict[str, Handler] = {
            **BucketCalls(store, switches).calls,
            **ObjectCalls(store, switches).calls,
            **ListingCalls(store, uploads).calls,
            **MultipartCalls(store, uploads, switches).calls,
            **NotificationCalls(store, switches, known_topic, self.events.send).calls,
        }
        faults.register_calls(self.name, self._handlers)

    def start(self) -> None:
        """Starts the threads that send events and watch the folder."""
        self.events.start()
        if self._watcher:
            self._watcher.start()

    def stop(self) -> None:
        if self._watcher:
            self._watcher.stop()
        self.events.stop()

    def check_folder(self) -> None:
        """Checks the folder for copied files now."""
        if self._watcher:
            self._watcher.check_folder()

    def state(self) -> dict[str, Any]:
        infos = self.store.buckets()
        buckets = [info.model_dump(mode="json") | {"objects": self.store.count(info.name)} for info in infos]
        return {"buckets": buckets, "events": dict(self.events.counts)}

    def route(self, request: Request) -> tuple[str, Callable[[], Response]]:
        address = address_of(request.headers.get("Host", ""), request.path)
        name = call_name(request, address.bucket, address.key)
        return name, lambda: self._answer(request, address, name)

    def error(self, status: int, code: str | None, message: str) -> Response:
        return errors.response(status, code or _code_of(status), message, "", _request_id())

    def _answer(self, request: Request, address: Address, name: str) -> Response:
        request_id, dialect = _request_id(), dialect_of(request)
        try:
            response = self._handle(request, address, name, request_id)
        except StoreError as error:
            status = errors.STATUS.get(error.code, 400)
            response = errors.response(status, error.code, error.message, request.path, request_id)
        response.headers.setdefault(dialect.header("request-id"), request_id)
        response.headers.setdefault(dialect.header("id-2"), "simulator")
        return response

    def _handle(self, request: Request, address: Address, name: str, request_id: str) -> Response:
        verified = self._verify(request, address, name)
        if address.key and not address.virtual and not self._path_style:
            raise StoreError("NoSuchKey", "path style is not supported: put the bucket into the host name")
        if name not in self._handlers:
            raise StoreError("NotImplemented", "the simulator has no such call")
        payload, dialect = verified.payload, verified.dialect
        call = Call(name, request, address.bucket, address.key, dialect, payload, request_id)
        return self._handlers[name](call)

    def _verify(self, request: Request, address: Address, name: str) -> VerifiedSignature:
        if name == "GetApiVersion":
            return VerifiedSignature("", dialect_of(request))
        bucket = address.bucket if address.virtual else None
        return verify(request, bucket, Verifier(self._credentials, self.store.region, self._clock()))


def _code_of(status: int) -> str:
    codes = {
        400: "InvalidRequest",
        403: "AccessDenied",
        404: "NoSuchKey",
        500: "InternalError",
        503: "ServiceUnavailable",
    }
    return codes.get(status, "InternalError" if status >= 500 else "InvalidRequest")


def _request_id() -> str:
    return secrets.token_hex(16).upper()
