"""Writes docs/settings.md: every setting. `python -m docs_pages.settings > docs/settings.md`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from imagedrop.settings import PREFIX, Settings

HEAD = """# Settings

<!-- Generated: python -m docs_pages.settings > docs/settings.md -->

A setting is an environment variable, or a field of a JSON object in the variable `IMAGEDROP_SETTINGS`: there,
`IMAGEDROP_IMS_TASKS` is `ims_tasks`. If both are set, the field counts.

On AWS, seven settings are parameters of template.yaml; all others go into its parameter `Settings`:

```
{"owner_domains": "example.com, example.org", "ims_tasks": 20, "smn_topic_urn": "urn:smn:cn-north-4:0123:imagedrop"}
```

A shell and samconfig.toml need quotes around it: `--parameter-overrides "Settings='{\"ims_tasks\": 20}'"`. With
`imagedrop up`, use `--setting ims_tasks=20`.

Each process reads its settings once. An empty value counts as not set. A value of the wrong form, or an unknown name,
stops the process with an error that names the setting. The last column says what happens if a value has the right form
but is wrong.
"""

# Of numbers; the others are seconds.
UNITS = {"min_disk_floor": "GB", "ims_tasks": "images", "mails_per_hour": "mails", "smtp_port": ""}

# Group -> setting -> what happens if its value is wrong.
GROUPS: Mapping[str, Mapping[str, str]] = {
    "Required": {
        "region": "Calls to OBS and IMS fail, or drops are rejected because the bucket is in another region.",
        "project_id": "IMS refuses all calls: no drop is registered.",
        "credentials": "Calls to OBS and IMS fail. Messages are retried and an alarm is raised.",
        "drop_bucket": "No new drop is found. Events of your bucket are logged and counted as `EventsForeignBucket`.",
        "declarations_accepted": "false: every drop is rejected.",
    },
    "Drops": {
        "drop_prefix": "Objects outside the prefix are ignored, unless they belong to a drop that is open.",
        "image_suffixes": "An image with another ending and without sidecar is ignored, and no mail is sent.",
        "min_disk_floor": "Too small: IMS refuses accepted drops. Too large: valid sidecars are rejected.",
    },
    "OBS and IMS": {
        "obs_endpoint": "Calls to OBS fail. Messages are retried and an alarm is raised.",
        "obs_addressing": "OBS refuses all calls. Messages are retried and an alarm is raised.",
        "ims_endpoint": "Calls to IMS fail: no drop is registered.",
        "ims_job_call": "The state of jobs stays unknown. The end of an import is found by the state of its images.",
        "ims_shows_imports": "Wrongly true: two images of one drop. Wrongly false: a lost response fails the drop, "
        "unless names are unique.",
        "ims_names_unique": "More than IMS does: two images of one drop. Less: a lost response fails the drop, "
        "unless IMS shows imports.",
        "ims_allows_windows": "Wrongly true: Windows imports fail. Wrongly false: Windows drops are rejected.",
        "ims_tasks": "Too large: IMS refuses calls, which are retried. Too small: drops wait without need.",
        "ims_chinese_names": "Wrongly true: IMS refuses such names. Wrongly false: valid names are rejected.",
    },
    "Events": {
        "event_keys_encoded": "Events for keys with special characters are lost. The sweep finds these drops later.",
        "smn_topic_urn": "Notifications are refused (`PushesRefused`). The sweep finds the drops later.",
        "smn_cert_origin": "Notifications are refused (`PushesRefused`). The sweep finds the drops later.",
        "smn_confirm_origin": "The subscription stays unconfirmed: no notifications. The sweep finds the drops later.",
        "smn_max_age": "Too small: repeated notifications are refused. Too large: recorded ones can be sent again.",
        "webhook_secret": "Unsigned events are refused with 401, or answered with 503 if the secret cannot be read.",
        "webhook_header": "Unsigned events are refused with 401.",
    },
    "Mail": {
        "mail_from": "SES or the SMTP server refuses the mails. Each is recorded as refused and an alarm is raised.",
        "operator_mail": "The mails about such drops are not read.",
        "owner_domains": "Drops of owners with other domains are rejected.",
        "mails_per_hour": "Too small: owners miss mails. Too large: one owner may get very many mails.",
        "smtp_host": "No mail is sent. Each is tried again later, and the error is logged.",
        "smtp_port": "As with `smtp_host`.",
        "smtp_security": "As with `smtp_host`; with `none`, mails and password can be read on their way.",
        "smtp_credentials": "As with `smtp_host`.",
    },
    "Time": {
        "pairing_deadline": "Too small: drops are rejected during upload. Too large: missing files are reported late.",
        "attempt_deadline": "Too small: running imports are failed too early. Too large: failures are reported late.",
        "queue_deadline": "Too small: drops fail while many others wait. Too large: a blocked queue is reported late.",
        "poll_first": "Too small: more calls to IMS. Too large: the end of short imports is found late.",
        "poll_longest": "Too small: more calls to IMS. Too large: the end of long imports is found late.",
        "resend_after": "Less than the default, which decision 0002 derives: two images of one drop are possible. Too "
        "large: a lost request is repeated late.",
        "stall_after": "Too small: drops that make progress are redriven, and fail after five redrives.",
    },
    "This installation": {
        "installation": "Another name than before: no drop is registered (`OtherInstallation`).",
        "log_level": "More or fewer log lines than you need.",
        "aws_endpoint": "The functions fail, because they do not reach AWS.",
    },
    "AWS resources (template.yaml sets them)": {
        "ledger_table": "The functions fail. Messages are retried and an alarm is raised.",
        "drops_queue": "Events are answered with 503.",
        "registrations_queue": "Accepted drops are not registered.",
        "polls_queue": "The end of imports is not found.",
        "notices_queue": "Owners are not notified.",
        "topic_arn": "Owners are not notified. Messages are retried and an alarm is raised.",
    },
}


def page() -> str:
    return HEAD + "".join(_group(title, settings) for title, settings in GROUPS.items())


def _group(title: str, settings: Mapping[str, str]) -> str:
    head = (
        f"\n## {title}\n\n| variable | default | values | meaning | if it is wrong |\n| --- | --- | --- | --- | --- |\n"
    )
    return head + "".join(_row(name, if_wrong) for name, if_wrong in settings.items())


def _row(name: str, if_wrong: str) -> str:
    field = Settings.model_fields[name]
    values = values_of(field)
    if field.annotation is int:
        values = ", ".join(filter(None, (UNITS.get(name, "seconds"), values)))
    cells = (f"`{PREFIX}{name.upper()}`", default_of(field.default), values, field.description or "", if_wrong)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def default_of(value: Any) -> str:
    """A field's default as a cell of a table."""
    if isinstance(value, tuple):
        value = " ".join(value)
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value}`" if value != "" else ""


def values_of(field: FieldInfo) -> str:
    """The values that a field may have, as a cell of a table."""
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    if get_origin(kind) is tuple:
        return "words, by spaces or commas"
    return {bool: "`true`, `false`", int: _range(field), float: "number"}.get(kind, "text")


def _range(field: FieldInfo) -> str:
    least = next((str(bound.ge) for bound in field.metadata if isinstance(bound, Ge)), None)
    most = next((str(bound.le) for bound in field.metadata if isinstance(bound, Le)), None)
    if least and most:
        return f"{least} to {most}"
    return f"{least} or more" if least else "whole number"


if __name__ == "__main__":
    sys.stdout.write(page())
