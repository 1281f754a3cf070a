"""Settings: environment variables, or fields of one JSON document in the variable IMAGEDROP_SETTINGS.

Read once per process, when the first handler runs and never at import. A wrong value is an error that names it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from imagedrop.domain.resend_bound import RESEND_AFTER

PREFIX = "IMAGEDROP_"
DOCUMENT = "IMAGEDROP_SETTINGS"  # the parameter `Settings` of template.yaml

IMAGE_SUFFIXES = (".vhd", ".vhdx", ".vmdk", ".qcow2", ".qcow", ".qed", ".vdi", ".raw", ".img", ".zvhd", ".zvhd2")


def _words(value: Any) -> Any:
    return tuple(word for word in value.replace(",", " ").split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


def _address(value: str) -> str:
    """Checked at the start, because mails to this address are rare: a mistake would be found late."""
    from imagedrop.domain.email_address import is_address  # imports the sidecar's model, which nothing else here needs

    if not is_address(value):
        raise ValueError("must be one bare mail address")
    return value


def _url(value: str) -> str:
    """Clients of boto3 and of the SDK refuse a wrong one late, and their errors do not name the setting."""
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
        rest = parts.path.strip("/") or parts.query or parts.fragment
    except ValueError:
        valid, rest = False, ""
    if value and (not valid or rest or not value.isprintable() or " " in value):  # urlsplit ignores line ends
        raise ValueError("must be a URL with https:// and a host, without a path")
    return value


def _region(value: str) -> str:
    if not re.fullmatch(r"([a-z]+(-[a-z0-9]+)+)?", value):
        raise ValueError("must be a region like cn-north-4")
    return value


def _topic(value: str) -> str:
    if value and not re.fullmatch(r"urn:smn:[^:\s]+:[^:\s]+:[^:\s]+", value):
        raise ValueError("must be the URN of a topic: urn:smn:REGION:PROJECT:NAME")
    return value


Url = Annotated[str, AfterValidator(_url)]
Region = Annotated[str, AfterValidator(_region)]
TopicUrn = Annotated[str, AfterValidator(_topic)]


class SettingsError(ValueError):
    """Settings are missing or wrong: `faults`, a sentence each. The message names every one."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Settings(BaseModel):
    """Field `drop_bucket` is the variable IMAGEDROP_DROP_BUCKET, and so on, or the field `drop_bucket` of the document.
    An empty text counts as not set. The document counts more than a variable."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # required
    region: Region = Field("", description="Huawei Cloud region of the bucket and the images, for example cn-north-4.")
    project_id: str = Field("", description="Id of the Huawei Cloud project that images are registered in.")
    credentials: str = Field(
        "",
        description="Secrets Manager id or ARN of the Huawei Cloud keys, JSON: `ak`, `sk` and, if temporary, `token`.",
    )
    drop_bucket: str = Field("", description="Name of the OBS bucket that images are dropped in.")
    declarations_accepted: bool = Field(
        False,
        description="true: you have read and accept IMS's image creation commitment (镜像制作承诺书) and "
        "image disclaimer (华为镜像免责声明).",
    )

    # drops
    drop_prefix: str = Field("", description="Only keys that begin with this prefix are drops. Empty: all keys.")
    image_suffixes: Words = Field(
        IMAGE_SUFFIXES,
        description="File name endings of images. A file with another ending is an image only if it has a sidecar.",
    )
    min_disk_floor: int = Field(
        40,
        ge=1,
        le=1024,
        description="GB of the smallest system disk that IMS accepts in your region. Some regions accept 20.",
    )

    # OBS and IMS
    obs_endpoint: Url = Field("", description="URL of OBS. Empty: https://obs.REGION.myhuaweicloud.com.")
    obs_addressing: Literal["virtual", "path"] = Field(
        "virtual", description="How URLs name the bucket. OBS accepts only virtual; path is for other S3 servers."
    )
    ims_endpoint: Url = Field("", description="URL of IMS. Empty: https://ims.REGION.myhuaweicloud.com.")
    ims_job_call: Literal["ShowJob", "ShowJobProgress"] = Field(
        "ShowJob",
        description="IMS call for the state of a job. New documents deprecate ShowJob, but some regions have no other.",
    )
    ims_shows_imports: bool = Field(False, description="true if ListImages lists images during their import.")
    ims_names_unique: Literal["no", "after_import", "always"] = Field(
        "no",
        description="Whether IMS refuses an image name that is taken (IMG.0009): always, also while the import of its "
        "image runs; after_import, only once the image exists; or no.",
    )
    ims_allows_windows: bool = Field(
        True,
        description="false if IMS imports no Windows images in your region. imagedrop then rejects Windows drops "
        "immediately instead of starting an import that will fail.",
    )
    ims_tasks: int = Field(
        40, ge=1, description="Images that IMS imports at the same time in your project. Further drops wait."
    )
    ims_chinese_names: bool = Field(True, description="false if IMS accepts no Chinese image names in your region.")

    # events
    event_keys_encoded: bool = Field(True, description="true if object keys in EventGrid events are URL-encoded.")
    smn_topic_urn: TopicUrn = Field(
        "", description="URN of the SMN topic whose notifications are accepted. Empty: none."
    )
    smn_cert_origin: Url = Field(
        "",
        description="Origin of the URLs of SMN's signing certificates. Empty: https://smn.REGION.myhuaweicloud.com.",
    )
    smn_confirm_origin: Url = Field(
        "https://console.huaweicloud.com", description="Origin of the URLs that confirm an SMN subscription."
    )
    smn_max_age: int = Field(
        3_600, ge=60, le=172_800, description="Seconds by which the time of a signed notification may differ from now."
    )
    webhook_secret: str = Field(
        "",
        description="Secrets Manager id of the secrets, one per line, that allow unsigned events. Its name must begin "
        "with imagedrop/webhook, because intake may read no other. Empty: none.",
    )
    webhook_header: str = Field("x-imagedrop-secret", description="Name of the HTTP header with such a secret.")

    # mail
    mail_from: str = Field(
        "",
        description="Sender address of mails. SES must have verified it or its domain, unless `smtp_host` is set. "
        "Empty: no mails are sent.",
    )
    operator_mail: Annotated[str, AfterValidator(_address)] = Field(
        "", description="Address for mails about drops whose owner has no allowed address. Empty: no such mails."
    )
    owner_domains: Words = Field((), description="Mail domains that owners may have. Empty: any.")
    mails_per_hour: int = Field(
        60,
        ge=1,
        description="Mails to one address in an hour, and one in ten more about delays. Further mails are skipped, and "
        "that is recorded.",
    )

    smtp_host: str = Field(
        "", description="Host name of an SMTP server that sends the mails. Empty: Amazon SES sends them."
    )
    smtp_port: int = Field(587, ge=1, le=65_535, description="Port of the SMTP server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the connection to the SMTP server is encrypted: starttls (usually port 587), tls from its "
        "start (usually port 465), or none.",
    )
    smtp_credentials: str = Field(
        "",
        description="Secrets Manager id of the SMTP user, JSON: `user` and `password`. Its name must begin with "
        "imagedrop/smtp, because notify may read no other. Empty: no login.",
    )

    # time
    pairing_deadline: int = Field(
        86_400, ge=1, description="Seconds that a drop waits for missing files. Then it is rejected."
    )
    attempt_deadline: int = Field(
        86_400,
        ge=1,
        description="Seconds from acceptance to the end of the import, with all retries, but without the time in the "
        "queue for IMS. Then the drop fails.",
    )
    queue_deadline: int = Field(
        1_209_600,
        ge=1,
        description="Seconds that a drop may wait in the queue until IMS has a free task. Then it fails.",
    )
    poll_first: int = Field(60, ge=1, le=900, description="Seconds from the start of a job to its first poll.")
    poll_longest: int = Field(300, ge=1, le=900, description="Longest wait in seconds between two polls of a job.")
    resend_after: int = Field(
        RESEND_AFTER,
        ge=1,
        description="Seconds from a CreateImage whose result is unknown until IMS can no longer accept it.",
    )
    stall_after: int = Field(900, ge=1, description="Seconds without progress after which the sweep redrives a drop.")

    # this installation
    installation: str = Field(
        "",
        description="Name of this installation. imagedrop registers no drop of a bucket that another one has taken. "
        "Empty: account, region and name of the stack; of `imagedrop serve`, the name of the machine and its folder.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Lowest level of log lines that are written."
    )
    aws_endpoint: Url = Field("", description="URL at which the functions call AWS. Empty: AWS itself.")

    # AWS resources
    ledger_table: str = Field("", description="Name of the DynamoDB table with a row for each drop.")
    drops_queue: str = Field("", description="URL of the SQS queue of events.")
    registrations_queue: str = Field("", description="URL of the SQS queue of accepted drops.")
    polls_queue: str = Field("", description="URL of the SQS queue of running jobs.")
    notices_queue: str = Field("", description="URL of the SQS queue of ended drops.")
    topic_arn: str = Field("", description="ARN of the SNS topic that gets the result of each drop.")

    def obs_url(self) -> str:
        return self.obs_endpoint or f"https://obs.{self.region}.myhuaweicloud.com"

    def ims_url(self) -> str:
        return self.ims_endpoint or f"https://ims.{self.region}.myhuaweicloud.com"

    def smn_cert_url(self) -> str:
        return self.smn_cert_origin or f"https://smn.{self.region}.myhuaweicloud.com"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """From `os.environ`. Raises SettingsError; an unknown name too, with the nearest known one."""
        variables = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX) and name != DOCUMENT
        }
        document = _document(environment.get(DOCUMENT, ""))
        given = variables | {name: value for name, value in document.items() if value != ""}
        return cls._validated(given, lambda name: f"{PREFIX}{name.upper()}")

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Settings:
        """From values by the names of the fields. Raises SettingsError as `read`."""
        return cls._validated(fields, str)

    @classmethod
    def _validated(cls, given: Mapping[str, Any], shown: Callable[[str], str]) -> Settings:
        try:
            return cls.model_validate({name: value for name, value in given.items() if value != ""})
        except ValidationError as error:
            raise SettingsError(*(_explain(fault, shown) for fault in error.errors())) from None


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text or "{}")
    except ValueError as error:
        raise SettingsError(f"{DOCUMENT} is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise SettingsError(f'{DOCUMENT} is not a JSON object like {{"ims_tasks": 20}}')
    return document


def _explain(error: Any, shown: Callable[[str], str]) -> str:
    """`shown`: what the user calls a setting."""
    import difflib

    name = str(error["loc"][0])
    if error["type"] != "extra_forbidden":
        return f"{shown(name)}: {error['msg'].removeprefix('Value error, ')}, not {error['input']!r}"
    near = difflib.get_close_matches(name, Settings.model_fields, 1)
    return f"{shown(name)} is no setting" + (f"; did you mean {shown(near[0])}?" if near else "")
