"""The ports: everything the core asks of the outside world. `adapters/` implements them, tests hand in fakes.

The core reads no clock, does not sleep, draws no random number and opens no connection in any other way.
"""

from imagedrop.ports.bundle import Ports
from imagedrop.ports.images import ErrorClass, Image, Images, ImsError, Job
from imagedrop.ports.ledger import Conflict, KeyTaken, Ledger, QueuedDrop
from imagedrop.ports.notices import Mail, MailRefused, Meter, Topic
from imagedrop.ports.objects import Listing, ObjectChanged, ObjectHead, Objects, ObjectsRefused, ObjectsUnavailable
from imagedrop.ports.queues import QueueName, Queues, RetryLater
from imagedrop.ports.system import Clock, Random, RunParallel, Sleep, run_in_sequence

__all__ = [
    "Clock",
    "Conflict",
    "ErrorClass",
    "Image",
    "Images",
    "ImsError",
    "Job",
    "KeyTaken",
    "Ledger",
    "Listing",
    "Mail",
    "MailRefused",
    "Meter",
    "ObjectChanged",
    "ObjectHead",
    "Objects",
    "ObjectsRefused",
    "ObjectsUnavailable",
    "Ports",
    "QueueName",
    "QueuedDrop",
    "Queues",
    "Random",
    "RetryLater",
    "RunParallel",
    "Sleep",
    "Topic",
    "run_in_sequence",
]
