"""The operator hears of images without a sidecar: each once, one mail a day at most."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from imagedrop.ports import MailRefused, ServiceError
from imagedrop.workflow import digest
from imagedrop.workflow.sweep.place import Place
from imagedrop_local.project_paths import function
from tests.support.world import SIDECAR, World

HOUR = 3600


def images(world: World, *names: str) -> None:
    for name in names:
        world.put(f"golden/{name}.vhd", name.encode())


def subjects(world: World) -> list[str]:
    assert {mail.to for mail in world.mails()} <= {"operator@example.com"}
    return [mail.subject for mail in world.mails()]


@pytest.fixture
def world() -> World:
    world = World()
    world.sweep()
    return world


def test_one_mail_tells_of_all_images_that_came_since_the_last_one(world: World) -> None:
    images(world, "a", "b")
    world.live_through(24)
    assert subjects(world) == []
    world.live_through(2)
    assert subjects(world) == ["2 images without a sidecar"]
    assert "golden/a.vhd" in world.mails()[0].text
    images(world, "c")
    world.live_through(48)
    assert subjects(world)[1:] == ["1 image without a sidecar"]
    assert "golden/a.vhd" not in world.mails()[1].text
    world.live_through(72)
    assert len(subjects(world)) == 2


def test_images_of_every_hour_make_one_mail_a_day(world: World) -> None:
    for number in range(100):
        images(world, f"{number:03d}")
        world.live_through(1)
    world.live_through(60)
    assert len(subjects(world)) == 6
    assert sum(int(subject.split()[0]) for subject in subjects(world)) == 100


def test_mail_names_the_first_images_and_counts_the_others(world: World) -> None:
    images(world, *(f"{number:03d}" for number in range(50)))
    world.live_through(25)
    [mail] = world.mails()
    assert (mail.subject, mail.text.count("golden/")) == ("50 images without a sidecar", digest.KEYS)
    assert "and 30 more" in mail.text


def test_an_image_whose_sidecar_has_come_or_that_is_gone_is_not_in_it(world: World) -> None:
    images(world, "a", "b", "c")
    world.live_through(20)
    world.put("golden/a.vhd.json", SIDECAR)
    world.ports.objects.delete("drops", "golden/b.vhd")
    world.live_through(10)
    [told] = [mail for mail in world.mails() if "without a sidecar" in mail.subject]
    assert (told.subject, "golden/c.vhd" in told.text) == ("1 image without a sidecar", True)


def test_listing_in_many_rounds_counts_each_image_once(world: World) -> None:
    images(world, *(f"{number:03d}" for number in range(30)))
    world.ports.clock.advance(25 * HOUR)
    world.ports.queues.wipe()
    world.ports.objects.page = 2
    rounds = 0
    while not world.ports.queues.bodies("notices"):
        function("sweep").handle(world.ports, lambda: 0.0)
        rounds += 1
    assert rounds > 10
    world.run(60)
    assert subjects(world) == ["30 images without a sidecar"]


def test_mail_that_was_surely_not_sent_is_sent_later(world: World) -> None:
    images(world, "a")
    undelivered = ServiceError("undelivered", "Throttling", "slow down")
    world.ports.mail.fail("send", undelivered, undelivered)
    world.live_through(30)
    assert subjects(world) == ["1 image without a sidecar"]


@pytest.mark.parametrize("error", [ServiceError("unknown", "ReadTimeout", "no answer"), MailRefused("not verified")])
def test_mail_that_may_have_been_sent_is_not_repeated(world: World, error: Exception) -> None:
    images(world, "a")
    world.ports.mail.fail("send", error)
    world.live_through(30)
    assert subjects(world) == []
    images(world, "b")
    world.live_through(50)
    assert subjects(world) == ["1 image without a sidecar"]


def test_lost_message_is_sent_again_by_the_sweep(world: World) -> None:
    images(world, "a")
    world.live_through(23.9)
    for _ in range(6):
        world.sweep()
        world.ports.queues.wipe()
        world.ports.clock.advance(300)
    assert subjects(world) == []
    world.live_through(2)
    assert subjects(world) == ["1 image without a sidecar"]


def test_two_workers_send_one_mail(world: World) -> None:
    images(world, "a")
    send, both = world.ports.mail.send, list[str]()

    def slow(*mail: str) -> None:
        both.append("first")
        if len(both) == 1:
            digest.notify(world.ports)
        send(*mail)

    world.ports.mail.send = slow  # type: ignore[method-assign, assignment]
    world.live_through(26)
    assert subjects(world) == ["1 image without a sidecar"]


def test_without_a_sender_nothing_is_sent() -> None:
    world = World(mail_from="")
    world.sweep()
    images(world, "a")
    world.live_through(30)
    assert world.mails() == []


def test_place_keeps_what_was_collected() -> None:
    place = Place("k", unpaired=digest.Unpaired("a", "z", 1, ["k"]))
    assert Place.load(place.note(datetime.now(UTC))) == place
