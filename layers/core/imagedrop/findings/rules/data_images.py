"""The data disks."""

from imagedrop.findings import error

DATA_MISSING = error(
    "data.missing",
    "The data disk {file} is missing.",
    "Put it in the same folder as the image, or remove it from `data_images`.",
    "缺少数据盘文件 {file}。",
    "请将其放入镜像所在的文件夹，或从 `data_images` 中删除。",
)
DATA_IS_OWN = error(
    "data.not_a_disk",
    "`{field}` is {file}, which is not a data disk: it is the image itself, its sidecar, its result file or a bitmap file.",
    "Enter the file name of the data disk.",
    "`{field}` 为 {file}，它是镜像本身、描述文件、结果文件或位表文件，不是数据盘。",
    "请填写数据盘的文件名。",
)
