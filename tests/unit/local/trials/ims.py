"""Trials of the switches of IMS."""

from __future__ import annotations

from typing import Any

from tests.support import tiny_disks as disks
from tests.support.ims_client_helper import SERVER, Answer, SimulatedIms
from tests.support.signed_requests import PROJECT
from tests.unit.local.trials.trial import Trial

GIB = disks.GIB
KEY = "11111111-2222-3333-4444-555555555555"
SIZES = (1, 9, 10, 19, 20, 39, 40)
QUICK = {"is_quick_import": True, "os_version": SERVER}


def _statuses(ims: SimulatedIms) -> list[str]:
    return [image["status"] for image in ims.images()]


def _importing(ims: SimulatedIms, **body: Any) -> list[Any]:
    ims.submit(**body)
    return ims.images()


def _failed_job(ims: SimulatedIms) -> Any:
    ims.put("junk.vhd", b"junk")
    return ims.outcome(image_url="drops:junk.vhd")


def _imported(ims: SimulatedIms, **body: Any) -> Any:
    ims.outcome(**body)
    return ims.images()[0]


def _create_after_failure(ims: SimulatedIms) -> str | None:
    _failed_job(ims)
    return ims.create().code


def _deleted(ims: SimulatedIms) -> list[str]:
    ims.call("DELETE", f"/v2/images/{_imported(ims)['id']}")
    return _statuses(ims)


def _named_next_page(ims: SimulatedIms) -> bool:
    ims.submit()
    _imported(ims)
    return "page_info" in ims.call("GET", "/v2/cloudimages", query=[("limit", "1")]).json


def _os_versions(ims: SimulatedIms) -> tuple[str, str, str]:
    parsed = _imported(ims, os_version="Ubuntu 22.04 server 64bit")
    ims.put("q.zvhd2", b"any")
    job = ims.outcome(image_url="drops:q.zvhd2", **QUICK)
    quick = ims.images(id=job["entities"]["image_id"])[0]
    return parsed["__os_version"], parsed["__os_type"], quick["__os_version"]


def _both_calls(ims: SimulatedIms) -> tuple[int, int]:
    job_id = ims.submit()
    paths = (f"/v1/{PROJECT}/jobs/{job_id}", f"/v1/cloudimages/job/{job_id}")
    first, second = (ims.call("GET", path).status for path in paths)
    return first, second


def _running(ims: SimulatedIms) -> Any:
    job_id = ims.submit()
    ims.wait(20)
    return ims.job(job_id)


def _old_job(ims: SimulatedIms) -> str | None:
    job_id = ims.submit()
    ims.wait(5000)
    ims.job(job_id)
    ims.wait(5000)
    status: str | None = ims.job(job_id).get("status")
    return status


def _two_disks(ims: SimulatedIms, data: bytes | None = None) -> Any:
    ims.put("d.qcow2", data or disks.qcow2(GIB))
    return ims.outcome(data_images=[{"image_url": "drops:d.qcow2", "min_disk": 1}])


def _sub_jobs(ims: SimulatedIms) -> list[str]:
    return [sub["entities"]["image_name"] for sub in _two_disks(ims)["entities"]["sub_jobs_result"]]


def _images_of_two(ims: SimulatedIms) -> list[str]:
    _two_disks(ims, b"junk!")
    return [image["name"] for image in ims.images()]


def _status_after_change(ims: SimulatedIms, *, deleted: bool) -> str:
    job_id = ims.submit()
    ims.wait(20)
    ims.job(job_id)
    if deleted:
        ims.store.delete("drops", "disk.qcow2")
    else:
        ims.put("disk.qcow2", disks.qcow2(39 * GIB))
    ims.wait()
    return str(ims.job(job_id)["status"])


def _too_large(ims: SimulatedIms) -> str:
    ims.put("large.qcow2", disks.qcow2(41 * GIB))
    return str(ims.outcome(image_url="drops:large.qcow2")["error_code"])


def _second_create(ims: SimulatedIms, **body: Any) -> str | None:
    ims.submit()
    return ims.create(**body).code


def _smallest_min_disk(ims: SimulatedIms, path: str, **body: Any) -> dict[str, int | None]:
    """The smallest accepted min_disk, by OS type."""

    def create(os_type: str, size: int) -> Answer:
        version = SERVER if os_type == "Windows" else "Ubuntu 22.04 server 64bit"
        fields = {"name": "x", "min_disk": size, "os_type": os_type, "os_version": version, **body}
        return ims.call("POST", path, fields)

    return {
        os_type: next((size for size in SIZES if create(os_type, size).status == 200), None)
        for os_type in ("Linux", "Windows")
    }


def _smallest_min_disk_quick(ims: SimulatedIms) -> dict[str, int | None]:
    ims.put("q.zvhd2", b"any")
    return _smallest_min_disk(ims, "/v2/cloudimages/quickimport/action", image_url="drops:q.zvhd2")


