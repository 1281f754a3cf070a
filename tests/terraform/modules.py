"""Reads a Terraform module and compares it with what its provider takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hcl2

META = {"count", "for_each", "depends_on", "lifecycle", "provider"}  # arguments of Terraform itself
BUILT_IN = {"var", "local", "data", "module", "path", "each", "count", "self", "terraform"}
REFERENCE = re.compile(r"(?<![\w.\"-])(var|local|module|data\.\w+|huaweicloud_\w+)\.(\w+)")
LITERALS: Mapping[str, type | tuple[type, ...]] = {"bool": bool, "number": (int, float), "list": list, "set": list}


@dataclass
class Module:
    """`text`: of all files, without comments. `resources`: (type, name) -> arguments."""

    text: str
    resources: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    data: set[tuple[str, str]] = field(default_factory=set)
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    locals: set[str] = field(default_factory=set)
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)


def read(folder: Path) -> Module:
    files = sorted(folder.glob("*.tf"))
    module = Module("\n".join(re.sub(r"(?m)#.*$", "", path.read_text("utf-8")) for path in files))
    for path in files:
        found = hcl2.loads(path.read_text("utf-8"))
        for kind, name, body in _blocks(found.get("resource", ())):
            module.resources[kind, name] = body
        module.data |= {(kind, name) for kind, name, _ in _blocks(found.get("data", ()))}
        module.variables |= _named(found.get("variable", ()))
        module.outputs |= _named(found.get("output", ()))
        module.calls |= _named(found.get("module", ()))
        module.locals |= {name for block in found.get("locals", ()) for name in _arguments(block)}
    return module


def known_arguments(path: Path) -> dict[str, Any]:
    """Resource -> argument -> type, or the arguments of a nested block; a name that ends in * is required."""
    return {name: found for name, found in json.loads(path.read_text("utf-8")).items() if name != "//"}


def wrong_arguments(module: Module, known: Mapping[str, Any]) -> Iterator[str]:
    for (kind, name), body in module.resources.items():
        if kind not in known:
            yield f"{kind}.{name}: the list has no such resource"
        else:
            yield from _compare(f"{kind}.{name}", _arguments(body), known[kind], META)


def undeclared(module: Module) -> Iterator[str]:
    """References to what the module does not declare."""
    declared = {
        *(f"var.{name}" for name in module.variables),
        *(f"local.{name}" for name in module.locals),
        *(f"module.{name}" for name in module.calls),
        *(f"data.{kind}.{name}" for kind, name in module.data),
        *(f"{kind}.{name}" for kind, name in module.resources),
    }
    for kind, name in REFERENCE.findall(module.text):
        if f"{kind}.{name}" not in declared:
            yield f"{kind}.{name}"


def unused(module: Module) -> Iterator[str]:
    """Variables and locals that nothing refers to."""
    used = {f"{kind}.{name}" for kind, name in REFERENCE.findall(module.text)}
    names = [f"var.{name}" for name in module.variables] + [f"local.{name}" for name in module.locals]
    yield from (name for name in names if name not in used)


def _compare(where: str, given: Mapping[str, Any], known: Mapping[str, Any], allowed: set[str]) -> Iterator[str]:
    types = {name.rstrip("*"): kind for name, kind in known.items()}
    for name in given.keys() - types.keys() - allowed:
        yield f"{where}: there is no argument {name}"
    for name in {name.rstrip("*") for name in known if name.endswith("*")} - given.keys():
        yield f"{where}: the argument {name} is missing"
    for name in given.keys() & types.keys():
        kind, value = types[name], given[name]
        if isinstance(kind, dict):
            for block in value if isinstance(value, list) else [value]:
                yield from _compare(f"{where}.{name}", _arguments(block), kind, set())
        elif not _is_of(kind, value):
            yield f"{where}: {name} is not a {kind}: {value!r}"


def _is_of(kind: str, value: Any) -> bool:
    """An expression may have any type."""
    if isinstance(value, str) and (value.startswith("${") or value == "null"):
        return True
    if kind == "string":
        return isinstance(value, str)
    return kind not in LITERALS or isinstance(value, LITERALS[kind])


def _blocks(blocks: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for block in blocks:
        for kind, named in _arguments(block).items():
            for name, body in _arguments(named).items():
                yield kind.strip('"'), name.strip('"'), body


def _named(blocks: Any) -> dict[str, dict[str, Any]]:
    return {name.strip('"'): body for block in blocks for name, body in _arguments(block).items()}


def _arguments(body: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the parser adds."""
    return {name: value for name, value in body.items() if not name.startswith("__")}
