"""How long a call out may take, and what it leaves of the invocation for what comes after it. All in s.

A call is started only if its whole limit and its reserve fit into the time that is left. So a function never times out,
and a call is never cut short, which would make its outcome unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

CONNECT_TIMEOUT = 3.0  # for each address of a host
OBS = 15.0  # any call of OBS, its body included; a single read has at most 16 MiB
IMS_READ = 15.0  # a look-up with all its pages, or the state of a job
IMS_CREATE = 20.0  # CreateImage: too short a limit would make an unknown outcome of a slow answer
SMTP = 20.0  # a mail: some servers wait before each answer, to slow down senders of spam
ANSWER = 1.0  # reserve of calls to ledger and queues: for the log and the function's answer


@dataclass(frozen=True)
class AwsLimits:
    """`stored`: a call to ledger, queue or secret. `sent`: a mail, an SNS message. `connect`: for each address."""

    connect: float
    stored: float
    sent: float

    @property
    def longest(self) -> float:
        return max(self.stored, self.sent)

    @property
    def record(self) -> float:
        """Reserve of calls that act on the world: for saving the row, and giving back this message and the others."""
        return 3 * self.stored + ANSWER


STANDARD = AwsLimits(connect=CONNECT_TIMEOUT, stored=4.0, sent=10.0)
SHORT = AwsLimits(connect=1.0, stored=2.0, sent=2.0)  # intake: SMN waits 5 s for the answer, the function has 10 s
