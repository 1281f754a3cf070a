"""What the rules check: the sidecar, the image with its parts, and the location of the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from imagedrop.domain import object_keys
from imagedrop.findings import Finding, has_errors
from imagedrop.inspection.facts import DiskFacts
from imagedrop.ports import ObjectHead, Ports
from imagedrop.settings import Settings
from imagedrop.sidecar import Owner, Sidecar, limits


@dataclass(frozen=True, slots=True)
class InspectedFile:
    """A file and the result of its inspection. Bitmap files are not inspected and have only a head."""

    head: ObjectHead
    facts: DiskFacts = field(default_factory=DiskFacts)
    findings: Sequence[Finding] = ()

    @property
    def name(self) -> str:
        return self.head.key.rpartition("/")[2]

    @property
    def broken(self) -> bool:
        return has_errors(self.findings)

    def has_finding(self, finding_id: str) -> bool:
        return any(finding.id == finding_id for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """`bucket`: None for a local file. `region`, `storage_class`: of the bucket; None if OBS does not say (no storage
    class means STANDARD)."""

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
    """A system or data disk of the drop, with its settings in the sidecar."""

    file: InspectedFile
    pointer: str  # JSON pointer to its entry in the sidecar; "" for the system disk
    prefix: str  # the same for messages: `data_images[0].`
    fast: bool
    min_disk: int | None  # GB
    max_gb: int

    @property
    def field(self) -> str:
        """The `field` of a finding about the file itself: where the sidecar names it, else its key."""
        return f"{self.pointer}/file" if self.pointer else self.file.head.key


@dataclass(frozen=True, slots=True)
class RuleInput:
    """`parts`: by object key. Without a sidecar, `sidecar` is an empty one."""

    sidecar: Sidecar
    image: InspectedFile
    parts: Mapping[str, InspectedFile]
    location: Location
    has_sidecar: bool = True

    @property
    def fast(self) -> bool:
        return self.sidecar.is_quick_import

    def bitmap(self, disk: Disk) -> tuple[str, InspectedFile | None]:
        """The bare name of the disk's bitmap file, and the file if it exists."""
        key = object_keys.bitmap_key(disk.file.head.key)
        return key.rpartition("/")[2], self.parts.get(key)

    def field_of(self, key: str) -> str:
        """The JSON pointer at which the sidecar names this data disk; for other files the key itself."""
        return next((disk.field for disk in self.data_disks() if disk.file.head.key == key), key)

    def system_disk(self) -> Disk:
        return Disk(self.image, "", "", self.fast, self.sidecar.min_disk, limits.SYSTEM_GB[1])

    def data_disks(self) -> Iterator[Disk]:
        """The data disks whose files exist."""
        for number, entry in enumerate(self.sidecar.data_images):
            file = self.parts.get(object_keys.part_key(self.image.head.key, entry.file))
            if file is not None:
                at, prefix = f"/data_images/{number}", f"data_images[{number}]."
                yield Disk(file, at, prefix, entry.is_quick_import, entry.min_disk, limits.DATA_GB[1])


def empty_sidecar() -> Sidecar:
    """For checking a file without a sidecar: no field is set, not even the required ones."""
    return Sidecar.model_construct(name="", owner=Owner.model_construct(email=""))
