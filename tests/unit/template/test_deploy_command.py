"""The commands in docs/deploy.md that deploy to AWS, and the questions that they ask."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGE = (Path(__file__).parents[3] / "docs/deploy.md").read_text("utf-8")
SECTION = PAGE.partition("## 3. AWS\n")[2].partition("\n## ")[0]


def test_the_commands_need_no_environment_of_samconfig() -> None:
    [block] = re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL)
    assert block.splitlines() == ["sam build", "sam deploy --guided"]


def test_every_parameter_is_explained_in_the_order_of_the_questions(template: dict[str, Any]) -> None:
    assert re.findall(r"^\| `(\w+)` \|", SECTION, re.MULTILINE) == list(template["Parameters"])
