"""OBS's error codes, their HTTP status and their XML (OBS S3 API: error responses)."""

from __future__ import annotations

from imagedrop_local.http import Response
from imagedrop_local.obs import xml

STATUS = {
    "NotModified": 304,
    "AccessDenied": 403,
    "AuthorizationHeaderMalformed": 400,
    "AuthorizationQueryParametersError": 400,
    "BadDigest": 400,
    "BucketAlreadyExists": 409,
    "BucketAlreadyOwnedByYou": 409,
    "BucketNotEmpty": 409,
    "EntityTooLarge": 400,
    "EntityTooSmall": 400,
    "IllegalLocationConstraintException": 400,
    "InternalError": 500,
    "InvalidAccessKeyId": 403,
    "InvalidArgument": 400,
    "InvalidBucketName": 400,
    "InvalidDigest": 400,
    "InvalidEncryptionAlgorithmError": 400,
    "InvalidObjectState": 403,
    "InvalidPart": 400,
    "InvalidPartOrder": 400,
    "InvalidRange": 416,
    "InvalidRequest": 400,
    "InvalidSecurity": 403,
    "InvalidStorageClass": 400,
    "InvalidURI": 400,
    "KeyTooLong": 400,
    "MalformedXML": 400,
    "MetadataTooLarge": 400,
    "MethodNotAllowed": 405,
    "MissingContentLength": 411,
    "NoSuchBucket": 404,
    "NoSuchBucketPolicy": 404,
    "NoSuchKey": 404,
    "NoSuchUpload": 404,
    "NotImplemented": 501,
    "PreconditionFailed": 412,
    "RequestTimeTooSkewed": 403,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "SlowDown": 503,
    "XAmzContentSHA256Mismatch": 400,
}


def response(status: int, code: str, message: str, resource: str, request_id: str) -> Response:
    """An error as XML; a 304 has no body."""
    if status == 304:
        return Response(304)
    elements = (
        ("Code", code),
        ("Message", message),
        ("RequestId", request_id),
        ("HostId", "simulator"),
        ("Resource", resource),
    )
    return Response(status, xml.write("Error", elements, namespace=None), {"Content-Type": "application/xml"})
