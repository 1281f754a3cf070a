"""The sentences of the notices. `str.format` templates; what is filled in comes from files and is escaped in HTML."""

from __future__ import annotations

from dataclasses import dataclass

from imagedrop.common.vocabulary import Language, Severity
from imagedrop.domain.drop import Stage


@dataclass(frozen=True)
class Texts:
    hello: str
    hello_nobody: str
    subject: dict[Stage, str]
    opening: dict[Stage, str]
    images: str
    image: str
    data_image: str
    why: str
    findings: dict[Severity, str]
    fix: str
    next: dict[Stage, str]
    advice: dict[str, str]  # by reason code
    advice_else: str
    details: str
    footer: str


EN = Texts(
    hello="Hello {name},",
    hello_nobody="Hello,",
    subject={
        "registered": "Image registered: {name}",
        "rejected": "Image refused: {name}",
        "failed": "Image import failed: {name}",
    },
    opening={
        "registered": "the disk image {key} that was dropped in the bucket {bucket} is now a private image in IMS.",
        "rejected": "the disk image {key} that was dropped in the bucket {bucket} was not registered. Nothing was "
        "imported and nothing was changed.",
        "failed": "the disk image {key} that was dropped in the bucket {bucket} did not become an image in IMS.",
    },
    images="Images",
    image="{name}: {id} (system disk, at least {min_disk} GB)",
    data_image="{name}: {id} (data disk, at least {min_disk} GB)",
    why="Why",
    findings={
        "error": "What has to be mended",
        "warning": "Worth knowing before you use it",
        "info": "For information",
    },
    fix="To mend it: {fix}",
    next={
        "registered": "Next step: create an ECS from the image and log in once before you hand it out. The file in the "
        "bucket was left as it is; delete it when you no longer need it.",
        "rejected": "Next step: mend what is named above and upload the changed file (image or sidecar) under the same "
        "name. imagedrop notices by itself and tries again.",
        "failed": "Next step: {advice}",
    },
    advice={
        "object.replaced": "leave the files alone while they are imported. What lies at that name now is taken as a "
        "new drop by itself.",
        "ims.outcome_unknown": "look in the IMS console for an image with the tag imagedrop={drop_id}. If there is "
        "one, it is yours. If there is none, upload the sidecar again to try once more.",
        "ims.foreign_image": "tell the operator: IMS named an image that belongs to another drop.",
        "import.deadline": "look in the IMS console whether the import still runs (tag imagedrop={drop_id}). If it "
        "does not, upload the sidecar again to try once more.",
        "deadline": "tell the operator what IMS was waiting for, then upload the sidecar again.",
        "internal": "tell the operator; the fault is not in your files. Uploading the sidecar again starts a new try.",
    },
    advice_else="mend what IMS says above and upload the changed file, or the sidecar alone to try the same file once "
    "more. imagedrop notices by itself.",
    details="Drop {drop_id}, attempt {attempt}, ended {ended_at}. The same as a file: {result}",
    footer="imagedrop wrote this because the sidecar beside the image names you as its owner.",
)

ZH = Texts(
    hello="{name}，您好：",
    hello_nobody="您好：",
    subject={
        "registered": "镜像注册成功：{name}",
        "rejected": "镜像未通过检查：{name}",
        "failed": "镜像导入失败：{name}",
    },
    opening={
        "registered": "您投放到桶 {bucket} 的磁盘镜像 {key} 已注册为 IMS 私有镜像。",
        "rejected": "您投放到桶 {bucket} 的磁盘镜像 {key} 未注册：没有导入任何内容，也没有改动任何文件。",
        "failed": "您投放到桶 {bucket} 的磁盘镜像 {key} 未能成为 IMS 镜像。",
    },
    images="镜像",
    image="{name}：{id}（系统盘，不小于 {min_disk} GB）",
    data_image="{name}：{id}（数据盘，不小于 {min_disk} GB）",
    why="原因",
    findings={"error": "需要修正的问题", "warning": "使用前请注意", "info": "提示"},
    fix="修正方法：{fix}",
    next={
        "registered": "下一步：请先用该镜像创建一台弹性云服务器并登录验证，再交付使用。桶中的文件未作改动，不再需要时可自行删除。",
        "rejected": "下一步：请按上文修正，并以相同名称重新上传改动过的文件（镜像或描述文件）。系统会自动发现并重试。",
        "failed": "下一步：{advice}",
    },
    advice={
        "object.replaced": "导入期间请勿改动文件。该名称下现有的文件会自动作为新的投放处理。",
        "ims.outcome_unknown": "请在 IMS 控制台查找标签为 imagedrop={drop_id} 的镜像。若存在，即为您的镜像；若不存在，请重新上传描述文件以重试。",
        "ims.foreign_image": "请联系运维人员：IMS 返回的镜像属于另一个投放。",
        "import.deadline": "请在 IMS 控制台确认导入是否仍在进行（标签 imagedrop={drop_id}）。若已停止，请重新上传描述文件以重试。",
        "deadline": "请联系运维人员处理 IMS 所等待的事项，然后重新上传描述文件。",
        "internal": "请联系运维人员，问题不在您的文件。重新上传描述文件即可再次尝试。",
    },
    advice_else="请按上述 IMS 提示修正并上传改动过的文件；如只想用同一文件重试，重新上传描述文件即可。系统会自动发现。",
    details="投放 {drop_id}，第 {attempt} 次尝试，结束于 {ended_at}。结果文件：{result}",
    footer="镜像旁的描述文件将您列为所有者，因此 imagedrop 发送此邮件。",
)

TEXTS: dict[Language, Texts] = {"en": EN, "zh": ZH}


def advice(texts: Texts, code: str) -> str:
    return texts.advice.get(code, texts.advice_else)
