"""A second opinion on a finished history: it sees the bucket, IMS and the mailboxes, never the ledger. It shares no
code with `checks` or the product: it computes drop ids and digests itself."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

ENDED = re.compile(r"\.imagedrop/ended/([^/]+)/n(\d+)\.(.+)")
MAIL = re.compile(r"^Drop (\S+), attempt (\d+), ended ", re.MULTILINE)
UNKNOWN = ("ims.outcome_unknown", "import.deadline", "internal")  # IMS may have made an image that nobody saw


class StoredFile(NamedTuple):
    etag: str
    last_modified: str
    body: bytes


@dataclass(frozen=True)
class World:
    """`bucket`: by key. `images`: as IMS has them, by id. `jobs`: that IMS accepted. `published`: bodies of SNS
    messages. `mails`: texts. `mails_withheld`: refused by the mail service, or over the limit of an hour.
    `ledger_losses`: how often the operator has lost the ledger: an end may have been forgotten and told otherwise."""

    name: str
    bucket: Mapping[str, StoredFile]
    images: Mapping[str, Mapping[str, Any]]
    jobs: Sequence[Mapping[str, Any]]
    published: Sequence[Mapping[str, Any]]
    mails: Sequence[str]
    mails_withheld: int
    ledger_losses: int


def judge(world: World) -> list[str]:
    """What is wrong; empty: nothing."""
    verdict = _Verdict(world)
    return [*filter(None, (*verdict.of_files(), *verdict.of_images(), *verdict.of_notices()))]


class _Verdict:
    def __init__(self, world: World) -> None:
        self._world, self._usable = world, set[str]()
        self._digests = {self._digest(key) for key in world.bucket}
        self._markers: defaultdict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)  # attempt, files read
        for found in filter(None, map(ENDED.fullmatch, world.bucket)):
            read = frozenset(digest for digest in found[3].split(".") if digest.startswith("v"))
            self._markers[found[1]].append((int(found[2]), read))
        self._read = {digest for ends in self._markers.values() for _, digests in ends for digest in digests}
        self._told: defaultdict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
        for body in world.published:
            self._told[self._folder(body["drop_id"]), body["attempt"]].append(body)
        self._jobs: defaultdict[str, list[list[str]]] = defaultdict(list)  # drop -> images of each job, system first
        for job in world.jobs:
            drop_id, ids = job["parts"][0]["tags"]["imagedrop"], [part["image_id"] for part in job["parts"]]
            self._jobs[drop_id].append(ids)
            if job["status"] != "FAIL":  # IMS may keep a part of what a failed job has made
                self._usable |= {i for i in ids if i in world.images and self._has_tag(world.images[i], drop_id)}

    def _has_tag(self, image: Mapping[str, Any], drop_id: str) -> bool:
        """False if somebody has deleted the image, or edited its tag of imagedrop."""
        return image["status"] not in ("deleted", "killed") and f"imagedrop={drop_id}" in image["tags"]

    def of_files(self) -> Iterator[str]:
        """Each file has ended as a drop, or was read as a part of one, and its result file says how."""
        start = self._world.bucket[".imagedrop/start"].body.decode()[:19]
        for key, file in self._world.bucket.items():
            if re.fullmatch(r"\.imagedrop/[^/]+\.json", key):
                yield f"claim {key} is left"
            names = [name for name in (key, key + ".json") if name in self._world.bucket]
            if re.search(r"^\.imagedrop/|\.json$", key) or (len(names) == 1 and self._digest(key) in self._read):
                continue
            # A sidecar that was deleted after the end is no change that an owner waits for.
            own, drop_id = {*map(self._digest, names)}, _hash(self._world.name, key, file.etag)
            ends = self._markers[drop_id]
            about = [end for end in ends if own <= end[1] and (len(own) == 1 or end[1] <= self._digests)]
            is_drop = len(names) == 2 and max(self._world.bucket[name].last_modified for name in names) >= start
            if is_drop != bool(about) and len(names) == 2:
                yield f"{key} is in the bucket as {drop_id[:6]}, and {about or 'no end'} is about its files as they are"
            elif about:
                yield from self._of_result(key, drop_id, max(about)[0])

    def _of_result(self, key: str, drop_id: str, attempt: int) -> Iterator[str]:
        file, bucket = self._world.bucket.get(key + ".result.json"), self._world.bucket
        result: dict[str, Any] = json.loads(file.body) if file else {"drop_id": "", "attempt": 0}
        for name, version in result.get("versions", {}).items() if file else ():
            now, then = bucket.get(name), (version or file._asdict())["last_modified"]  # type: ignore[union-attr]
            same_second = version and now and then == now.last_modified and version["etag"] != now.etag
            if same_second or (then > now.last_modified if now else version):
                return  # somebody has removed what this end has read: what was there before is back, and had ended
        forgotten = result["attempt"] > attempt and self._world.ledger_losses  # a redrive was lost with the ledger
        if result["drop_id"] != drop_id or (result["attempt"] != attempt and not forgotten):
            yield f"the result file of {key} is not about attempt {attempt} of {drop_id[:6]}"

    def of_images(self) -> Iterator[str]:
        """One usable image per drop and disk, unless an end has said why there is another."""
        for drop_id, jobs in self._jobs.items():
            told = [body for (folder, _), bodies in self._told.items() if folder == drop_id for body in bodies[:1]]
            disowned = {image["id"] for body in told if _reason(body) == "object.replaced" for image in body["images"]}
            usable = [ids[0] for ids in jobs if ids[0] in self._usable - disowned]
            unknown = sum(_reason(body) in UNKNOWN for body in told)
            if len(usable) > 1 + unknown:
                yield f"{drop_id[:6]} has {len(usable)} images; {unknown} ends did not know the outcome"
            yield from (self._of_registered(body, disowned) for body in told if body["stage"] == "registered")

    def _of_registered(self, body: Mapping[str, Any], disowned: set[str]) -> str:
        ids, name = {image["id"] for image in body["images"]}, f"attempt {body['attempt']} of {body['drop_id'][:6]}"
        made = self._jobs[body["drop_id"]]
        jobs = [set(job) for job in made if job[0] in ids]
        together = any(ids == job or (ids < job and body["attempt"] > 1) for job in jobs)  # it may ask for fewer disks
        # Of jobs that have failed in part, the newest image of each disk.
        disks = {image_id: number for job in made for number, image_id in enumerate(job)}
        if not together and sorted(disks.get(image_id, -1) for image_id in ids) != [*range(len(ids))]:
            return f"{name} is registered as {len(ids)} images that were not made for it, one for each disk"
        found = {self._world.images[i]["status"] for i in ids if i in self._world.images} - {"active", "deleted"}
        return f"{name} is registered as an image that is disowned or not active" if ids & disowned or found else ""

    def of_notices(self) -> Iterator[str]:
        """Each end is told by SNS and mail, always as the same."""
        mails = [found for text in self._world.mails for found in MAIL.findall(text)]
        mailed = {(self._folder(drop_id), int(attempt)) for drop_id, attempt in mails}
        ends = Counter((folder, end[0]) for folder, ends in self._markers.items() for end in ends)
        for (folder, attempt), count in ends.items():
            bodies = self._told.get((folder, attempt), [])
            ways = len({(body["stage"], _reason(body)) for body in bodies})
            if count > 1 or not 1 <= ways <= 1 + self._world.ledger_losses:
                yield f"attempt {attempt} of {folder[:14]} has {count} end markers and {ways} different SNS messages"
        if len(ends.keys() - mailed) > self._world.mails_withheld:
            yield f"{len(ends.keys() - mailed)} ends have no mail; {self._world.mails_withheld} were withheld"

    def _folder(self, drop_id: str) -> str:
        """Of a drop's end markers. A sidecar without an image has no drop id."""
        return re.sub("waiting:(.*)", lambda found: f"waiting-{_hash(found[1], size=9)}", drop_id)

    def _digest(self, key: str, version: Mapping[str, str] | None = None) -> str:
        """Of a file in the bucket, as it is or as `version` says."""
        file = version or self._world.bucket[key]._asdict()
        return f"v{_hash(key, file['etag'], file['last_modified'], size=9)}"


def _reason(body: Mapping[str, Any]) -> str:
    return body["reason"]["code"] if body["reason"] else ""


def _hash(*parts: str, size: int = 32) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256("\0".join(parts).encode()).digest()[:size]).decode().rstrip("=")
