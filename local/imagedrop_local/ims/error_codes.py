"""The error codes of IMS (IMS API: error codes). IMS itself answers with HTTP 400."""

from __future__ import annotations

from imagedrop_local.gateway import ApiError

MESSAGES = {
    "IMG.0001": "the request is malformed",
    "IMG.0002": "the image name has more than 128 characters",
    "IMG.0003": "the image name has characters that are not allowed",
    "IMG.0004": "the description has more than 1024 characters",
    "IMG.0007": "the request has no body",
    "IMG.0009": "the image name exists already",
    "IMG.0013": "the image name is missing",
    "IMG.0015": "the quota of private images is used up",
    "IMG.0017": "the image URL is not <bucket>:<object key>",
    "IMG.0023": "the task cannot be queried",
    "IMG.0024": "the image type is invalid",
    "IMG.0027": "there is no image with this id",
    "IMG.0035": "the attribute conflicts with the image's attributes",
    "IMG.0054": "the description has characters that are not allowed",
    "IMG.0055": "the memory or disk size is invalid",
    "IMG.0056": "the OS version or OS type is invalid",
    "IMG.0057": "the image file does not exist, is empty, may not be read or has the wrong format",
    "IMG.0058": "the bucket is in another region",
    "IMG.0059": "the image file is too large",
    "IMG.0060": "too many tasks are running, try again later",
    "IMG.0069": "the bucket is not accessible",
    "IMG.0072": "the format of the image file is not supported",
    "IMG.0074": "the name of the image file is too long",
    "IMG.0075": "the name of the image file has characters that are not allowed",
    "IMG.0090": "the image is being created and cannot be deleted",
    "IMG.0091": "the image is protected and cannot be deleted",
    "IMG.0095": "there is no such KMS key",
    "IMG.0100": "a KMS key is not allowed here",
    "IMG.0109": "the bucket name has characters that are not allowed",
    "IMG.0111": "the system disk is larger than the largest size allowed",
    "IMG.0115": "a tag is invalid",
    "IMG.0116": "too many tags",
    "IMG.0118": "a BMS image cannot be encrypted",
    "IMG.0121": "the image is not in a state that allows this",
    "IMG.0123": "one address is named twice",
    "IMG.0141": "hw_firmware_type is invalid",
    "IMG.0155": "the enterprise project is invalid",
    "IMG.0158": "quick import takes only zvhd2, and raw with a bitmap file",
    "IMG.0159": "quick import needs os_version",
    "IMG.0166": "an ISO image needs os_version",
    "IMG.0175": "folder and file names must not contain spaces",
    "IMG.0194": "too many data images in one import",
    "IMG.0212": "the architecture is invalid",
    "IMG.1075": "the image file could not be registered",
}


def api_error(code: str, detail: str = "", status: int = 400) -> ApiError:
    """The error with this code; `detail`: what in this request caused it."""
    message = MESSAGES.get(code, "the request is refused")  # a switch may name any code
    return ApiError(status, code, f"{message}: {detail}" if detail else message)
