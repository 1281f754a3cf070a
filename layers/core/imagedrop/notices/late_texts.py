"""The sentences of the mails about drops that take longer than usual, as `str.format` templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imagedrop.common.vocabulary import Language
from imagedrop.domain.drop import LateReason


@dataclass(frozen=True)
class LateTexts:
    subject: str
    opening: str
    reasons: Mapping[LateReason, str]
    what_happens: str
    actions: Mapping[LateReason, str]
    latest: Mapping[LateReason, str]
    step: str
    details: str


EN = LateTexts(
    subject="Image delayed: {name}",
    opening="The registration of your disk image {key} in the bucket {bucket} takes longer than usual.",
    reasons={
        "queued": "It has waited for a free import task since {since}. IMS imports a limited number of images at the "
        "same time, and other images came before yours.",
        "held": "Since {since}, IMS or OBS refuses the request with an error that only the operator can resolve: "
        "{message} ({code})",
        "unanswered": "IMS did not answer the request of {since}, and the image has not been found yet.",
        "importing": "IMS has been importing the image since {since}.",
    },
    what_happens="What imagedrop does",
    actions={
        "queued": "It starts the import when a task is free, in the order of arrival.",
        "held": "It has raised an alarm for the operator, and repeats the request until the operator has resolved the "
        "error.",
        "unanswered": "It searches for the image again and again. It repeats the request only when that cannot make a "
        "second image.",
        "importing": "It asks IMS every few minutes whether the import has ended.",
    },
    latest={
        "queued": "The wait ends at {deadline} at the latest",
        "held": "The attempt ends at {deadline} at the latest",
        "unanswered": "The attempt ends at {deadline} at the latest",
        "importing": "The attempt ends at {deadline} at the latest",
    },
    step="You do not need to do anything. {latest}. You get another mail when the image is registered, or if it cannot "
    "be registered. Please do not change or delete the files until then.",
    details="Drop {drop_id}, attempt {attempt}, still in progress.",
)

ZH = LateTexts(
    subject="镜像处理延迟：{name}",
    opening="您投放到桶 {bucket} 的磁盘镜像 {key} 的注册时间比平时长。",
    reasons={
        "queued": "自 {since} 起在等待空闲的导入任务。IMS 同时导入的镜像数量有限，其他镜像排在您的镜像之前。",
        "held": "自 {since} 起，IMS 或 OBS 拒绝该请求，此错误只能由运维人员解决：{message}（{code}）",
        "unanswered": "IMS 未回复 {since} 的请求，目前尚未找到该镜像。",
        "importing": "IMS 自 {since} 起一直在导入该镜像。",
    },
    what_happens="imagedrop 正在做什么",
    actions={
        "queued": "一旦有空闲任务，即按到达顺序开始导入。",
        "held": "已向运维人员发出告警，并会重复请求，直到运维人员解决该错误。",
        "unanswered": "持续查找该镜像。仅在不会生成第二个镜像时，才会重新提交请求。",
        "importing": "每隔几分钟向 IMS 查询导入是否结束。",
    },
    latest={
        "queued": "最迟于 {deadline} 结束等待",
        "held": "本次尝试最迟于 {deadline} 结束",
        "unanswered": "本次尝试最迟于 {deadline} 结束",
        "importing": "本次尝试最迟于 {deadline} 结束",
    },
    step="您无需进行任何操作。{latest}。镜像注册成功或无法注册时，您会再收到一封邮件。在此之前请勿改动或删除文件。",
    details="投放 {drop_id}，第 {attempt} 次尝试，仍在进行。",
)

LATE_TEXTS: Mapping[Language, LateTexts] = {"en": EN, "zh": ZH}
