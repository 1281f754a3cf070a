"""IMS's list of what an image file must be (IMS: preparing an image file, Windows), as far as the file itself tells it:
which findings say that a point is not met, and the test of each that proves it.

The last two points are not on the list: IMS does not speak of them, and imagedrop looks at them all the same.
"""

from __future__ import annotations

from typing import NamedTuple


class Point(NamedTuple):
    """`precondition`: in words of our own. `proofs`: finding id -> its test, as `<file below tests/unit>::<name>`."""

    precondition: str
    proofs: dict[str, str]


_CONTENT = "findings/test_in_the_image.py"
_DRIVERS, _DROP, _SIZE, _SYSTEM = (f"rules/test_{name}.py" for name in ("drivers", "drop", "size", "system"))
_MISTAKEN, _REFUSED, _START = (f"inspection/test_{name}.py" for name in ("wrong_file", "refused", "firmware"))
_WHOLE = f"{_CONTENT}::test_a_disk_has_the_findings_of_what_is_in_it_and_no_others"

CHECKLIST = (
    Point(
        "A format on IMS's list; up to 128 GB, as raw or zvhd2 up to 1 TB",
        {
            "image.not_an_image": f"{_MISTAKEN}::test_a_text_is_no_image",
            "image.other_format": f"{_MISTAKEN}::test_formats_that_ims_does_not_take",
            "image.iso": f"{_MISTAKEN}::test_an_iso",
            "image.compressed_wrapper": f"{_MISTAKEN}::test_a_wrapped_image_is_told_how_to_unwrap_it",
            "format.unknown": f"{_DROP}::test_an_unknown_format_is_said_once",
            "size.grey_zone": f"{_SIZE}::test_files_go_the_normal_way_up_to_128_gb",
            "size.needs_fast_channel": f"{_SIZE}::test_files_go_the_normal_way_up_to_128_gb",
            "size.file_over_1tb": f"{_SIZE}::test_files_go_the_normal_way_up_to_128_gb",
            "fast.format": f"{_DROP}::test_the_fast_channel_takes_raw_and_zvhd2_only",
            "fast.no_bitmap": f"{_DROP}::test_zvhd2_needs_no_bitmap_and_raw_does",
        },
    ),
    Point(
        "One system disk and no data disk in the file; 40 to 1024 GB",
        {
            "image.too_large": f"{_MISTAKEN}::test_a_disk_beyond_one_tebibyte_is_too_large",
            "size.min_disk_small": f"{_SIZE}::test_said_it_must_hold_the_image",
            "size.below_floor": f"{_SIZE}::test_said_it_must_hold_the_image",
            "size.disk_too_large": f"{_SIZE}::test_said_it_must_hold_the_image",
            "size.vhd_rounding": f"{_SIZE}::test_a_vhd_that_was_rounded_up_is_told_so_and_how_large_it_is",
            "image.several_windows": _WHOLE,
            "image.data_disk": _WHOLE,
            "image.blank": f"{_CONTENT}::test_a_disk_of_empty_partitions_is_blank",
            "image.windows_on_data_disk": f"{_CONTENT}::test_a_windows_on_a_data_disk_is_a_warning",
        },
    ),
    Point(
        "Boot and system partition on that disk",
        {
            "image.no_boot_files": f"{_CONTENT}::test_an_active_partition_without_boot_files_is_an_error",
            "image.windows_elsewhere": f"{_CONTENT}::test_boot_files_without_their_windows_are_an_error",
            "image.no_windows": f"{_CONTENT}::test_a_disk_that_would_start_but_holds_no_windows_is_an_error",
        },
    ),
    Point(
        "The boot mode is the disk's: MBR and active partition, or GPT and EFI system partition",
        {
            "firmware.differs": f"{_SYSTEM}::test_a_boot_mode_that_contradicts_the_disk_is_an_error",
            "firmware.unknown": f"{_SYSTEM}::test_an_unknown_boot_mode_is_a_warning_and_not_guessed",
            "firmware.arm_needs_uefi": f"{_SYSTEM}::test_arm_means_uefi",
            "firmware.os_without_uefi": f"{_SYSTEM}::test_only_listed_systems_start_with_uefi",
            "firmware.os_unlisted": f"{_SYSTEM}::test_only_listed_systems_start_with_uefi",
            "image.no_active_partition": f"{_START}::test_a_disk_that_nothing_starts_from_says_why_though_nobody_can_look_into_it",
            "image.no_esp": f"{_START}::test_a_disk_that_nothing_starts_from_says_why_though_nobody_can_look_into_it",
            "image.no_boot_manager": f"{_START}::test_an_esp_that_holds_nothing_to_start_is_a_warning",
            "image.architectures_differ": f"{_CONTENT}::test_boot_manager_and_windows_for_different_processors_are_a_warning",
        },
    ),
    Point(
        "Not encrypted",
        {
            "image.bitlocker": _WHOLE,
            "image.encrypted_container": f"{_REFUSED}::test_an_encrypted_qcow",
        },
    ),
    Point(
        "A system that IMS supports, 32 or 64 bit",
        {
            "image.linux": _WHOLE,
            "image.os_unlisted": _WHOLE,
            "os.linux_inside": f"{_SYSTEM}::test_a_sidecar_of_windows_over_a_linux_is_an_error",
            "os.windows_not_taken": f"{_SYSTEM}::test_a_region_without_windows_refuses_windows_only",
            "os.windows_on_arm": f"{_SYSTEM}::test_there_is_no_windows_for_arm_in_ims",
            "os.bits_32": f"{_SYSTEM}::test_a_32_bit_windows_is_told_how_much_memory_it_uses",
        },
    ),
    Point(
        "A VMDK that VMware's tools exported, whole in one file",
        {
            "format.vmdk_origin": f"{_DROP}::test_a_vmdk_that_vmware_may_not_have_written_is_told_what_ims_asks",
            "image.data_file": f"{_REFUSED}::test_a_vmdk_descriptor_alone",
            "image.differencing": f"{_REFUSED}::test_a_vmdk_descriptor_of_a_snapshot_is_a_differencing_disk",
        },
    ),
    Point(
        "Addresses by DHCP",
        {
            "image.static_address": f"{_CONTENT}::test_an_interface_without_dhcp_is_a_warning_with_its_address",
        },
    ),
    Point(
        "VirtIO drivers, unless IMS puts them in",
        {
            "drivers.disk_uefi": f"{_DRIVERS}::test_with_uefi_a_missing_disk_driver_is_an_error_since_ims_cannot_put_it_in",
            "drivers.disk_fast": f"{_DRIVERS}::test_on_the_fast_channel_it_is_an_error_whatever_the_firmware",
            "drivers.injected": f"{_DRIVERS}::test_with_bios_ims_puts_it_in",
            "drivers.disk": f"{_DRIVERS}::test_with_bios_it_is_an_error_where_ims_is_told_not_to_or_cannot",
            "drivers.network": f"{_DRIVERS}::test_without_a_network_driver_there_is_a_warning",
            "image.driver_file_missing": f"{_CONTENT}::test_a_driver_without_its_file_is_named_and_does_not_count",
            "image.driver_not_installed": f"{_CONTENT}::test_a_driver_file_without_its_service_is_an_info",
            "image.driver_start_overridden": f"{_CONTENT}::test_an_override_of_its_start_counts_and_is_said",
        },
    ),
    Point(
        "Cloudbase-Init",
        {
            "image.no_cloudbase_init": _WHOLE,
            "image.cloudbase_init_disabled": _WHOLE,
            "image.cloudbase_init_not_installed": _WHOLE,
        },
    ),
    Point(
        "Sysprep, where servers must differ",
        {
            "image.image_state": f"{_CONTENT}::test_set_up_that_was_not_finished_is_a_warning",
            "image.not_generalized": f"{_CONTENT}::test_set_up_that_was_not_finished_is_a_warning",
        },
    ),
    Point(
        "Remote desktop on",
        {
            "image.remote_desktop_off": f"{_CONTENT}::test_remote_desktop_is_said_to_be_off_only_where_the_registry_says_so",
        },
    ),
    Point(
        "No tools of other platforms",
        {
            "image.foreign_tools": f"{_CONTENT}::test_tools_of_other_platforms_are_named",
        },
    ),
    Point(
        "Shut down in full (not on IMS's list)",
        {
            "image.hibernated": _WHOLE,
            "image.ntfs_dirty": _WHOLE,
            "image.hive_dirty": _WHOLE,
            "image.fast_startup": f"{_CONTENT}::test_fast_start_up_is_an_info_unless_the_windows_sleeps",
        },
    ),
    Point(
        "Not spread over several disks (not on IMS's list)",
        {
            "image.dynamic_disk": "inspection/test_partitions.py::test_a_dynamic_disk_or_a_pool_is_a_warning",
            "image.storage_spaces": "inspection/test_partitions.py::test_a_dynamic_disk_or_a_pool_is_a_warning",
        },
    ),
)
