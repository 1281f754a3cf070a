"""Chinese for the values that imagedrop itself puts into a finding in English; every other value is the drop's own."""

from __future__ import annotations

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
_JSON = {  # Python's json module
    "expecting value": "此处应为一个值",
    "expecting ',' delimiter": "缺少逗号",
    "expecting ':' delimiter": "缺少冒号",
    "expecting property name enclosed in double quotes": "此处应为双引号括起的字段名",
    "extra data": "末尾有多余内容",
    "illegal trailing comma before end of array": "列表末尾多了逗号",
    "illegal trailing comma before end of object": "对象末尾多了逗号",
    "invalid \\escape": "反斜杠用法无效",
    "invalid \\uXXXX escape": "\\uXXXX 转义无效",
    "invalid control character at": "含有控制字符",
    "unterminated string starting at": "字符串未结束",
}
_DRIVER_STARTS = {
    "absent": "缺失",
    "disabled": "已禁用",
    "boot": "引导时启动",
    "system": "系统启动",
    "auto": "自动启动",
    "manual": "手动启动",
}
# name of the value -> English -> Chinese
WORDS: Mapping[str, Mapping[str, str]] = {
    "found": _DRIVER_STARTS,
    "got": _TYPES,
    "near": {"the end": "文件末尾"},
    "os_version": {"this Windows": "Windows（版本未知）"},
    "role": {"data disk": "数据盘", "bitmap file": "位表文件"},
    "start": _DRIVER_STARTS,
    "unit": {"bytes": "字节", "requests": "次请求", "seconds": "秒", "steps of work": "步"},
    "wanted": _TYPES,
    "why": _JSON,
}


def in_chinese(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values for a Chinese text: known English words translated, all others as they are."""
    return {name: _translate(value, WORDS[name]) if name in WORDS else value for name, value in values.items()}


def _translate(value: Any, words: Mapping[str, str]) -> Any:
    if not isinstance(value, str):
        return value
    if words is _DRIVER_STARTS:  # one state, or "viostor absent, vioscsi manual"
        drivers = [" ".join(words.get(word, word) for word in driver.split(" ")) for driver in value.split(", ")]
        return "、".join(drivers)
    return words.get(value, value)
