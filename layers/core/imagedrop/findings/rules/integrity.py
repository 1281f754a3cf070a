"""Whether it is the file that was meant."""

from imagedrop.findings import Kind

OTHER_SIZE = Kind(
    "integrity.size",
    "error",
    "The sidecar describes a file of {said} bytes, but {file} has {found}: the upload is not whole, or an older file lies "
    "there.",
    "Upload the image again, or correct `size`.",
    "描述文件所述文件为 {said} 字节，但 {file} 有 {found} 字节：上传不完整，或仍是旧文件。",
    "请重新上传镜像，或修正 `size`。",
)
OTHER_ETAG = Kind(
    "integrity.etag",
    "error",
    "The sidecar describes a file with the ETag {said}, but {file} has {found}: another file lies there.",
    "Upload the image again, or correct `etag`.",
    "描述文件所述文件的 ETag 为 {said}，但 {file} 为 {found}：这是另一个文件。",
    "请重新上传镜像，或修正 `etag`。",
)
