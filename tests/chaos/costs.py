"""What a drop costs the clouds and the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaos.world import World


def costs(world: World) -> dict[str, float]:
    """By kind, of the whole run."""
    calls, aws = world.state()["calls"], world.relay.calls
    return {
        "IMS calls": sum(calls["ims"].values()),
        "CreateImage": calls["ims"].get("CreateImage", 0),
        "OBS requests": sum(calls["obs"].values()) - world.bucket.tries,
        "ledger writes": sum(aws[f"dynamodb.{call}"] for call in ("PutItem", "UpdateItem", "TransactWriteItems")),
        "ledger reads": sum(aws[f"dynamodb.{call}"] for call in ("GetItem", "Query")),
        "SQS sends": sum(count for call, count in aws.items() if call.startswith("sqs.SendMessage")),
        "SQS put back": aws["sqs.ChangeMessageVisibility"],
        "CPU seconds": world.cpu + world.stack.cpu(),
    }


def table(world: World, seconds: float) -> str:
    count = world.plan.drops
    lines = [f"{count} drops in {seconds:.0f} s", f"{'':<16}{'in all':>10}{'a drop':>10}"]
    lines += [f"{name:<16}{value:>10.0f}{value / count:>10.2f}" for name, value in costs(world).items()]
    return "\n".join(lines)
