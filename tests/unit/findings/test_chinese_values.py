"""Chinese for the values of findings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import imagedrop
from imagedrop.findings import Kind, chinese_values, pairing
from imagedrop.findings import inspection as kinds
from imagedrop.findings import rules as rule_kinds
from imagedrop.findings import sidecar as sidecar_kinds
from imagedrop.findings.catalogue import text_of
from imagedrop.sidecar import read

CORE = Path(next(iter(imagedrop.__path__)))
WRITTEN = [
    english
    for words in chinese_values.WORDS.values()
    for english in words
    if english not in chinese_values._JSON_ERRORS
]


@pytest.fixture(scope="module")
def source() -> str:
    paths = [path for path in sorted(CORE.rglob("*.py")) if path.name != "chinese_values.py"]
    return re.sub(r"\{[^{}\"]*\}", "{}", "\n".join(path.read_text(encoding="utf-8") for path in paths))


@pytest.mark.parametrize("english", sorted(set(WRITTEN) - {"viostor {}, vioscsi {}", "viostor {}", "vioscsi {}"}))
def test_every_translated_text_is_one_that_the_core_writes(english: str, source: str) -> None:
    assert english in source


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        (rule_kinds.NO_DISK_UEFI, {"found": "viostor absent, vioscsi manual"}, "（viostor 缺失、vioscsi 手动启动）"),
        (rule_kinds.NO_NETWORK, {"found": "disabled"}, "netkvm 已禁用："),
        (pairing.PART_MISSING, {"role": "bitmap file", "file": "a.mf", "since": "S"}, "要求的位表文件 a.mf 自 S 起"),
        (sidecar_kinds.TYPE, {"field": "x", "got": "a list", "wanted": "a whole number"}, "的值是列表，应为整数。"),
        (sidecar_kinds.TYPE, {"field": "x", "got": '"a list"', "wanted": "an object"}, '的值是"a list"，应为对象。'),
        (kinds.BUDGET, {"limit": 300, "unit": "requests", "file": "f"}, "（300 次请求）"),
        (
            kinds.TRUNCATED,
            {
                "why": "the partition table is incomplete: bytes 5 to 9 are past the end of the file",
                "size": 5,
                "file": "f",
            },
            "技术详情：分区表不完整，第 5 至 9 字节超出文件末尾。",
        ),
        (
            kinds.GPT_DAMAGED,
            {"why": "its checksum is wrong; backup: the disk has no sector 7", "file": "f"},
            "技术详情：校验和错误；备份：磁盘没有第 7 扇区。",
        ),
        (
            kinds.MALFORMED,
            {"what": "VDI header", "why": "its block size is 3", "file": "f"},
            "VDI header：its block size",
        ),
    ],
)
def test_value_in_a_chinese_text_is_translated_if_it_is_known(kind: Kind, values: dict[str, Any], text: str) -> None:
    assert text in text_of(kind(**values), "zh")[0]


@pytest.mark.parametrize(
    "body", ["{", '{"a" 1}', '{"a": 1 "b"}', "{} {}", '{"a": "x', '{"a":"\\q"}', '{"a":"\\u12"}', '{"a":"\n"}']
)
def test_json_error_is_translated(body: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    (finding,) = read(body.encode()).findings
    assert not re.search(r"[a-z]{3} [a-z]{3}", text_of(finding, "zh")[0])
