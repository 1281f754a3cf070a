"""Switches for what the documents leave open about IMS. Defaults: the harder case for a client."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ImsSwitches(BaseModel):
    """The switches of the IMS simulator. Seconds are simulated seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # what is visible, and when
    ims_shows_imports: bool = Field(False, description="ListImages shows images while they import")
    ims_tags_early: bool = Field(False, description="an image that is shown while it imports already has its tags")
    ims_active_delay: float = Field(0, ge=0, description="seconds from SUCCESS of the job until the image is active")
    ims_failed_image_stays: bool = Field(False, description="a failed import leaves an image with status killed")
    ims_killed_uses_quota: bool = Field(True, description="killed images count towards the quota")
    ims_delete_unknown: Literal["404", "204"] = Field(
        "404", description="the answer to a DELETE of an image that does not exist"
    )
    ims_page_info: bool = Field(
        True, description="a page of ListImages has the next marker in page_info, as in the SDK"
    )
    ims_detected_os: str | None = Field(
        None,
        description="the os_version that IMS detects in every system disk, and uses instead of the requested "
        "one; empty: it detects none",
    )
    ims_delete_delay: float = Field(0, ge=0, description="seconds that a deleted image is still shown")

    # jobs
    ims_job_calls: Literal["both", "ShowJob", "ShowJobProgress"] = Field(
        "both", description="the calls that this region has for the state of a job"
    )
    ims_unknown_job: Literal["404", "IMG.0023"] = Field("404", description="the answer for an unknown job")
    ims_init_time: float = Field(5, ge=0, description="seconds that a job stays in INIT")
    ims_job_times: Literal["iso", "old"] = Field(
        "iso", description="2026-11-24T13:00:00.000Z (iso), or 24-Nov-2026 13:00:00:000 (old)"
    )
    ims_job_retention: float | None = Field(None, gt=0, description="seconds that an ended job is known; empty: always")
    ims_percent_of: Literal[1, 100] = Field(1, description="the value of process_percent at the end")
    ims_image_id_early: bool = Field(False, description="a running job already has its image_id")
    ims_job_ids_in: Literal["mixed", "sub_jobs"] = Field(
        "mixed",
        description="a call with system and data disks: the ids of data images are in sub_jobs_result and the system "
        "image's in entities (mixed), or all are in sub_jobs_result",
    )
    ims_sub_jobs_reversed: bool = Field(False, description="sub-jobs are in the reverse order of the request")
    ims_keeps_parts: bool = Field(
        False, description="if one file of several fails, the images of the others stay although the job fails"
    )
    ims_replaced_fails: bool = Field(True, description="an object replaced during the import fails the job")
    ims_deleted_fails: bool = Field(True, description="an object deleted during the import fails the job")
    ims_small_disk_code: str = Field("IMG.0055", description="error_code of a job whose min_disk is too small")
    ims_bad_file_code: str = Field("IMG.0072", description="error_code of a job with a file of an unknown format")

    # what is accepted
    ims_names_unique: bool = Field(False, description="a name that is in use is refused (IMG.0009)")
    ims_names_reserved: bool = Field(
        True,
        description="if names are unique, a name is in use from the acceptance of its request on; off: only once "
        "its image has been made",
    )
    ims_refuses_windows: bool = Field(False, description="this region accepts no Windows images")
    ims_windows_code: str = Field("IMG.0056", description="the code of that refusal")
    ims_chinese_names: bool = Field(True, description="image names may be Chinese")
    ims_chinese_end: Literal["9FA5", "9FFF"] = Field("9FA5", description="the last character that counts as Chinese")
    ims_strict_keys: bool = Field(True, description="object keys: only letters, digits, - . _ between slashes")
    ims_tag_limits: Literal["old", "new"] = Field(
        "old",
        description="old: 10 tags, keys of 36 characters, values of 43; new: 20, 128 and 255, and more kinds of "
        "characters",
    )
    ims_system_floor: Literal[1, 20, 40, "by_os"] = Field(
        40, description="GB, smallest min_disk of a system image; by_os: 20 for Windows, 10 for others"
    )
    ims_quick_floor: Literal[1, 40, "by_os"] = Field("by_os", description="the same for a quick import")
    ims_data_floor: Literal[1, 40] = Field(40, description="GB, smallest min_disk of CreateDataImage")
    ims_gb: Literal["GiB", "GB"] = Field("GiB", description="the unit of min_disk and of the size limits")
    ims_rounds_down: bool = Field(
        False, description="a disk's size is rounded down to whole GB before it is compared with min_disk; off: exact"
    )
    ims_vhd_capacity: Literal["largest", "geometry", "current"] = Field(
        "largest", description="which of a VHD footer's sizes is the capacity"
    )
    ims_bitmap_name: Literal["stem", "suffix"] = Field(
        "stem", description="the bitmap of disk.raw is disk.mf (stem) or disk.raw.mf (suffix)"
    )
    ims_quick_encrypts: bool = Field(False, description="quick import accepts a cmk_id")
    ims_os_list: Literal["all", "2022"] = Field("all", description="the list of OS versions of this region")
    ims_other_windows: str = Field("Other Windows(64 bit)", description="os_version of an unlisted Windows")
    ims_other_windows_uefi: bool = Field(True, description="an unlisted Windows may boot with UEFI")
    ims_windows_on_arm: bool = Field(True, description="a request may combine Windows with arm")

    # limits
    ims_image_quota: int = Field(50, ge=0, description="private images")
    ims_task_limit: int = Field(40, ge=1, description="images that may import at the same time (IMG.0060)")
    ims_rate: int | None = Field(None, ge=1, description="calls a minute (429); empty: no limit")
    ims_retry_after: int | None = Field(None, ge=0, description="seconds in Retry-After of a 429; empty: no header")

    # the format of errors
    ims_flat_errors: bool = Field(
        False, description="IMG codes are in the gateway's format, error_code and error_msg; off: in an object `error`"
    )
    ims_native_errors: Literal["ims", "openstack"] = Field(
        "ims",
        description="errors of the OpenStack calls (/v2/images): like all others, or with code, title and message",
    )