def _slightly_too_large(ims: SimulatedIms) -> str:
    ims.put("above.qcow2", disks.qcow2(40 * GIB + 512))
    return str(ims.outcome(image_url="drops:above.qcow2")["status"])


def _two_vhds(ims: SimulatedIms) -> tuple[str, str]:
    """The results for a VHD whose current size is too large for min_disk, and one whose geometry is."""
    fits, above = (20_000, 16, 255), (21_074, 16, 255)  # x 512 bytes: 38.9 and 41 GiB
    ims.put("size.vhd", disks.vhd(41 * GIB, geometry=fits))
    ims.put("geometry.vhd", disks.vhd(40 * GIB, geometry=above))
    size, geometry = (ims.outcome(image_url=f"drops:{name}.vhd")["status"] for name in ("size", "geometry"))
    return str(size), str(geometry)


def _two_bitmaps(ims: SimulatedIms) -> tuple[str, str]:
    for name in ("a.raw", "b.raw"):
        ims.put(name, disks.raw())
    ims.put("a.mf", b"bitmap")
    ims.put("b.raw.mf", b"bitmap")
    stem, suffix = (ims.outcome(image_url=f"drops:{name}.raw", **QUICK)["status"] for name in ("a", "b"))
    return str(stem), str(suffix)


def _windows_codes(ims: SimulatedIms) -> tuple[str | None, str]:
    return ims.create(os_type="Windows").code, str(ims.outcome()["error_code"])


def _chinese_key(ims: SimulatedIms) -> str | None:
    ims.put("磁盘.qcow2", disks.qcow2(40 * GIB))
    return ims.create(image_url="drops:磁盘.qcow2").code


def _second_call(ims: SimulatedIms) -> Answer:
    ims.images()
    return ims.call("GET", "/v2/cloudimages")


OK, BAD = "SUCCESS", "FAIL"
TAG = {"image_tags": [{"key": "a", "value": "b"}]}
REFUSES = {"ims_refuses_windows": True}

