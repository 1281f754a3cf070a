"""IMS over HTTP: one project's images in one region."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from imagedrop_local import gateway
from imagedrop_local.faults import Faults
from imagedrop_local.gateway import ApiError, Gateway
from imagedrop_local.http import Request, Response
from imagedrop_local.ims.calls import ApiRequest, Calls, Handler
from imagedrop_local.ims.create_requests import RequestParser
from imagedrop_local.ims.images import Images
from imagedrop_local.ims.import_checks import ImportChecks
from imagedrop_local.ims.imports import OPEN, ImportJobs
from imagedrop_local.ims.routes import table
from imagedrop_local.ims.sources import Sources
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.ims.tag_calls import TagCalls
from imagedrop_local.ims.two_steps import TwoStepCalls
from imagedrop_local.json_store import Document, JsonStore
from imagedrop_local.obs.store import Store


class Ims:
    """Keeps its state in `folder`, over restarts; None: in memory only.

    `credentials`: access key -> secret key. `time_scale`: simulated seconds per second of `clock` (60: an import of
    five minutes takes five seconds). Faults for the call `ImportJob` apply to jobs: `status` fails the next one with
    `code`, `slow` makes it `seconds` longer.
    """

    name = "ims"

    def __init__(
        self,
        store: Store,
        folder: Path | None,
        credentials: Mapping[str, str],
        region: str,
        project_id: str,
        clock: Callable[[], datetime],
        time_scale: float,
        switches: ImsSwitches,
        faults: Faults,
        rng: random.Random | None = None,
    ) -> None:
        rng = rng or random.Random()  # noqa: S311 - ids need no secrecy
        self._switches, self._clock = switches, clock
        self._gateway = Gateway(credentials, project_id, clock, lambda: switches.ims_rate)
        self._images = Images(JsonStore(folder and folder / "images"), switches, project_id)
        self._imports = ImportJobs(
            JsonStore(folder and folder / "jobs"),
            self._images,
            ImportChecks(store, switches),
            switches,
            faults,
            time_scale,
            rng,
        )
        parser = RequestParser(switches)
        sources = Sources(store, region, switches)
        calls = Calls(parser, sources, self._images, self._imports, switches)
        steps = TwoStepCalls(parser, sources, self._images, self._imports, switches)
        self._routes = table(calls, TagCalls(self._images, switches), steps, parser)
        faults.register_calls(self.name, self._routes.calls())
        self._lock = threading.RLock()

    def route(self, request: Request) -> tuple[str, Callable[[], Response]]:
        found = self._routes.find(request.method, request.path)
        if found is None or not self._is_published(found[0]):
            return "Unknown", partial(self.error, 404, None, "the API does not exist or is not published")
        call, handler, path = found
        return call, partial(self._answer, request, path, handler)

    def _is_published(self, call: str) -> bool:
        return call not in ("ShowJob", "ShowJobProgress") or self._switches.ims_job_calls in ("both", call)

    def _answer(self, request: Request, path: dict[str, str], handler: Handler) -> Response:
        try:
            raw = self._gateway.admit(request, path.get("project_id"))
            with self._lock:
                answer = handler(ApiRequest(path, request.pairs, raw, self._advance()))
        except ApiError as error:
            answer = self._error_response(request, error)
        return gateway.with_request_id(answer)

    def _error_response(self, request: Request, error: ApiError) -> Response:
        openstack = self._switches.ims_native_errors == "openstack" and request.path.startswith("/v2/images")
        if openstack and (error.code or "").startswith("IMG."):
            title = HTTPStatus(error.status).phrase
            body = {"code": f"{error.status} {title}", "title": title, "message": error.message}
            return Response.json(error.status, body)
        answer = self.error(error.status, error.code, error.message)
        if error.status == 429 and self._switches.ims_retry_after is not None:
            answer.headers["Retry-After"] = str(self._switches.ims_retry_after)
        return answer

    def error(self, status: int, code: str | None, message: str) -> Response:
        """IMS's format for IMG codes, the gateway's for all others."""
        if code is None or not code.startswith("IMG.") or self._switches.ims_flat_errors:
            return gateway.error_response(status, code, message)
        return Response.json(status, {"error": {"message": message, "code": code}})

    def _advance(self) -> datetime:
        now = self._clock()
        self._imports.advance(now)
        self._images.advance(now)
        return now

    def state(self) -> dict[str, Any]:
        """For /_sim/state: all images and jobs, also those that the API hides, and counts."""
        with self._lock:
            now = self._advance()
            images = [self._images.as_api(image) | {"tags": dict(image["tags"])} for image in self._images.all()]
            jobs = self._imports.all()
            return {
                "images": images,
                "jobs": [_summary(job, self._imports.progress(job, now)) for job in jobs],
                "counts": {
                    "images": len(images),
                    "active": sum(image["status"] == "active" for image in images),
                    "jobs": len(jobs),
                    "open_jobs": sum(job["status"] in OPEN for job in jobs),
                    "tasks": self._imports.task_count(),
                },
            }


def _summary(job: Document, progress: float) -> Document:
    return {
        "job_id": job["id"],
        "job_type": job["type"],
        "status": job["status"],
        "progress": round(progress, 3),
        "submitted": job["submitted"],
        "ended": job.get("ended"),
        "failure": job["failure"],
        "images": [
            {name: part[name] for name in ("image_id", "role", "name", "bucket", "key", "etag")}
            for part in job["parts"]
        ],
    }
