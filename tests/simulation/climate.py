"""What a seed decides before anything happens: how the clouds behave, and how often what goes wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from random import Random

MINUTE, HOUR = 60.0, 3600.0
OPEN_END = 1e12


@dataclass(frozen=True)
class Climate:
    # switches: what IMS's documents leave open
    shows_imports: bool  # ListImages shows an image while it is imported
    late_tags: bool  # ... without its tags until it is active
    leaves_killed: bool  # a failed import leaves an image behind, as `killed`
    unique_names: bool
    system_id_only: bool  # a job names its system image alone
    # rates, at every port call of a handler
    crash: float
    error: float
    pause: float  # another worker, an owner or the sweep comes in between
    # rates, at every event of the bucket
    lost: float
    doubled: float
    late: float
    # at every CreateImage
    trouble: float
    # s from the start; what goes wrong does so before `calm`
    calm: float
    ims_away: tuple[float, float]
    obs_away: tuple[float, float]
    # settings
    attempt_deadline: int
    pairing_deadline: int

    @classmethod
    def draw(cls, random: Random) -> Climate:
        calm = random.choice((0.2, 1, 2, 4)) * HOUR
        return cls(
            shows_imports=random.random() < 0.5,
            late_tags=random.random() < 0.3,
            leaves_killed=random.random() < 0.3,
            unique_names=random.random() < 0.15,
            system_id_only=random.random() < 0.2,
            crash=random.choice((0, 0, 0.003, 0.02)),
            error=random.choice((0, 0, 0.005, 0.03)),
            pause=random.choice((0, 0.01, 0.04)),
            lost=random.choice((0, 0.2, 0.7)),
            doubled=random.choice((0, 0.3)),
            late=random.choice((0, 0.3)),
            trouble=random.choice((0, 0.3, 0.8)),
            calm=calm,
            ims_away=_spell(random, calm),
            obs_away=_spell(random, calm),
            attempt_deadline=int(random.choice((2, 3, 12)) * HOUR),
            pairing_deadline=int(random.choice((1, 3, 12)) * HOUR),
        )

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in asdict(self).items())


def _spell(random: Random, calm: float) -> tuple[float, float]:
    """An outage, in one history of six."""
    if random.random() < 5 / 6:
        return OPEN_END, OPEN_END
    start = random.random() * calm
    return start, min(calm, start + random.choice((10 * MINUTE, HOUR, 3 * HOUR)))
