"""Not whole by itself: parents, backing and data files, keys that lie elsewhere."""

from imagedrop.findings import Kind

# `tools`: commands that read the parent too; of VHD, VHDX and VDI, `qemu-img convert` reads or refuses the child alone.
DIFFERENCING = Kind(
    "image.differencing",
    "error",
    "This is a differencing disk: it holds only what changed since its parent disk, and IMS imports one file. "
    "All that the file says about which disk that is: {parent}.",
    "On a machine that has both, make one disk of this one and its parent: {tools}.",
    "这是差分磁盘：只包含相对父磁盘的变化，而 IMS 只导入单个文件。文件中关于父磁盘的全部信息：{parent}。",
    "请在同时有两个磁盘的机器上，将此磁盘与父磁盘合并为一个：{tools}。",
)
BACKING_FILE = Kind(
    "image.backing_file",
    "error",
    "The image is an overlay on the backing file {name}, which is not in it and is never opened.",
    "Where both are at hand, make one file of them: `qemu-img convert -O qcow2 {file} whole.qcow2`.",
    "镜像是后端文件 {name} 的叠加层；后端文件不在其中，也绝不会被打开。",
    "在两个文件都在的地方合并为一个：`qemu-img convert -O qcow2 {file} whole.qcow2`。",
)
DATA_FILE = Kind(
    "image.data_file",
    "error",
    "The content lies in another file ({name}), which is not in this one and is never opened.",
    "Where all of it is at hand, make one file of it: `qemu-img convert -O qcow2 {source} whole.qcow2`.",
    "内容位于另一个文件（{name}）中，不在此文件内，也绝不会被打开。",
    "请在所有文件齐全的地方合并为一个：`qemu-img convert -O qcow2 {source} whole.qcow2`。",
)
ENCRYPTED_CONTAINER = Kind(
    "image.encrypted_container",
    "error",
    "The container is encrypted ({method}). IMS cannot read it.",
    "With the passphrase in key.txt, write it without: `qemu-img convert --object secret,id=key,file=key.txt "
    "--image-opts driver={driver},file.filename={file},{key_option}=key -O qcow2 plain.qcow2`; "
    "IMS itself encrypts with the sidecar's `cmk_id`.",
    "容器已加密（{method}），IMS 无法读取。",
    "请将口令写入 key.txt，并转换为未加密的文件：`qemu-img convert --object secret,id=key,file=key.txt "
    "--image-opts driver={driver},file.filename={file},{key_option}=key -O qcow2 plain.qcow2`；"
    "IMS 可按描述文件的 `cmk_id` 自行加密。",
)
