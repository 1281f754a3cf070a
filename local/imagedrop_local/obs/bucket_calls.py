"""Calls on a bucket, without its listings and event rules."""

from __future__ import annotations

from urllib.parse import unquote

from imagedrop_local.http import Response
from imagedrop_local.obs import xml
from imagedrop_local.obs.call import Call
from imagedrop_local.obs.model import BucketInfo, StoreError
from imagedrop_local.obs.store import Store
from imagedrop_local.obs.switches import ObsSwitches

MAX_DELETES = 1000
MAX_POLICY = 20 << 10  # bytes
VERSION = "3.0"


class BucketCalls:
    """`calls`: the handlers by call name."""

    def __init__(self, store: Store, switches: ObsSwitches) -> None:
        self._store, self._switches = store, switches
        self.calls = {
            "GetApiVersion": self.version,
            "ListBuckets": self.list,
            "CreateBucket": self.create,
            "DeleteBucket": self.delete,
            "HeadBucket": self.head,
            "GetBucketLocation": self.location,
            "GetBucketVersioning": self.versioning,
            "GetBucketPolicy": self.policy,
            "PutBucketPolicy": self.put_policy,
            "GetBucketStoragePolicy": self.storage,
            "PutBucketStoragePolicy": self.put_storage,
            "DeleteObjects": self.delete_objects,
        }

    def version(self, call: Call) -> Response:
        """Unsigned: Huawei's SDK sends it to learn whether the server speaks OBS's own protocol."""
        if call.bucket:
            self._store.require_bucket(call.bucket)
        return Response(200, b"", {"x-obs-api": VERSION})

    def list(self, call: Call) -> Response:
        buckets = [("Bucket", _bucket(info)) for info in self._store.buckets()]
        owner = (("ID", "simulator"), ("DisplayName", "simulator"))
        return xml.response("ListAllMyBucketsResult", (("Owner", owner), ("Buckets", buckets)))

    def create(self, call: Call) -> Response:
        value = call.request.headers.get(call.dialect.bucket_class_header)
        storage_class = call.dialect.parse_storage_class(value) if value else "STANDARD"
        body = call.small_body(xml.MAX_BODY)
        region = _location(body) if body else self._store.region
        if region != self._store.region:
            raise StoreError(
                "IllegalLocationConstraintException", f"this endpoint is {self._store.region}'s, not {region}'s"
            )
        self._store.create_bucket(call.bucket, region, storage_class)
        return Response(200, b"", {"Location": f"/{call.bucket}"})

    def delete(self, call: Call) -> Response:
        self._store.delete_bucket(call.bucket)
        return Response(204)

    def head(self, call: Call) -> Response:
        info, dialect = self._store.require_bucket(call.bucket), call.dialect
        region = dialect.header("bucket-location" if dialect.name == "obs" else "bucket-region")
        location = {region: info.region, dialect.bucket_class_header: dialect.format_storage_class(info.storage_class)}
        return Response(200, b"", {**location, "x-obs-version": VERSION, "Content-Type": "application/xml"})

    def location(self, call: Call) -> Response:
        """Unlike S3, the root element is CreateBucketConfiguration."""
        region = self._store.require_bucket(call.bucket).region
        if call.dialect.name == "obs":
            return xml.response("Location", region)
        return xml.response("CreateBucketConfiguration", (("LocationConstraint", region),))

    def versioning(self, call: Call) -> Response:
        self._store.require_bucket(call.bucket)
        return xml.response("VersioningConfiguration", ())

    def policy(self, call: Call) -> Response:
        """The policy has no effect here: every signed request is allowed."""
        policy = self._store.require_bucket(call.bucket).policy
        if not policy:
            raise StoreError("NoSuchBucketPolicy", "The specified bucket does not have a bucket policy")
        return Response(200, policy.encode(), {"Content-Type": "application/json"})

    def put_policy(self, call: Call) -> Response:
        info = self._store.require_bucket(call.bucket)
        policy = call.small_body(MAX_POLICY).decode(errors="replace")
        self._store.change_bucket(info.model_copy(update={"policy": policy}))
        return Response(204)

    def storage(self, call: Call) -> Response:
        value = call.dialect.format_storage_class(self._store.require_bucket(call.bucket).storage_class)
        if call.dialect.name == "obs":
            return xml.response("StorageClass", value)
        return xml.response("StoragePolicy", (("DefaultStorageClass", value),))

    def put_storage(self, call: Call) -> Response:
        info = self._store.require_bucket(call.bucket)
        if call.dialect.name == "obs":
            value = xml.read(call.small_body(xml.MAX_BODY), "StorageClass").text
        else:
            value = xml.read(call.small_body(xml.MAX_BODY), "StoragePolicy").findtext("DefaultStorageClass")
        changed = {"storage_class": call.dialect.parse_storage_class(value or "")}
        self._store.change_bucket(info.model_copy(update=changed))
        return Response(200)

    def delete_objects(self, call: Call) -> Response:
        if self._switches.obs_bulk_delete_needs_md5 and "Content-MD5" not in call.request.headers:
            raise StoreError("InvalidRequest", "Missing required header for this request: Content-MD5")
        tree = xml.read(call.small_body(xml.MAX_BODY), "Delete")
        url = tree.findtext("EncodingType") == "url"
        keys = [element.findtext("Key") or "" for element in tree.findall("Object")]
        if not 0 < len(keys) <= MAX_DELETES:
            raise StoreError("MalformedXML", f"{len(keys)} objects; 1 to {MAX_DELETES}")
        results = [self._deleted(call, unquote(key) if url else key) for key in keys]
        quiet = tree.findtext("Quiet") == "true"
        return xml.response("DeleteResult", [result for result in results if not quiet or result[0] == "Error"])

    def _deleted(self, call: Call, key: str) -> xml.Element:
        try:
            self._store.delete(call.bucket, key, call.cause("Delete"))
        except StoreError as error:
            return "Error", (("Key", key), ("Code", error.code), ("Message", error.message))
        return "Deleted", (("Key", key),)


def _bucket(info: BucketInfo) -> tuple[tuple[str, str], ...]:
    return (
        ("Name", info.name),
        ("CreationDate", xml.seconds(info.created_at)),
        ("Location", info.region),
        ("BucketType", "OBJECT"),
    )


def _location(body: bytes) -> str:
    tree = xml.read(body, "CreateBucketConfiguration")
    return tree.findtext("LocationConstraint") or tree.findtext("Location") or ""
