"""The sentences of the notices, as `str.format` templates. Values come from files and are escaped in HTML."""

from __future__ import annotations

from dataclasses import dataclass

from imagedrop.common.vocabulary import Language, Severity
from imagedrop.domain.drop import Stage


@dataclass(frozen=True)
class Texts:
    lang: str  # BCP 47
    hello: str
    hello_nobody: str
    subject: dict[Stage, str]
    opening: dict[Stage, str]
    images: str
    image: str
    data_image: str
    why: str
    reason: str
    reasons: dict[str, str]  # by reason code; `reason` for all others
    findings: dict[Severity, str]
    fix: str
    next: dict[Stage, str]
    advice: dict[str, str]  # by reason code; `advice_else` for all others
    advice_else: str
    details: str
    footer: str


EN = Texts(
    lang="en",
    hello="Hello {name},",
    hello_nobody="Hello,",
    subject={
        "registered": "Image registered: {name}",
        "rejected": "Image rejected: {name}",
        "failed": "Image import failed: {name}",
    },
    opening={
        "registered": "Your disk image {key} in the bucket {bucket} is now a private image in IMS.",
        "rejected": "Your disk image {key} in the bucket {bucket} was not registered. Nothing was imported, and no file was "
        "changed.",
        "failed": "Your disk image {key} in the bucket {bucket} could not be registered as an image in IMS.",
    },
    images="Images",
    image="{name}: {id} (system disk, at least {min_disk} GB)",
    data_image="{name}: {id} (data disk, at least {min_disk} GB)",
    why="Reason",
    reason="{message} ({code})",
    reasons={},
    findings={"error": "Errors to fix", "warning": "Warnings", "info": "For your information"},
    fix="What to do: {fix}",
    next={
        "registered": "Next step: create a server (ECS) from the image and log in once before others use the image. imagedrop "
        "did not change the file in the bucket; delete it when you no longer need it.",
        "rejected": "Next step: fix the errors above and upload the changed file (image or sidecar) under the same name. "
        "imagedrop detects the upload and tries again.",
        "failed": "Next step: {advice}",
    },
    advice={
        "object.replaced": "do not change the files during an import. imagedrop treats the file that is there now as a new drop; "
        "you do not need to upload it again.",
        "ims.outcome_unknown": "look in the IMS console for an image with the tag imagedrop={drop_id}. If there is one, it is "
        "your image. If there is none, upload the sidecar again to start a new attempt.",
        "ims.image_missing": "ask who deleted the image in IMS. To import the file again, upload the sidecar again.",
        "ims.foreign_image": "contact the operator: IMS returned an image that belongs to another drop.",
        "import.deadline": "check in the IMS console whether the import is still running (tag imagedrop={drop_id}). If it is "
        "not, upload the sidecar again to start a new attempt.",
        "deadline": "ask the operator to resolve the reason above, then upload the sidecar again.",
        "internal": "contact the operator. The error is not in your files. To start a new attempt, upload the sidecar again.",
    },
    advice_else="fix the problem that IMS reports above and upload the changed file. To try the same file again, upload only "
    "the sidecar. imagedrop detects the upload and tries again.",
    details="Drop {drop_id}, attempt {attempt}, ended {ended_at}. Result file: {result}",
    footer="imagedrop sent you this mail because the sidecar of the image names you as its owner.",
)

ZH = Texts(
    lang="zh-CN",
    hello="{name}，您好：",
    hello_nobody="您好：",
    subject={
        "registered": "镜像注册成功：{name}",
        "rejected": "镜像未注册：{name}",
        "failed": "镜像导入失败：{name}",
    },
    opening={
        "registered": "您投放到桶 {bucket} 的磁盘镜像 {key} 已注册为 IMS 私有镜像。",
        "rejected": "您投放到桶 {bucket} 的磁盘镜像 {key} 未注册：没有导入任何内容，也没有改动任何文件。",
        "failed": "您投放到桶 {bucket} 的磁盘镜像 {key} 未能注册为 IMS 私有镜像。",
    },
    images="镜像",
    image="{name}：{id}（系统盘，不小于 {min_disk} GB）",
    data_image="{name}：{id}（数据盘，不小于 {min_disk} GB）",
    why="原因",
    reason="IMS 返回：{message}（{code}）",
    reasons={
        "object.replaced": "文件在注册或导入期间被改动。技术详情：{message}（{code}）",
        "ims.import_failed": "IMS 导入失败。技术详情：{message}（{code}）",
        "ims.outcome_unknown": "无法确认 IMS 是否已创建镜像。技术详情：{message}（{code}）",
        "ims.image_missing": "IMS 已创建镜像，但镜像现已不存在或被删除。技术详情：{message}（{code}）",
        "ims.foreign_image": "IMS 返回的镜像属于另一个投放。技术详情：{message}（{code}）",
        "import.deadline": "导入未在截止时间前完成。技术详情：{message}（{code}）",
        "deadline": "IMS 未在截止时间前受理请求。技术详情：{message}（{code}）",
        "internal": "imagedrop 内部错误。技术详情：{message}（{code}）",
    },
    findings={"error": "需要修正的错误", "warning": "警告", "info": "提示"},
    fix="处理方法：{fix}",
    next={
        "registered": "下一步：请先用该镜像创建一台弹性云服务器并登录验证，再交付使用。桶中的文件未作改动，不再需要时可自行删除。",
        "rejected": "下一步：请修正上述错误，并以相同名称重新上传改动过的文件（镜像或描述文件）。系统会自动发现并重试。",
        "failed": "下一步：{advice}",
    },
    advice={
        "object.replaced": "导入期间请勿改动文件。桶中现有的文件会自动作为新的投放处理，无需重新上传。",
        "ims.outcome_unknown": "请在 IMS 控制台查找标签为 imagedrop={drop_id} 的镜像。若存在，即为您的镜像；若不存在，请重新上传描述文件以重试。",
        "ims.image_missing": "请确认是谁在 IMS 中删除了该镜像。如需重新导入，请重新上传描述文件。",
        "ims.foreign_image": "请联系运维人员：IMS 返回的镜像属于另一个投放。",
        "import.deadline": "请在 IMS 控制台确认导入是否仍在进行（标签 imagedrop={drop_id}）。若已停止，请重新上传描述文件以重试。",
        "deadline": "请联系运维人员解决上述原因，然后重新上传描述文件。",
        "internal": "请联系运维人员，问题不在您的文件。重新上传描述文件即可再次尝试。",
    },
    advice_else="请按上述 IMS 提示修正并上传改动过的文件；如只想用同一文件重试，重新上传描述文件即可。系统会自动发现并重试。",
    details="投放 {drop_id}，第 {attempt} 次尝试，结束于 {ended_at}。结果文件：{result}",
    footer="您收到此邮件，是因为镜像的描述文件将您列为所有者。",
)

TEXTS: dict[Language, Texts] = {"en": EN, "zh": ZH}
