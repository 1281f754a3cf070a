"""The data disks."""

from imagedrop.findings import Kind

DATA_MISSING = Kind(
    "data.missing",
    "error",
    "The data disk {file} is not there.",
    "Put it into the image's own folder, or take it out of `data_images`.",
    "数据盘文件 {file} 不存在。",
    "请将其放入镜像所在的文件夹，或从 `data_images` 中删除。",
)
DATA_IS_OWN = Kind(
    "data.not_a_disk",
    "error",
    "`{field}` names {file}, which is the image itself, its sidecar, its result file or a bitmap file, and no data disk.",
    "Name the data disk's own file.",
    "`{field}` 指向 {file}，而它是镜像本身、描述文件、结果文件或位图文件，不能作为数据盘。",
    "请填写数据盘自己的文件名。",
)
