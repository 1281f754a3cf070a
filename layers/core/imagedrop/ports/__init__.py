"""The ports: everything that the core needs from outside. `adapters` implements them, and tests use fakes.

The core reads the clock, sleeps, draws random numbers and opens connections only through them.
"""

from imagedrop.ports.bundle import Ports
from imagedrop.ports.images import ErrorClass, Image, Images, ImsError, Job
from imagedrop.ports.ledger import KEPT_OF_KEY, Conflict, KeyTaken, Ledger, QueuedDrop
from imagedrop.ports.messaging import Mail, MailRefused, Meter, QueueName, Queues, RetryLater, Topic
from imagedrop.ports.objects import Listing, ObjectChanged, ObjectHead, Objects, ObjectsRefused, ObjectsUnavailable
from imagedrop.ports.service_error import ServiceError, surely_without_effect
from imagedrop.ports.system import (
    Clock,
    OutOfTime,
    Random,
    RunParallel,
    Sleep,
    TimeLeft,
    run_in_sequence,
    unlimited_time,
)

__all__ = [
    "KEPT_OF_KEY",
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
    "OutOfTime",
    "Ports",
    "QueueName",
    "QueuedDrop",
    "Queues",
    "Random",
    "RetryLater",
    "RunParallel",
    "ServiceError",
    "Sleep",
    "TimeLeft",
    "Topic",
    "run_in_sequence",
    "surely_without_effect",
    "unlimited_time",
]
