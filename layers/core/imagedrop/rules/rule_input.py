"""What the rules judge: the sidecar, the image with its parts, and the place where they lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from imagedrop.domain import object_keys
from imagedrop.findings import Finding
from imagedrop.inspection.facts import DiskFacts
from imagedrop.ports import ObjectHead, Ports
from imagedrop.settings import Settings
from imagedrop.sidecar import Owner, Sidecar, limits


@dataclass(frozen=True, slots=True)
class Subject:
    """A file and what its inspection found. For a bitmap file, which nobody inspects, the head is enough."""

    head: ObjectHead
    facts: DiskFacts = field(default_factory=DiskFacts)
    findings: Sequence[Finding] = ()

    @property
    def name(self) -> str:
        return self.head.key.rpartition("/")[2]

    @property
    def broken(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)

    def says(self, kind: str) -> bool:
        """Whether the inspection found this, by the id of its finding."""
        return any(finding.id == kind for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """The bucket; None: a file on a disk, which no rule of places is about. Region and class as OBS says them, None
    where it does not (which means STANDARD)."""

    settings: Settings
    bucket: str | None = None
    region: str | None = None
    storage_class: str | None = None

    @classmethod
    def of(cls, ports: Ports, bucket: str) -> Location:
        """Asks OBS. Raises what the port raises."""
        return cls(
            settings=ports.settings,
            bucket=bucket,
            region=ports.objects.region(bucket),
            storage_class=ports.objects.storage_class(bucket),
        )


@dataclass(frozen=True, slots=True)
class Disk:
    """One disk of the drop, system or data, and what the sidecar says of it."""

    subject: Subject
    at: str  # JSON pointer to its entry
    spoken: str  # the same, before a field's name
    fast: bool
    min_disk: int | None
    most: int  # GB

    @property
    def file(self) -> str:
        """What a finding about the file itself points at: where the sidecar names it, else its key."""
        return f"{self.at}/file" if self.at else self.subject.head.key


@dataclass(frozen=True, slots=True)
class RuleInput:
    """`alone`: there is no sidecar to judge; `sidecar` is then one that says nothing."""

    sidecar: Sidecar
    image: Subject
    parts: Mapping[str, Subject]  # by object key
    place: Location
    alone: bool = False

    @property
    def fast(self) -> bool:
        return self.sidecar.is_quick_import

    def part(self, file: str) -> Subject | None:
        return self.parts.get(object_keys.part_key(self.image.head.key, file))

    def bitmap(self, disk: Disk) -> tuple[str, Subject | None]:
        """The bare name of the disk's bitmap file, and the file if it is there."""
        key = object_keys.bitmap_key(disk.subject.head.key)
        return key.rpartition("/")[2], self.parts.get(key)

    def named(self, key: str) -> str:
        """Where the sidecar names this data disk, as a JSON pointer; of another file its key."""
        return next((disk.file for disk in self.data() if disk.subject.head.key == key), key)

    def system(self) -> Disk:
        return Disk(self.image, "", "", self.fast, self.sidecar.min_disk, limits.SYSTEM_GB[1])

    def data(self) -> Iterator[Disk]:
        """The data disks whose files are there."""
        for number, wanted in enumerate(self.sidecar.data_images):
            subject = self.part(wanted.file)
            if subject is not None:
                at, said = f"/data_images/{number}", f"data_images[{number}]."
                yield Disk(subject, at, said, wanted.is_quick_import, wanted.min_disk, limits.DATA_GB[1])


def nothing_said() -> Sidecar:
    """For judging a file alone: every field left out, the required ones too."""
    return Sidecar.model_construct(name="", owner=Owner.model_construct(email=""))
