"""Settings: environment variables, named alike in template.yaml, locally and in docs/settings.md (generated from here).

Read once per process, when the first handler runs and never at import. A wrong value is an error that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

PREFIX = "IMAGEDROP_"

IMAGE_SUFFIXES = (".vhd", ".vhdx", ".vmdk", ".qcow2", ".qcow", ".qed", ".vdi", ".raw", ".img", ".zvhd", ".zvhd2")


def _words(value: Any) -> Any:
    return tuple(word for word in value.replace(",", " ").split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


def _address(value: str) -> str:
    """A wrong one would be found out by the first owner who cannot be read, and that drop's end told to nobody."""
    from imagedrop.domain.email_address import (
        is_address,  # and with it the sidecar's rules, which nothing else here needs
    )

    if not is_address(value):
        raise ValueError("must be one bare mail address")
    return value


class SettingsError(ValueError):
    """A setting is missing or wrong; the message names every one."""


class Settings(BaseModel):
    """Field `drop_bucket` is the variable IMAGEDROP_DROP_BUCKET, and so on. Empty strings count as not given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Huawei Cloud
    region: str = Field("", description="Huawei region of bucket and images, e.g. cn-north-4")
    project_id: str = Field("", description="Huawei project id (IMS paths carry it)")
    credentials: str = Field(
        "", description="Secrets Manager id or ARN: JSON with `ak`, `sk` and, if temporary, `token`"
    )
    drop_bucket: str = Field("", description="the OBS bucket that is watched")
    drop_prefix: str = Field("", description="only keys that begin with this are drops")
    image_suffixes: Words = Field(
        IMAGE_SUFFIXES, description="endings of keys that are images even before their sidecar is there"
    )
    obs_endpoint: str = Field("", description="empty: https://obs.{region}.myhuaweicloud.com")
    obs_addressing: Literal["virtual", "path"] = Field("virtual", description="OBS refuses path style on its own names")
    ims_endpoint: str = Field("", description="empty: https://ims.{region}.myhuaweicloud.com")
    ims_job_call: Literal["ShowJob", "ShowJobProgress"] = Field(
        "ShowJob",
        description="how a job is asked for; the newest documents deprecate ShowJob, some regions have only it",
    )
    ims_shows_imports: bool = Field(False, description="true where ListImages shows images while they import")
    ims_allows_windows: bool = Field(True, description="false where the region's IMS takes no Windows images")
    ims_tasks: int = Field(
        40, ge=1, description="images that IMS makes at once; more drops than that wait for their turn"
    )
    ims_chinese_names: bool = Field(True, description="false where image names may not be Chinese")

    # events
    event_keys_encoded: bool = Field(True, description="object keys in EventGrid events are URL-encoded")
    smn_topic_urn: str = Field("", description="the one SMN topic that pushes are taken from")
    smn_cert_origin: str = Field(
        "", description="empty: https://smn.{region}.myhuaweicloud.com; where certificates may lie"
    )
    smn_confirm_origin: str = Field(
        "https://console.huaweicloud.com", description="where a subscription may be confirmed"
    )
    smn_max_age: int = Field(
        3_600, ge=60, le=172_800, description="s; a push whose signed time is further from now is refused"
    )
    webhook_secret: str = Field(
        "", description="Secrets Manager id or ARN of the secret that a push may carry as header; one value a line"
    )
    webhook_header: str = Field("x-imagedrop-secret", description="the name of that header")

    # what is accepted
    declarations_accepted: bool = Field(
        False,
        description="true: whoever installs this has read and accepts the 镜像制作承诺书 and the 华为镜像免责声明",
    )
    min_disk_floor: int = Field(
        40, ge=1, le=1024, description="GB; the smallest system disk that the region's IMS takes; some take 20"
    )
    owner_domains: Words = Field((), description="mail domains that owners may have; empty: any")
    mails_per_hour: int = Field(60, ge=1, description="mails to one owner in an hour; more are skipped and recorded")

    # time
    pairing_deadline: int = Field(86_400, ge=1, description="s; how long a drop waits for its missing parts")
    attempt_deadline: int = Field(86_400, ge=1, description="s; from acceptance to the end, over all retries")
    poll_first: int = Field(
        60,
        ge=1,
        le=900,
        description="s; from the start of a job to the first look; up to twice that where it should take longer",
    )
    poll_longest: int = Field(300, ge=1, le=900, description="s; the longest wait between two looks")
    resend_after: int = Field(1_200, ge=1, description="s; before a call with unknown outcome may be sent again")
    stall_after: int = Field(
        900, ge=1, description="s; a drop without progress for this long is re-driven by the sweep"
    )

    # AWS
    ledger_table: str = ""
    drops_queue: str = Field("", description="URL, like the other queues")
    registrations_queue: str = ""
    polls_queue: str = ""
    notices_queue: str = ""
    topic_arn: str = Field("", description="SNS topic of the ends of drops, for machines")
    mail_from: str = Field("", description="verified SES identity; empty: no mails")
    operator_mail: Annotated[str, AfterValidator(_address)] = Field(
        "", description="who is told where the owner cannot be read"
    )

    def obs_url(self) -> str:
        return self.obs_endpoint or f"https://obs.{self.region}.myhuaweicloud.com"

    def ims_url(self) -> str:
        return self.ims_endpoint or f"https://ims.{self.region}.myhuaweicloud.com"

    def smn_cert_url(self) -> str:
        return self.smn_cert_origin or f"https://smn.{self.region}.myhuaweicloud.com"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """From `os.environ`. Raises SettingsError; an unknown name too, with the nearest known one."""
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX) and value != ""
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise SettingsError("; ".join(_fault(one) for one in error.errors())) from None


def _fault(error: Any) -> str:
    import difflib

    name = str(error["loc"][0])
    shown = f"{PREFIX}{name.upper()}"
    if error["type"] != "extra_forbidden":
        return f"{shown}: {error['msg'].removeprefix('Value error, ')}, not {error['input']!r}"
    near = difflib.get_close_matches(name, Settings.model_fields, 1)
    return f"{shown} is no setting" + (f"; did you mean {PREFIX}{near[0].upper()}?" if near else "")
