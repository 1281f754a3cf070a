"""Error codes of IMS and of the API gateway in front of it, and the class of each (IMS API: error codes)."""

from __future__ import annotations

from collections.abc import Mapping

from imagedrop.ports import ErrorClass, ImsError


def _table(**classes: str) -> dict[str, ErrorClass]:
    kinds: dict[str, ErrorClass] = {"busy": "busy", "held": "held", "unknown": "unknown", "refused": "refused"}
    return {f"IMG.{number}": kinds[kind] for kind, numbers in classes.items() for number in numbers.split()}


CLASSES: Mapping[str, ErrorClass] = _table(
    # too many tasks; enterprise project service or KMS is busy
    busy="0060 0154 0187",
    # image quota; role, real name, balance, payment, budget; AK/SK, IAM, project, token; bucket or key of others
    held="0015 0026 0238 0239 0241 0242 0037 0064 0065 0067 0087 0069 0099",
    # submit error, task query exception, unknown system error; the first and the last may come after acceptance
    unknown="0018 0023 0061",
    # name, description | type | sizes | OS | file, bucket | format | file name | state | KMS key
    # | tags | boot mode, architecture | enterprise project | data disks, one address twice
    refused="""0002 0003 0062 0013 0009 0004 0054 0024 0117 0157 0055 0111 0056 0122 0159 0166 0057 0058 0059 0068 0109
        0017 0072 0158 0074 0075 0175 0086 0144 0121 0095 0097 0100 0118 0115 0116 0141 0212 0155 0156 0194 0123""",
)

# For a job that IMS does not know, or has forgotten; besides status 404.
JOB_NOT_FOUND_CODES = frozenset({"IMG.0023", "IMG.0086"})
# Other keys may work: AK/SK, IAM, project, token; at the gateway: signature, token.
KEYS_REFUSED = frozenset(
    {"401", "403", "APIGW.0301", "APIGW.0307", "IMG.0037", "IMG.0064", "IMG.0065", "IMG.0067", "IMG.0087"}
)


class ImsNotFound(ImsError):
    """Status 404 of IMS itself, not of the gateway."""


def classify(status: int, code: str) -> ErrorClass:
    """By the code if it is in CLASSES, else by the status. A refusal of the gateway is never the drop's fault."""
    if code in CLASSES:
        return CLASSES[code]
    if status == 429:
        return "busy"
    if status >= 500 or status == 408:
        return "unknown"
    if code.startswith("IMG."):
        return "refused"
    # Wrong keys or permissions, a redirect, or an endpoint that is not IMS.
    return "held" if code.startswith("APIGW.") or status < 400 or status in (401, 403, 404) else "refused"


def error_from_response(status: int, code: object, message: object, request_id: object = None) -> ImsError:
    """`code` as the SDK returns it: a string, a number or None."""
    shown = str(code) if code else str(status)
    text = " ".join(str(message or "").split())[:1000] or f"HTTP {status}"
    kind = ImsNotFound if status == 404 and not shown.startswith("APIGW.") else ImsError
    return kind(classify(status, shown), shown, text, str(request_id) if request_id else None)
