"""IMS's requirements for a Windows image file (IMS: preparing an image file) that can be checked in the file. For each:
the findings reported if it is not met, and the test of each finding.

IMS does not list the last two requirements.
"""

from __future__ import annotations

from typing import NamedTuple


class Requirement(NamedTuple):
    """`tests`: finding id -> its test, as `<file in tests/unit>::<name>`."""

    text: str
    tests: dict[str, str]


_CONTENT = "findings/test_in_the_image.py"
_DRIVERS, _FORMATS, _SIZE, _SYSTEM = (f"rules/test_{name}.py" for name in ("drivers", "formats", "size", "system"))
_WRONG_FILE, _REFUSED, _FIRMWARE = (f"inspection/test_{name}.py" for name in ("wrong_file", "refused", "firmware"))
_DISKS = f"{_CONTENT}::test_disk_has_exactly_the_findings_of_its_content"

CHECKLIST = (
    Requirement(
        "A format on IMS's list; files up to 128 GB, as raw or zvhd2 up to 1 TB",
        {
            "image.not_an_image": f"{_WRONG_FILE}::test_a_text_is_not_an_image",
            "image.other_format": f"{_WRONG_FILE}::test_formats_that_ims_does_not_take_are_recognised",
            "image.iso": f"{_WRONG_FILE}::test_an_iso_is_recognised_by_its_content",
            "image.compressed_wrapper": f"{_WRONG_FILE}::test_the_fix_for_a_compressed_image_is_the_command_that_unpacks_it",
            "format.unknown": f"{_FORMATS}::test_unknown_format_is_reported_once",
            "size.grey_zone": f"{_SIZE}::test_normal_channel_accepts_files_up_to_128_gb",
            "size.needs_fast_channel": f"{_SIZE}::test_normal_channel_accepts_files_up_to_128_gb",
            "size.file_over_1tb": f"{_SIZE}::test_normal_channel_accepts_files_up_to_128_gb",
            "fast.format": f"{_FORMATS}::test_fast_channel_accepts_only_raw_and_zvhd2",
            "fast.no_bitmap": f"{_FORMATS}::test_raw_needs_a_bitmap_file_and_zvhd2_does_not",
        },
    ),
    Requirement(
        "A system disk, not a data disk; 40 to 1024 GB",
        {
            "image.too_large": f"{_WRONG_FILE}::test_a_disk_of_more_than_one_tebibyte_is_too_large",
            "size.min_disk_small": f"{_SIZE}::test_min_disk_must_fit_the_disk",
            "size.below_floor": f"{_SIZE}::test_min_disk_must_fit_the_disk",
            "size.disk_too_large": f"{_SIZE}::test_min_disk_must_fit_the_disk",
            "size.vhd_rounding": f"{_SIZE}::test_vhd_rounded_up_by_qemu_is_reported_with_the_excess",
            "image.several_windows": _DISKS,
            "image.data_disk": _DISKS,
            "image.blank": f"{_CONTENT}::test_disk_of_empty_partitions_is_blank",
            "image.windows_on_data_disk": f"{_CONTENT}::test_windows_on_a_data_disk_is_a_warning",
        },
    ),
    Requirement(
        "Boot partition and system partition on that disk",
        {
            "image.no_boot_files": f"{_CONTENT}::test_active_partition_without_boot_files_is_an_error",
            "image.windows_elsewhere": f"{_CONTENT}::test_boot_files_without_windows_are_an_error",
            "image.no_windows": f"{_CONTENT}::test_disk_that_could_start_without_windows_is_an_error",
        },
    ),
    Requirement(
        "The boot mode matches the disk: MBR with an active partition (BIOS), or GPT with an EFI system partition (UEFI)",
        {
            "firmware.differs": f"{_SYSTEM}::test_boot_mode_other_than_the_disk_is_an_error",
            "firmware.unknown": f"{_SYSTEM}::test_unknown_boot_mode_is_a_warning_and_left_out_of_the_request",
            "firmware.arm_needs_uefi": f"{_SYSTEM}::test_arm_needs_uefi",
            "firmware.os_without_uefi": f"{_SYSTEM}::test_uefi_with_a_system_not_listed_for_it_is_reported",
            "firmware.os_unlisted": f"{_SYSTEM}::test_uefi_with_a_system_not_listed_for_it_is_reported",
            "image.no_active_partition": f"{_FIRMWARE}::test_why_a_disk_does_not_boot_is_reported_although_it_is_encrypted",
            "image.no_esp": f"{_FIRMWARE}::test_why_a_disk_does_not_boot_is_reported_although_it_is_encrypted",
            "image.no_boot_manager": f"{_FIRMWARE}::test_an_esp_without_a_boot_manager_is_a_warning",
            "image.architectures_differ": f"{_CONTENT}::test_boot_manager_and_windows_for_different_processors_are_a_warning",
        },
    ),
    Requirement(
        "Not encrypted",
        {
            "image.bitlocker": _DISKS,
            "image.encrypted_container": f"{_REFUSED}::test_an_encrypted_qcow_is_refused_with_the_command_that_decrypts_it",
        },
    ),
    Requirement(
        "An operating system that IMS supports, 32 or 64 bit",
        {
            "image.linux": _DISKS,
            "image.os_unlisted": _DISKS,
            "os.linux_inside": f"{_SYSTEM}::test_sidecar_for_windows_with_a_linux_image_is_an_error",
            "os.windows_not_taken": f"{_SYSTEM}::test_windows_is_an_error_in_a_region_without_windows",
            "os.windows_on_arm": f"{_SYSTEM}::test_windows_for_arm_is_an_error",
            "os.bits_32": f"{_SYSTEM}::test_32_bit_windows_is_an_info",
        },
    ),
    Requirement(
        "A VMDK exported by VMware tools, complete in one file",
        {
            "format.vmdk_origin": f"{_FORMATS}::test_vmdk_in_the_variant_of_qemu_is_an_info",
            "image.data_file": f"{_REFUSED}::test_a_vmdk_descriptor_alone_is_refused",
            "image.differencing": f"{_REFUSED}::test_a_vmdk_descriptor_of_a_snapshot_is_a_differencing_disk",
        },
    ),
    Requirement(
        "DHCP on all network interfaces",
        {
            "image.static_address": f"{_CONTENT}::test_static_address_is_a_warning",
        },
    ),
    Requirement(
        "VirtIO drivers, unless IMS installs them",
        {
            "drivers.disk_uefi": f"{_DRIVERS}::test_missing_disk_driver_is_an_error_with_uefi",
            "drivers.disk_fast": f"{_DRIVERS}::test_missing_disk_driver_is_an_error_on_the_fast_channel",
            "drivers.injected": f"{_DRIVERS}::test_missing_disk_driver_is_an_info_with_bios_as_ims_installs_it",
            "drivers.disk": f"{_DRIVERS}::test_missing_disk_driver_is_an_error_with_bios_if_ims_does_not_install_it",
            "drivers.network": f"{_DRIVERS}::test_missing_network_driver_is_a_warning",
            "image.driver_file_missing": f"{_CONTENT}::test_driver_without_its_file_is_reported_and_does_not_count",
            "image.driver_not_installed": f"{_CONTENT}::test_driver_file_without_its_service_is_an_info",
            "image.driver_start_overridden": f"{_CONTENT}::test_start_override_of_a_driver_counts_and_is_reported",
        },
    ),
    Requirement(
        "Cloudbase-Init installed and enabled",
        {
            "image.no_cloudbase_init": _DISKS,
            "image.cloudbase_init_disabled": _DISKS,
            "image.cloudbase_init_not_installed": _DISKS,
        },
    ),
    Requirement(
        "Sysprep, if several servers are created from the image",
        {
            "image.image_state": f"{_CONTENT}::test_unfinished_setup_is_a_warning",
            "image.not_generalized": f"{_CONTENT}::test_unfinished_setup_is_a_warning",
        },
    ),
    Requirement(
        "Remote Desktop on",
        {
            "image.remote_desktop_off": f"{_CONTENT}::test_remote_desktop_is_reported_off_only_if_the_registry_says_so",
        },
    ),
    Requirement(
        "No tools of other platforms",
        {
            "image.foreign_tools": f"{_CONTENT}::test_tools_of_other_platforms_are_reported_by_name",
        },
    ),
    Requirement(
        "Shut down completely (not listed by IMS)",
        {
            "image.hibernated": _DISKS,
            "image.ntfs_dirty": _DISKS,
            "image.hive_dirty": _DISKS,
            "image.fast_startup": f"{_CONTENT}::test_fast_startup_is_an_info_unless_windows_is_hibernated",
        },
    ),
    Requirement(
        "Not spread over several disks (not listed by IMS)",
        {
            "image.dynamic_disk": "inspection/test_partitions.py::test_a_dynamic_disk_or_a_pool_is_a_warning",
            "image.storage_spaces": "inspection/test_partitions.py::test_a_dynamic_disk_or_a_pool_is_a_warning",
        },
    ),
)
