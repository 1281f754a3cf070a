"""What the second oracle may see of a history: the bucket, IMS and the mailboxes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.simulation.oracle import StoredFile, World
from tests.support.world import BUCKET

if TYPE_CHECKING:
    from tests.simulation.histories import History


def seen_from_outside(history: History) -> World:
    ports, ims = history.ports, history.ims
    objects = ports.objects._bucket(BUCKET).objects
    withheld = ports.meter.counts["MailRefused"] + ports.meter.counts["MailLimited"]
    return World(
        BUCKET,
        {key: StoredFile(head.etag, head.last_modified, body[0 : head.size]) for key, (head, body) in objects.items()},
        ims.all_images(),
        ims.service._imports.all(),
        [json.loads(message.body) for message in ports.topic.published],
        [mail.text for mail in ports.mail.sent],
        withheld,
        history.checks.record.wipes,
    )
