"""The cost of drops: time, calls of the clouds and of the stack, counted from outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from imagedrop.common.timestamps import parse_timestamp

if TYPE_CHECKING:
    from tests.chaos.world import World

MOST_TASKS = "most IMS tasks at once"
REFUSED = "CreateImage refused"
NOT_PER_DROP = (MOST_TASKS, REFUSED)


def costs(world: World, seconds: float, cpu: float) -> dict[str, float]:
    """`seconds`: of the whole run. `cpu`: CPU seconds that the stack had used before."""
    state, aws = world.simulators.state(), world.relay.calls
    obs, ims = state["calls"]["obs"], state["calls"]["ims"]
    return {
        "seconds": seconds,
        "CPU seconds of the stack": world.cpu + world.stack.cpu() - cpu,
        "IMS calls": sum(ims.values()),
        "OBS requests": sum(obs.values()) - world.bucket.requests,
        "ledger writes": sum(aws[f"dynamodb.{call}"] for call in ("PutItem", "UpdateItem", "TransactWriteItems")),
        "ledger reads": sum(aws[f"dynamodb.{call}"] for call in ("GetItem", "Query")),
        "messages sent": sum(count for call, count in aws.items() if call.startswith("sqs.SendMessage")),
        "messages made visible again later": aws["sqs.ChangeMessageVisibility"],
        REFUSED: ims.get("CreateImage", 0) - len(state["jobs"]),
        MOST_TASKS: most_at_once(state["jobs"]),
    }


def most_at_once(jobs: Iterable[Mapping[str, Any]]) -> int:
    """The largest number of images importing at the same time. `jobs`: as in /_sim/state."""
    changes: list[tuple[float, int]] = []
    for job in jobs:
        changes.append((parse_timestamp(job["submitted"]).timestamp(), len(job["images"])))
        if job["ended"]:
            changes.append((parse_timestamp(job["ended"]).timestamp(), -len(job["images"])))
    most = now = 0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


def table(few: int, of_few: Mapping[str, float], many: int, of_many: Mapping[str, float]) -> str:
    """Both totals, the costs per drop, and the ratio of these."""
    lines = [f"{'drops':<34}{few:>10}{many:>10}{'per drop':>10}{'per drop':>10}{'ratio':>8}"]
    for name, value in of_few.items():
        line = f"{name:<34}{value:>10.0f}{of_many[name]:>10.0f}"
        if name not in NOT_PER_DROP:
            with_few, with_many = value / few, of_many[name] / many
            line += f"{with_few:>10.2f}{with_many:>10.2f}" + (f"{with_many / with_few:>8.2f}" if with_few else "")
        lines.append(line)
    return "\n".join(lines)
