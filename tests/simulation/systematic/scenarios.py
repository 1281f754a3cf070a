"""The scenarios of the systematic run."""

from __future__ import annotations

from collections.abc import Mapping

from imagedrop.domain.object_keys import FOLDER as CLAIMS
from imagedrop.domain.object_keys import RESULT_SUFFIX
from tests.simulation.fault_rates import HOUR, MINUTE
from tests.simulation.systematic.effects import (
    act,
    ask_status,
    back_up,
    change_prefix,
    delete_claims,
    delete_installation,
    delete_row,
    fail,
    ims_error,
    queue_as_older_version,
    repeat_writes,
    write_rows,
)
from tests.simulation.systematic.scenario import KEY, SIDECAR, Scenario, drop, put
from tests.simulation.systematic.striking import Given
from tests.simulation.workload import DATA, FOLDER, Action

OTHER, THIRD = FOLDER + "b.qcow2", FOLDER + "c.qcow2"
UNUSUAL = FOLDER + "a.disk"  # does not look like an image
THREE_DROPS = [*drop(0), *drop(10, key=OTHER), *drop(20, key=THIRD)]
NO_EVENTS = {"event_lost": 1.0}
ONE_TASK = {"ims_tasks": 1}
HIDDEN = {"ims_shows_imports": False, "ims_tags_early": False}
UNIQUE = {"ims_names_unique": True, "ims_names_reserved": True}
NOTIFY = "notify.notify ledger.get"
CREATE, SEND = "images.create", "dispatch.send_next queues.send"

# Struck at every call.
MAIN: Mapping[str, Scenario] = {
    "accepted": Scenario(drop(0), later=[(60, ask_status)]),
    "rejected": Scenario(drop(0, "bad")),
    "failed": Scenario(
        drop(0),
        {"faults_end": HOUR, "ims_failed_image_stays": True},
        job_failures=["IMG.0072"] * 20,
        also=["ims.import_failed"],
    ),
    "data disk": Scenario([*drop(0, "with data"), put(5 * MINUTE, DATA, "first")]),
    "dropped again": Scenario([*drop(0, "bad"), put(20 * MINUTE, SIDECAR, "good"), put(HOUR, KEY, "first")]),
}

