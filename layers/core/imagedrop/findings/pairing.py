"""Findings about the parts of a drop: which are missing, which are not the ones meant."""

from imagedrop.findings import error, info

# Of drops that earlier versions have rejected.
SIDECAR_MISSING = error(
    "pair.sidecar_missing",
    "The image {key} has been in the bucket since {since}, but its sidecar {sidecar} is missing. imagedrop registers no image "
    "without a sidecar.",
    "Put a sidecar named {sidecar} beside the image; `imagedrop init` writes one. If the file should not be registered, move it "
    "out of the bucket.",
    "镜像 {key} 自 {since} 起已在桶中，但缺少描述文件 {sidecar}。没有描述文件的镜像不会注册。",
    "请在镜像旁放置名为 {sidecar} 的描述文件（可用 `imagedrop init` 生成）。如果该文件无需注册，请将其移出桶。",
)
IMAGE_MISSING = error(
    "pair.image_missing",
    "The sidecar {sidecar} has been in the bucket since {since}, but its image {key} has not arrived.",
    "Upload the image as {key}. If it is in the bucket under another name, rename the sidecar to <image name>.json.",
    "描述文件 {sidecar} 自 {since} 起已在桶中，但其镜像 {key} 一直未到达。",
    "请以 {key} 为名上传镜像。如果镜像使用了其他名称，请将描述文件改名为 <镜像文件名>.json。",
)
PART_MISSING = error(
    "pair.part_missing",
    "The sidecar requires the {role} {file}, which has not arrived since {since}.",
    "Upload {file} to the same folder as the image, or remove it from the sidecar.",
    "描述文件要求的{role} {file} 自 {since} 起一直未到达。",
    "请将 {file} 上传到镜像所在的文件夹，或从描述文件中删除。",
)
OTHER_CONTENT = error(
    "pair.other_content",
    "According to the sidecar, `{what}` of the image is {wanted}, but it is {found} for the file at {key}: that is an older file "
    "or an incomplete upload. The right one has not arrived since {since}.",
    "Upload the right image again, or correct `{what}` in the sidecar.",
    "描述文件中 `{what}` 为 {wanted}，但 {key} 处的文件为 {found}：可能是旧文件或上传不完整。"
    "自 {since} 起，正确的镜像一直未到达。",
    "请重新上传正确的镜像，或修正描述文件中的 `{what}`。",
)
ALREADY_REGISTERED = info(
    "drop.already_registered",
    "The content of this image file is already registered as the image {image}. It was not registered again: changes to the "
    "sidecar or other files do not count.",
    "Delete that image in IMS and drop the file again if you want to register it again. An image file with new content is "
    "registered without this step.",
    "该镜像文件的内容已注册为镜像 {image}，不会重复注册；即使描述文件或其他文件有改动也是如此。",
    "如需重新注册，请先在 IMS 中删除该镜像，再重新投放；内容不同的文件不受影响。",
)
OWNER_NOT_ALLOWED = error(
    "owner.domain_not_allowed",
    "This installation does not send mail to the owner's address {email}. It sends only to these domains: {domains}.",
    "Set `owner.email` to an address in one of these domains, or ask the operator to allow the domain.",
    "本系统不向所有者邮箱 {email} 发送邮件，只允许以下域名：{domains}。",
    "请在 `owner.email` 中填写允许域名内的邮箱，或请运维人员放行该域名。",
)
