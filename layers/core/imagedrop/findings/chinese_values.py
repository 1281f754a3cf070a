"""Chinese for the values that imagedrop itself puts into a finding in English; every other value is the drop's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TYPES = {
    "a string": "字符串",
    "a number": "数字",
    "a whole number": "整数",
    "true or false": "true 或 false",
    "a list": "列表",
    "an object": "对象",
}
_DRIVER_STARTS = {
    "viostor {}, vioscsi {}": "viostor {}、vioscsi {}",
    "viostor {}": "viostor {}",
    "vioscsi {}": "vioscsi {}",
    "absent": "缺失",
    "disabled": "已禁用",
    "boot": "引导时启动",
    "system": "系统启动",
    "auto": "自动启动",
    "manual": "手动启动",
}
_PARTS = {
    "file": "文件",
    "{} structure": "{} 结构",
    "partition table": "分区表",
    "boot sector of the partition at {}": "第 {} 字节处分区的引导扇区",
    "EFI system partition": "EFI 系统分区",
    "volume at byte {}": "第 {} 字节处的卷",
    "registry hive {}": "注册表配置单元 {}",
    "state of Windows Setup": "Windows 安装状态",
    "kernel of Windows": "Windows 内核",
    "its L1 table": "L1 表",
    "its refcount table": "引用计数表",
    "its block map": "块映射表",
    "its block table": "块表",
    "its metadata region": "元数据区",
    "its last block": "最后一个块",
    "the last of {} blocks": "{} 个块中的最后一个",
    "its grain directory": "grain 目录",
}
_JSON_ERRORS = {  # of Python's json module
    "expecting value": "此处应为一个值",
    "expecting ',' delimiter": "缺少逗号",
    "expecting ':' delimiter": "缺少冒号",
    "expecting property name enclosed in double quotes": "此处应为双引号括起的字段名",
    "extra data": "末尾有多余内容",
    "invalid \\escape": "反斜杠用法无效",
    "invalid \\uXXXX escape": "\\uXXXX 转义无效",
    "invalid control character at": "含有控制字符",
    "unterminated string starting at": "字符串未结束",
}
_REASONS = {
    "the {} is incomplete: {}": "{}不完整，{}",
    "bytes {} to {} are past the end of the file": "第 {} 至 {} 字节超出文件末尾",
    "{} ends at byte {}, past the end of the file": "{}结束于第 {} 字节，超出文件末尾",
    "{} of the disk's {} bytes are missing": "缺少 {} 字节（磁盘共 {} 字节）",
    "its block table is incomplete": "块表不完整",
    "its partition table needs a disk of {} bytes": "分区表要求磁盘有 {} 字节",
    "a fixed VHD ends with a footer, and this file does not": "固定大小的 VHD 应以尾部结束，但没有尾部",
    "a dynamic VHD ends with a copy of its footer, and this file does not": "动态 VHD 应以尾部的副本结束，但没有该副本",
    "a streamOptimized VMDK ends with a footer, and this file does not": "streamOptimized 类型的 VMDK 应以尾部结束，但没有尾部",
    "it is named .vhd but does not end with the footer of a VHD": "文件名为 .vhd，但没有 VHD 尾部",
    "clusters past its end are in use": "文件末尾之后的簇正在使用",
    "{}; backup: {}": "{}；备份：{}",
    "the disk has no sector {}": "磁盘没有第 {} 扇区",
    "its signature is missing": "缺少签名",
    "its checksum is wrong": "校验和错误",
    "the checksum of its entries is wrong": "分区项的校验和错误",
    "its entries lie in sector {}, past the end of the disk": "分区项位于第 {} 扇区，超出磁盘末尾",
    "its MBR lists partitions beside the GPT (a hybrid MBR), and Windows uses those": "MBR 中另有分区（混合 MBR），Windows 会使用这些分区",
    "it is a GPT, but the protective MBR before it is missing": "使用 GPT，但缺少保护性 MBR",
    "a partition is empty or begins in the first sector": "某分区的长度为零，或从第一个扇区开始",
    "{} partitions; the first {} are shown": "共 {} 个分区，仅显示前 {} 个",
    "only the first {} partitions are searched": "只搜索前 {} 个分区",
    "there is no extended boot record in sector {}": "第 {} 扇区没有扩展引导记录",
    "the chain of extended boot records returns to sector {}": "扩展引导记录链又回到第 {} 扇区",
    "an extended boot record lies in sector {}, outside the extended partition": "第 {} 扇区的扩展引导记录在扩展分区之外",
    "more than {} logical partitions": "逻辑分区超过 {} 个",
    "it states sector {}, {} entries of {} bytes": "记录的扇区为 {}，分区项为 {} 个（每个 {} 字节）",
    "it is not FAT": "文件系统不是 FAT",
    "not known: {}": "未知的信息：{}",
}
# name of the value -> English -> Chinese; `{}` is any text
WORDS: Mapping[str, Mapping[str, str]] = {
    "found": _DRIVER_STARTS,
    "got": _TYPES,
    "near": {"the end": "文件末尾"},
    "os_version": {"this Windows": "Windows（版本未知）"},
    "role": {"data disk": "数据盘", "bitmap file": "位表文件"},
    "start": _DRIVER_STARTS,
    "unit": {"bytes": "字节", "requests": "次请求", "seconds": "秒", "steps of work": "步"},
    "wanted": _TYPES,
    "what": _PARTS,
    "why": {**_JSON_ERRORS, **_REASONS, **_PARTS},
}


def in_chinese(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values for a Chinese text. What `WORDS` does not know stays as it is."""
    return {
        name: _translate(value, WORDS[name]) if name in WORDS and isinstance(value, str) else value
        for name, value in values.items()
    }


def _translate(text: str, words: Mapping[str, str]) -> str:
    if text in words:
        return words[text]
    for english, chinese in words.items():
        if "{}" in english and (match := re.fullmatch(re.escape(english).replace(r"\{\}", "(.+)"), text)):
            return chinese.format(*(_translate(part, words) for part in match.groups()))
    return text
