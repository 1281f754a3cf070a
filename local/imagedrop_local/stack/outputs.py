"""The resources and addresses of the running stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imagedrop_local.stack import aws

FUNCTIONS = ("intake", "validate", "register", "poll", "notify", "sweep", "status")
QUEUES = ("drops", "registrations", "polls", "notices")


@dataclass(frozen=True)
class Outputs:
    """`queues`, `dead_letters` (URLs) and `functions` (their names in Lambda) by short name: `drops`, `intake`."""

    endpoint: str
    intake_url: str
    status_url: str
    queues: Mapping[str, str]
    dead_letters: Mapping[str, str]
    functions: Mapping[str, str]
    ledger_table: str
    notices_topic: str
    alarms_topic: str
    region: str = aws.REGION
    access_key: str = aws.KEY
    secret_key: str = aws.SECRET


def outputs(found: Mapping[str, str], endpoint: str, intake_url: str, status_url: str) -> Outputs:
    """From the outputs of template.yaml."""
    return Outputs(
        endpoint=endpoint,
        intake_url=intake_url,
        status_url=status_url,
        queues={name: found[f"{name.capitalize()}Queue"] for name in QUEUES},
        dead_letters={name: found[f"{name.capitalize()}DeadLetters"] for name in QUEUES},
        functions={name: function(found, name) for name in FUNCTIONS},
        ledger_table=found["LedgerTable"],
        notices_topic=found["NoticesTopic"],
        alarms_topic=found["AlarmsTopic"],
    )


def function(found: Mapping[str, str], name: str) -> str:
    return found[f"{name.capitalize()}Function"]
