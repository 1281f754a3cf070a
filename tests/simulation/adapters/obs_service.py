"""OBS as the adapter uses it (its S3 interface, path style), answered from the bucket in memory."""

from __future__ import annotations

import re
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

from imagedrop.common.timestamps import parse_timestamp
from imagedrop.ports import ObjectChanged, ObjectHead, ObjectsRefused
from imagedrop_local.memory import MemoryObjects
from tests.simulation.adapters.messages import Answer, Asked, error_answer, xml_answer


class ObsService:
    def __init__(self, objects: MemoryObjects) -> None:
        self._objects = objects

    def answer(self, asked: Asked) -> Answer:
        bucket, _, key = unquote(asked.path.lstrip("/")).partition("/")
        try:
            if not key:
                return self._head_bucket(bucket) if asked.method == "HEAD" else self._list(bucket, asked.query)
            answer: Answer = getattr(self, f"_{asked.method.lower()}")(bucket, key, asked)
            return answer
        except ObjectChanged:
            return error_answer("objects", 412, "PreconditionFailed")
        except ObjectsRefused as error:
            return error_answer("objects", 404, error.code)

    def _head_bucket(self, bucket: str) -> Answer:
        region, storage_class = self._objects.region(bucket), self._objects.storage_class(bucket)
        return Answer(200, headers={"x-obs-bucket-location": region or "", "x-obs-storage-class": storage_class or ""})

    def _list(self, bucket: str, query: str) -> Answer:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        page = self._objects.list(bucket, asked.get("prefix", ""), asked.get("start-after"))
        rows = "".join(map(_listed, page.objects))
        more = str(page.after is not None).lower()
        return xml_answer(f"<ListBucketResult><IsTruncated>{more}</IsTruncated>{rows}</ListBucketResult>")

    def _head(self, bucket: str, key: str, asked: Asked) -> Answer:
        head = self._objects.head(bucket, key)
        return Answer(200, b"", _headers(head), head.size) if head else Answer(404)

    def _get(self, bucket: str, key: str, asked: Asked) -> Answer:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", asked.headers.get("Range", ""))
        if wanted is None:
            found = self._objects.get(bucket, key, limit=1 << 30)
            return Answer(200, found[1], _headers(found[0])) if found else error_answer("objects", 404, "NoSuchKey")
        first, last = int(wanted[1]), int(wanted[2])
        body = self._objects.read(bucket, key, asked.headers["If-Match"].strip('"'), first, last - first + 1)
        found_head = self._objects._bucket(bucket).objects[key][0]
        part = {"Content-Range": f"bytes {first}-{last}/{found_head.size}"}
        return Answer(206, body, _headers(found_head) | part)

    def _put(self, bucket: str, key: str, asked: Asked) -> Answer:
        self._objects.put(bucket, key, asked.body, asked.headers["Content-Type"])
        return Answer(200, headers={"ETag": '"1"'})

    def _delete(self, bucket: str, key: str, asked: Asked) -> Answer:
        self._objects.delete(bucket, key)
        return Answer(204)


def _headers(head: ObjectHead) -> dict[str, str]:
    modified = format_datetime(parse_timestamp(head.last_modified), usegmt=True)
    return {"ETag": f'"{head.etag}"', "Last-Modified": modified}


def _listed(head: ObjectHead) -> str:
    values = {"Key": escape(head.key), "LastModified": head.last_modified, "ETag": f"&quot;{head.etag}&quot;"}
    texts = (f"<{name}>{value}</{name}>" for name, value in {**values, "Size": head.size}.items())
    return f"<Contents>{''.join(texts)}</Contents>"