TRIALS: dict[str, Trial] = {
    "ims_shows_imports": Trial(
        lambda ims: [image["status"] for image in _importing(ims)], {False: [], True: ["queued"]}
    ),
    "ims_tags_early": Trial(
        lambda ims: _importing(ims, **TAG)[0]["tags"], {False: [], True: ["a=b"]}, {"ims_shows_imports": True}
    ),
    "ims_active_delay": Trial(lambda ims: ims.outcome() and _statuses(ims), {0: ["active"], 5000: []}),
    "ims_failed_image_stays": Trial(lambda ims: _failed_job(ims) and _statuses(ims), {False: [], True: ["killed"]}),
    "ims_killed_uses_quota": Trial(
        _create_after_failure, {True: "IMG.0015", False: None}, {"ims_failed_image_stays": True, "ims_image_quota": 1}
    ),
    "ims_delete_unknown": Trial(lambda ims: ims.call("DELETE", f"/v2/images/{KEY}").status, {"404": 404, "204": 204}),
    "ims_page_info": Trial(_named_next_page, {True: True, False: False}),
    "ims_detected_os": Trial(
        _os_versions,
        {
            None: ("Ubuntu 22.04 server 64bit", "Linux", SERVER),
            "Windows 10 64bit": ("Windows 10 64bit", "Windows", SERVER),
            "Windows 12 64bit": ("Windows 12 64bit", "Windows", SERVER),
        },
    ),
    "ims_delete_delay": Trial(_deleted, {0: [], 60: ["deleted"]}),
    "ims_job_calls": Trial(_both_calls, {"both": (200, 200), "ShowJob": (200, 404), "ShowJobProgress": (404, 200)}),
    "ims_unknown_job": Trial(
        lambda ims: ims.call("GET", "/v1/cloudimages/job/none").status, {"404": 404, "IMG.0023": 400}
    ),
    "ims_init_time": Trial(lambda ims: _running(ims)["status"], {5: "RUNNING", 60: "INIT"}),
    "ims_job_times": Trial(
        lambda ims: ims.job(ims.submit())["begin_time"],
        {"iso": "2026-11-24T13:00:00.000Z", "old": "24-Nov-2026 13:00:00:000"},
    ),
    "ims_job_retention": Trial(_old_job, {None: OK, 6000: None}),
    "ims_percent_of": Trial(lambda ims: ims.outcome()["entities"]["process_percent"], {1: 1, 100: 100}),
    "ims_image_id_early": Trial(lambda ims: "image_id" in _running(ims)["entities"], {False: False, True: True}),
    "ims_job_ids_in": Trial(_sub_jobs, {"mixed": ["server-1"], "sub_jobs": ["server", "server-1"]}),
    "ims_sub_jobs_reversed": Trial(
        _sub_jobs, {False: ["server", "server-1"], True: ["server-1", "server"]}, {"ims_job_ids_in": "sub_jobs"}
    ),
    "ims_keeps_parts": Trial(_images_of_two, {False: [], True: ["server"]}),
    "ims_replaced_fails": Trial(lambda ims: _status_after_change(ims, deleted=False), {True: BAD, False: OK}),
    "ims_deleted_fails": Trial(lambda ims: _status_after_change(ims, deleted=True), {True: BAD, False: OK}),
    "ims_small_disk_code": Trial(_too_large, {"IMG.0055": "IMG.0055", "IMG.1075": "IMG.1075"}),
    "ims_bad_file_code": Trial(
        lambda ims: _failed_job(ims)["error_code"], {"IMG.0072": "IMG.0072", "IMG.1075": "IMG.1075"}
    ),
    "ims_names_reserved": Trial(_second_create, {True: "IMG.0009", False: None}, {"ims_names_unique": True}),
    "ims_names_unique": Trial(_second_create, {False: None, True: "IMG.0009"}),
    "ims_refuses_windows": Trial(lambda ims: ims.create(os_type="Windows").code, {False: None, True: "IMG.0056"}),
    "ims_windows_code": Trial(
        _windows_codes, {"IMG.0056": ("IMG.0056", "IMG.0056"), "IMG.0024": ("IMG.0024", "IMG.0024")}, REFUSES
    ),
    "ims_chinese_names": Trial(lambda ims: ims.create(name="窗").code, {True: None, False: "IMG.0003"}),
    "ims_chinese_end": Trial(lambda ims: ims.create(name="\u9fa6").code, {"9FA5": "IMG.0003", "9FFF": None}),
    "ims_strict_keys": Trial(_chinese_key, {True: "IMG.0075", False: None}),
    "ims_tag_limits": Trial(
        lambda ims: ims.create(image_tags=[{"key": "k" * 37}]).code, {"old": "IMG.0115", "new": None}
    ),
    "ims_system_floor": Trial(
        lambda ims: _smallest_min_disk(ims, "/v2/cloudimages/action", image_url="drops:disk.qcow2"),
        {
            40: {"Linux": 40, "Windows": 40},
            20: {"Linux": 20, "Windows": 20},
            1: {"Linux": 1, "Windows": 1},
            "by_os": {"Linux": 10, "Windows": 20},
        },
    ),
    "ims_quick_floor": Trial(
        _smallest_min_disk_quick,
        {
            "by_os": {"Linux": 10, "Windows": 20},
            40: {"Linux": 40, "Windows": 40},
            1: {"Linux": 1, "Windows": 1},
        },
    ),
    "ims_data_floor": Trial(
        lambda ims: _smallest_min_disk(ims, "/v1/cloudimages/dataimages/action", image_url="drops:disk.qcow2")[
            "Windows"
        ],
        {40: 40, 1: 1},
    ),
    "ims_gb": Trial(lambda ims: ims.outcome()["status"], {"GiB": OK, "GB": BAD}),
    "ims_rounds_down": Trial(_slightly_too_large, {False: BAD, True: OK}),
    "ims_vhd_capacity": Trial(_two_vhds, {"largest": (BAD, BAD), "geometry": (OK, BAD), "current": (BAD, OK)}),
    "ims_bitmap_name": Trial(_two_bitmaps, {"stem": (OK, BAD), "suffix": (BAD, OK)}),
    "ims_quick_encrypts": Trial(lambda ims: ims.create(**QUICK, cmk_id=KEY).code, {False: "IMG.0100", True: None}),
    "ims_os_list": Trial(lambda ims: ims.create(os_version=SERVER).code, {"all": None, "2022": "IMG.0056"}),
    "ims_other_windows": Trial(
        lambda ims: ims.create(os_version="Other Windows(64 bit)").code,
        {"Other Windows(64 bit)": None, "Other_Windows (64_bit)": "IMG.0056"},
    ),
    "ims_other_windows_uefi": Trial(
        lambda ims: ims.create(os_version="Other Windows(64 bit)", hw_firmware_type="uefi").code,
        {True: None, False: "IMG.0141"},
    ),
    "ims_windows_on_arm": Trial(
        lambda ims: ims.create(os_type="Windows", architecture="arm").code, {True: None, False: "IMG.0056"}
    ),
    "ims_image_quota": Trial(lambda ims: _second_create(ims, name="b"), {50: None, 1: "IMG.0015"}),
    "ims_task_limit": Trial(lambda ims: _second_create(ims, name="b"), {40: None, 1: "IMG.0060"}),
    "ims_rate": Trial(lambda ims: _second_call(ims).status, {None: 200, 1: 429}),
    "ims_retry_after": Trial(
        lambda ims: _second_call(ims).headers.get("Retry-After"), {None: None, 7: "7"}, {"ims_rate": 1}
    ),
    "ims_flat_errors": Trial(
        lambda ims: sorted(ims.create(min_disk=0).json), {False: ["error"], True: ["error_code", "error_msg"]}
    ),
    "ims_native_errors": Trial(
        lambda ims: sorted(ims.call("GET", f"/v2/images/{KEY}").json),
        {"ims": ["error"], "openstack": ["code", "message", "title"]},
    ),
}
