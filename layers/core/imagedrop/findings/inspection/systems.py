"""Which system the disk holds: a Windows, several, another one, none."""

from imagedrop.findings import Kind

SEVERAL_WINDOWS = Kind(
    "image.several_windows",
    "warning",
    "The disk holds more than one Windows. The one at byte {first} is described here; there is another at byte {others}. IMS "
    "prepares one, and which one is not documented.",
    "Make an image with one Windows: remove the other's partition (`diskpart`, `select partition <n>`, `delete partition`) and "
    "its boot entry (`bcdedit /enum`, `bcdedit /delete <id>`).",
    "磁盘上有多个 Windows。此处描述的是第 {first} 字节处的 Windows，第 {others} 字节处还有其他 Windows。IMS 只会配置其中一个，"
    "文档未说明是哪一个。",
    "请制作只含一个 Windows 的镜像：删除其他 Windows 的分区（`diskpart`、`select partition <n>`、`delete partition`）"
    "及其启动项（`bcdedit /enum`、`bcdedit /delete <id>`）。",
)
NO_WINDOWS = Kind(
    "image.no_windows",
    "error",
    "The disk has volumes, but there is no Windows on any of them (no Windows\\System32\\config): the import would fail, or "
    "nothing would start from it.",
    "Drop the disk that holds C:\\Windows: in the source Windows, `Get-Partition -DriveLetter C | Get-Disk` tells which one "
    "that is.",
    "磁盘上有卷，但其中都没有 Windows（没有 Windows\\System32\\config）：导入会失败，或无法从中启动。",
    "请投放包含 C:\\Windows 的磁盘：在源 Windows 中用 `Get-Partition -DriveLetter C | Get-Disk` 查看是哪一块。",
)
LINUX = Kind(
    "image.linux",
    "warning",
    "The disk holds a Linux and no Windows. imagedrop does not look into it: drivers, network and cloud-init are not checked.",
    'If it is meant, say so in the sidecar: `"os_type": "Linux"` and `os_version`. Else drop the disk that holds '
    "C:\\Windows.",
    "磁盘上是 Linux 而不是 Windows。imagedrop 不检查其内部：未检查驱动、网络和 cloud-init。",
    '如果确是如此，请在描述文件中写明 `"os_type": "Linux"` 和 `os_version`；否则请投放包含 C:\\Windows 的磁盘。',
)
DATA_DISK = Kind(
    "image.data_disk",
    "error",
    "This looks like a data disk: it has volumes and no system on them, and nothing to start. The import as a system image "
    "would fail.",
    "Drop the disk that holds C:\\Windows, and name this file in `data_images` of its sidecar.",
    "这看起来是数据盘：磁盘上有卷，但没有操作系统，也没有引导文件。作为系统镜像导入会失败。",
    "请投放包含 C:\\Windows 的磁盘，并将本文件写入其描述文件的 `data_images`。",
)
BLANK = Kind(
    "image.blank",
    "error",
    "The disk is empty: nothing was ever written to it, or its partitions hold no volume. There is nothing to start.",
    "See whether it is the right file, and whether the copy was made (`qemu-img map {file}` shows what is in it).",
    "磁盘是空的：从未写入任何内容，或分区中没有卷，无法启动。",
    "请确认文件是否正确、复制是否完成（`qemu-img map {file}` 可显示其中的内容）。",
)
WINDOWS_ON_DATA_DISK = Kind(
    "image.windows_on_data_disk",
    "warning",
    "The data disk holds a Windows, on the volume at byte {start}. A server with it may start from the wrong disk, and two "
    "disks of one origin have the same signature, of which Windows takes one offline.",
    "See whether system and data disk were mixed up; else delete the old system from the data disk before the image is made.",
    "数据盘的第 {start} 字节处的卷上有 Windows。挂载它的服务器可能从错误的磁盘启动；同源的两块磁盘签名相同，Windows 会使其中一块脱机。",
    "请确认系统盘与数据盘是否混淆；否则请在制作镜像前从数据盘删除旧系统。",
)
OS_UNLISTED = Kind(
    "image.os_unlisted",
    "warning",
    "IMS has no value of `os_version` for {product} (build {build}), so the import may not recognise it, and IMS prepares only "
    "the systems on its list.",
    "Prepare it yourself (VirtIO drivers, DHCP), and if `os_version` must be said, say the console's "
    "`Other Windows(64 bit)` or `Other Windows(32 bit)`.",
    "IMS 没有与 {product}（内部版本 {build}）对应的 `os_version`，导入时可能无法识别；IMS 也只会自动配置列表中的系统。",
    "请自行完成配置（VirtIO 驱动、DHCP）；如果必须填写 `os_version`，请用控制台的 `Other Windows(64 bit)` 或 "
    "`Other Windows(32 bit)`。",
)
ARCHITECTURES_DIFFER = Kind(
    "image.architectures_differ",
    "warning",
    "Parts of the disk are for different processors, {one} and {other}: a boot manager starts only the Windows of its own.",
    "In the source Windows, write the boot files anew: `bcdboot C:\\Windows /f ALL`, and make the image again.",
    "磁盘各部分适用于不同的处理器：{one} 和 {other}。启动管理器只能启动与其架构相同的 Windows。",
    "请在源 Windows 中重新写入引导文件：`bcdboot C:\\Windows /f ALL`，然后重新制作镜像。",
)
