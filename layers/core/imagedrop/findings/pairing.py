"""Findings about the parts of a drop: which came, which did not."""

from imagedrop.findings import Kind

SIDECAR_MISSING = Kind(
    "pair.sidecar_missing",
    "error",
    "The image {key} has lain in the bucket since {since} without its sidecar {sidecar}, so nobody knows what is to "
    "become of it.",
    "Put the sidecar beside the image, named {sidecar}; `imagedrop init` writes one. If the file is not meant to be "
    "registered, move it out of the bucket.",
    "镜像 {key} 自 {since} 起已在桶中，但一直没有描述文件 {sidecar}，因此无法得知应如何处理。",
    "请在镜像旁放置名为 {sidecar} 的描述文件（可用 `imagedrop init` 生成）。如果该文件无需注册，请将其移出桶。",
)
IMAGE_MISSING = Kind(
    "pair.image_missing",
    "error",
    "The sidecar {sidecar} has waited since {since} for its image {key}, which has not arrived.",
    "Upload the image as {key}. If it lies there under another name, name the sidecar <image name>.json.",
    "描述文件 {sidecar} 自 {since} 起等待镜像 {key}，但镜像一直未到达。",
    "请以 {key} 为名上传镜像。如果镜像使用了其他名称，请将描述文件命名为 <镜像文件名>.json。",
)
PART_MISSING = Kind(
    "pair.part_missing",
    "error",
    "The {role} {file} that the sidecar calls for has not arrived since {since}.",
    "Upload {file} to the image's own folder, or take it out of the sidecar.",
    "描述文件要求的{role} {file} 自 {since} 起一直未到达。",
    "请将 {file} 上传到镜像所在的文件夹，或从描述文件中删除。",
)
OTHER_CONTENT = Kind(
    "pair.other_content",
    "error",
    "The sidecar describes an image with {what} {wanted}, but the one that lies at {key} has {found}: an older or a "
    "broken upload. The one described has not arrived since {since}.",
    "Upload the image that the sidecar describes again, or correct `{what}` in the sidecar.",
    "描述文件所述镜像的 {what} 为 {wanted}，但 {key} 处的文件为 {found}：可能是旧文件或上传不完整。"
    "自 {since} 起所述镜像一直未到达。",
    "请重新上传描述文件所述的镜像，或修正描述文件中的 `{what}`。",
)
ALREADY_REGISTERED = Kind(
    "drop.already_registered",
    "info",
    "The content of this image file is registered already, as the image {image}: nothing was registered again, whatever "
    "has changed beside it.",
    "Delete that image in IMS and drop again if you want it registered anew; other content needs no such step.",
    "该镜像文件的内容已注册为镜像 {image}，未重复注册；仅旁边的文件有改动时也不会重新注册。",
    "如需重新注册，请先在 IMS 中删除该镜像后再次投放；内容不同的文件不受影响。",
)
OWNER_NOT_ALLOWED = Kind(
    "owner.domain_not_allowed",
    "error",
    "The owner's address {email} is not in one of the mail domains that this installation writes to ({domains}).",
    "Give an `owner.email` in one of these domains, or ask the operator to allow the domain.",
    "所有者邮箱 {email} 不属于本系统允许发送邮件的域名（{domains}）。",
    "请在 `owner.email` 中填写允许域名内的邮箱，或请运维人员放行该域名。",
)
