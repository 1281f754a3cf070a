"""Images that need another file: a parent, a backing or data file, or a key."""

from imagedrop.findings import error

# `tools`: commands that read the parent too; of VHD, VHDX and VDI, `qemu-img convert` reads or refuses the child alone.
DIFFERENCING = error(
    "image.differencing",
    "This is a differencing disk: it contains only the changes since its parent disk, but IMS needs the whole disk in "
    "one file. The file names its parent as: {parent}.",
    "On a machine that has both disks, merge this disk and its parent into one: {tools}.",
    "这是差分磁盘：只包含相对父磁盘的更改，而 IMS 只导入单个文件。文件中记录的父磁盘：{parent}。",
    "请在同时有两个磁盘的机器上，将此磁盘与父磁盘合并为一个：{tools}。",
)
BACKING_FILE = error(
    "image.backing_file",
    "The image needs the backing file {name}, which is not part of it. imagedrop never opens other files.",
    "On a machine that has both files, merge them into one: `qemu-img convert -O qcow2 {file} whole.qcow2`.",
    "镜像依赖后端文件 {name}，但其内容不在镜像中。imagedrop 不会打开其他文件。",
    "请在同时有两个文件的机器上合并为一个：`qemu-img convert -O qcow2 {file} whole.qcow2`。",
)
DATA_FILE = error(
    "image.data_file",
    "The content of the disk is in another file ({name}). imagedrop never opens other files.",
    "On a machine that has all the files, merge them into one: `qemu-img convert -O qcow2 {source} whole.qcow2`.",
    "磁盘的内容在另一个文件（{name}）中。imagedrop 不会打开其他文件。",
    "请在所有文件齐全的机器上合并为一个：`qemu-img convert -O qcow2 {source} whole.qcow2`。",
)
ENCRYPTED_CONTAINER = error(
    "image.encrypted_container",
    "The image file is encrypted ({method}). IMS cannot read it.",
    "With the passphrase in key.txt, convert it to an unencrypted file: `qemu-img convert --object secret,id=key,file=key.txt "
    "--image-opts driver={driver},file.filename={file},{key_option}=key -O qcow2 plain.qcow2`. "
    "To encrypt the image in IMS, set `cmk_id` in the sidecar.",
    "镜像文件已加密（{method}），IMS 无法读取。",
    "请将口令写入 key.txt，并转换为未加密的文件：`qemu-img convert --object secret,id=key,file=key.txt "
    "--image-opts driver={driver},file.filename={file},{key_option}=key -O qcow2 plain.qcow2`。"
    "如需在 IMS 中加密镜像，请在描述文件中填写 `cmk_id`。",
)