# Struck where they reach a place that none before them reaches.
FILES: Mapping[str, Scenario] = {
    "data file first": Scenario([put(0, DATA, "first"), *drop(20 * MINUTE, "with data")]),
    "signed pushes": Scenario(drop(0), {"signed_pushes": True}),
    "no events": Scenario([*drop(0), put(HOUR, KEY, "second")], NO_EVENTS),
    "unusual key, sidecar first": Scenario([put(0, UNUSUAL + ".json", "good"), *drop(10 * MINUTE, key=UNUSUAL)]),
    "image only": Scenario([put(0, KEY, "first")], {"pairing_deadline": 3600}),
    "message of the digest lost": Scenario(
        [put(0, KEY, "first"), *drop(4 * HOUR, key=OTHER)],
        {"pairing_deadline": 3600},
        given=[Given("digest.finish queues.send", "after", act("wipe queues"), "sweep")],
    ),
    "first drop of the bucket": Scenario(drop(0), later=[(0, delete_installation)]),
    "sidecar only": Scenario([put(0, SIDECAR, "good")], {"pairing_deadline": 3600}),
    "image deleted while it waits": Scenario([put(0, KEY, "first"), Action(HOUR, "delete", KEY)]),
    "image deleted while a later attempt waits": Scenario(
        [*drop(0, "bad"), put(HOUR, SIDECAR, "with data"), Action(2 * HOUR, "delete", KEY)]
    ),
    "replaced during the import": Scenario([*drop(0), put(MINUTE, KEY, "second")], {"ims_replaced_fails": False}),
    "data file replaced during the import": Scenario(
        [put(0, DATA, "first"), *drop(0, "with data"), put(MINUTE, DATA, "second")], {"ims_replaced_fails": False}
    ),
    "dropped many times": Scenario(
        [*drop(0), put(HOUR, KEY, "cut"), *(put(hour * HOUR, KEY, "first") for hour in (2, 3, 4))], {"page_size": 1}
    ),
    "event repeated": Scenario([*drop(0), Action(HOUR, "redrive", KEY)]),
    "prefix changed while it waits": Scenario(
        [put(0, KEY, "first"), put(HOUR, KEY, "second"), put(HOUR + 5, SIDECAR, "good")], later=[(60, change_prefix)]
    ),
    "a row deleted by hand": Scenario([*drop(0), put(2 * HOUR, KEY, "second")], later=[(HOUR, delete_row)]),
    "a result file that comes late": Scenario(
        [put(0, KEY, "cut"), put(0, SIDECAR, "good"), put(20 * MINUTE, KEY, "first"), Action(2 * HOUR, "redrive", KEY)],
        later=[(MINUTE, repeat_writes(RESULT_SUFFIX))],
    ),
    "a listing of many pages": Scenario(
        [action for key in (KEY, OTHER, THIRD, FOLDER + "d.qcow2") for action in drop(0, "bad", key)], {"page_size": 1}
    ),
    "a claim that comes late": Scenario([*drop(0), put(2 * HOUR, OTHER, "first")], later=[(60, repeat_writes(CLAIMS))]),
}
SERVICES: Mapping[str, Scenario] = {
    "temporary failure of the job": Scenario(drop(0), {"faults_end": HOUR}, job_failures=["IMG.1075"]),
    "request lost": Scenario(drop(0), given=[Given(CREATE, "before", ims_error("unknown"))]),
    "request lost, imports hidden, names unique": Scenario(
        drop(0), HIDDEN | UNIQUE, given=[Given(CREATE, "before", ims_error("unknown"))]
    ),
    "answer lost": Scenario(drop(0), given=[Given(CREATE, "after", ims_error("unknown"))]),
    "answer lost, imports hidden": Scenario(drop(0), HIDDEN, given=[Given(CREATE, "after", ims_error("unknown"))]),
    "IMS busy": Scenario(drop(0), given=[Given(CREATE, "before", ims_error("busy"))]),
    "IMS forgets the job": Scenario(drop(0), {"ims_job_retention": 1}),
    "image deleted in IMS": Scenario([*drop(0), Action(HOUR, "remove", KEY), put(2 * HOUR, KEY, "first")]),
    "SNS fails once": Scenario(drop(0), given=[Given("topic.publish", "before", fail)]),
    "validation fails once": Scenario(drop(0), given=[Given("Files.read objects.get", "before", fail)]),
    # the line for IMS
    "three drops, one task": Scenario([*THREE_DROPS, put(60, THIRD + ".json", "renamed")], settings=ONE_TASK),
    "held while others wait": Scenario(
        THREE_DROPS, settings=ONE_TASK, given=[Given(CREATE, "before", ims_error("held"))]
    ),
    "queued past the deadline": Scenario(THREE_DROPS, {"time_scale": 0.02}, ONE_TASK | {"queue_deadline": 1200}),
    "queued for hours": Scenario(THREE_DROPS, {"time_scale": 0.005}, ONE_TASK),
    "written while its owner is told of a delay": Scenario(
        drop(0), {"time_scale": 0.005}, given=[Given("mailing.send mail.send", "after", write_rows)]
    ),
    "queued by an older version": Scenario(
        THREE_DROPS, {"time_scale": 0.05}, ONE_TASK, later=[(60, queue_as_older_version)]
    ),
    "the next drop is not admitted": Scenario(
        THREE_DROPS, settings=ONE_TASK, given=[Given("_tasks_in_use", "before", fail, function="poll")]
    ),
}
LOSSES: Mapping[str, Scenario] = {
    "registration message lost": Scenario(
        drop(0), given=[Given(SEND + " #3", "after", act("wipe queues"), "validate")]
    ),
    "poll message lost": Scenario(drop(0), given=[Given(SEND + " #2", "after", act("wipe queues"), "register")]),
    "claim deleted during the import": Scenario(drop(0), {"time_scale": 0.1}, later=[(10 * MINUTE, delete_claims)]),
    "ledger lost while it waits": Scenario([put(0, KEY, "first"), Action(60, "wipe ledger"), *drop(HOUR)]),
    "ledger lost during the import": Scenario([*drop(0), Action(MINUTE, "wipe ledger")]),
    "ledger lost during the import, then an event": Scenario(
        [*drop(0), Action(MINUTE, "wipe ledger"), put(MINUTE, SIDECAR, "good")]
    ),
    "ledger lost during the import, then newer content": Scenario(
        [*drop(0), Action(MINUTE, "wipe ledger"), put(MINUTE, KEY, "second")], {"ims_replaced_fails": False}
    ),
    "ledger lost while the outcome is unknown": Scenario(
        [*drop(0), Action(20, "wipe ledger")], given=[Given(CREATE, "after", ims_error("unknown"))]
    ),
    "older ledger restored, its drop has ended": Scenario(
        [*drop(0), put(HOUR, KEY, "cut")], given=[Given("register.register ledger.get", "before", back_up(2 * HOUR))]
    ),
    "older ledger restored, the result file tells the end": Scenario(
        drop(0), given=[Given("register.register ledger.get", "before", back_up(HOUR))]
    ),
    "older ledger restored, the result file is of newer content": Scenario(
        [*drop(0), put(HOUR, KEY, "cut")], given=[Given(CREATE, "before", back_up(2 * HOUR))]
    ),
    "older ledger restored, its end was notified": Scenario(
        [*drop(0), put(HOUR, KEY, "cut")], given=[Given(NOTIFY, "before", back_up(2 * HOUR))]
    ),
    "older ledger restored, IMS has the request": Scenario(
        drop(0), given=[Given("create_image.submit ledger.save", "before", back_up(30))]
    ),
    "older ledger restored before the notice": Scenario(drop(0), given=[Given(NOTIFY, "before", back_up(HOUR))]),
    "ledger lost during the notice": Scenario(
        drop(0), given=[Given("results.write_result objects.put", "after", act("wipe ledger"))]
    ),
    "ledger lost after the end": Scenario([*drop(0), Action(HOUR, "wipe ledger"), put(HOUR + 60, KEY, "first")]),
}
SCENARIOS: Mapping[str, Scenario] = {**MAIN, **FILES, **SERVICES, **LOSSES}

# Lines of the core that no scenario reaches, and why.
UNREACHED: Mapping[str, str] = {
    "workflow.bucket_records.installation.take_bucket objects.put": "once in the life of a bucket; the histories with "
    "a bucket that others have used before strike it",
    "entry.sqs_batch._give_back queues.change_visibility_of_batch": "histories handle one message at a time",
}
