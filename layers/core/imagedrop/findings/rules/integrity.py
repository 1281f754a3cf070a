"""Whether the file is the one that the sidecar describes."""

from imagedrop.findings import error

OTHER_SIZE = error(
    "integrity.size",
    "According to the sidecar, the file has {said} bytes, but {file} has {found}: the upload is incomplete, or an older file is "
    "in its place.",
    "Upload the image again, or correct `size`.",
    "描述文件中的文件大小为 {said} 字节，但 {file} 为 {found} 字节：上传不完整，或仍是旧文件。",
    "请重新上传镜像，或修正 `size`。",
)
OTHER_ETAG = error(
    "integrity.etag",
    "According to the sidecar, the file has the ETag {said}, but {file} has {found}: it is a different file.",
    "Upload the image again, or correct `etag`.",
    "描述文件中的 ETag 为 {said}，但 {file} 为 {found}：这是另一个文件。",
    "请重新上传镜像，或修正 `etag`。",
)
