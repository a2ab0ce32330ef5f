"""The configuration's keys in words: what each may hold, which keys a section has, where a key stands.

Read off the JSON schema of the models in :mod:`mtlcurves.config`, for messages and for config/README.md alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from mtlcurves.config import Config
from mtlcurves.sections import NAME_PATTERN, SHA256_PATTERN

Node = dict[str, Any]

TEXTS = {
    NAME_PATTERN: "a name (a letter, then letters, digits, - or _)",
    SHA256_PATTERN: "64 hexadecimal digits in lower case",
}


@cache
def schema() -> Node:
    """Return the JSON schema of the whole configuration."""
    return Config.model_json_schema()


def definition(node: Node) -> Node:
    """Follow a reference, and leave null out of a node that may be null."""
    others = [branch for branch in node.get("anyOf", []) if branch.get("type") != "null"]
    if len(others) == 1:
        node = others[0]
    reference = node.get("$ref")
    return schema()["$defs"][reference.rsplit("/", 1)[1]] if reference else node


def child(node: Node, part: str | int) -> Node | None:
    """Return the node of one key (or one entry of a list) inside a node; None when it has no such key."""
    if isinstance(part, int) and "items" in node:
        found = node["items"]
    elif "patternProperties" in node:
        found = next(iter(node["patternProperties"].values()))
    else:
        found = node.get("properties", {}).get(part)
    return definition(found) if found else None


def members(node: Node) -> dict[str, Node]:
    """Return the sections that a discriminated union chooses from, by kind; empty for any other node."""
    mapping: dict[str, str] = node.get("discriminator", {}).get("mapping", {})
    return {kind: definition({"$ref": reference}) for kind, reference in sorted(mapping.items())}


def choices(node: Node) -> list[str]:
    """List the words that a node may be, of all its branches."""
    branches = [node, *node.get("anyOf", [])]
    words = [word for branch in branches for word in branch.get("enum", [branch.get("const")])]
    return [word for word in words if word is not None]


def allowed(node: Node) -> str:
    """Say what a key may hold."""
    node = definition(node)
    if branches := [branch for branch in node.get("anyOf", []) if branch.get("type") != "null"]:
        return ", or ".join(map(allowed, branches))
    if kinds := members(node):
        return f"a section with kind: {_either(list(kinds))}"
    if words := choices(node):
        return _either(words)
    match node.get("type"):
        case "integer":
            return f"a whole number{_limits(node)}"
        case "number":
            return f"a number{_limits(node)}"
        case "boolean":
            return "true or false"
        case "array":
            return f"a list{' of one or more' if node.get('minItems') else ''}, each {allowed(node['items'])}"
        case "string":
            return TEXTS.get(node.get("pattern", ""), "text")
    if "patternProperties" in node:
        return f"named entries, each {allowed(next(iter(node['patternProperties'].values())))}"
    return f"a section with the keys {', '.join(node['properties'])}"


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _limits(node: Node) -> str:
    node = dict(node)
    if node["type"] == "integer" and "exclusiveMinimum" in node:
        node["minimum"] = node.pop("exclusiveMinimum") + 1
    signs = {"exclusiveMinimum": ">", "minimum": ">=", "exclusiveMaximum": "<", "maximum": "<="}
    limits = [f"{sign} {node[limit]:g}" for limit, sign in signs.items() if limit in node]
    return f" ({', '.join(limits)})" if limits else ""


def walk(node: Node | None = None, path: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every section of the configuration with its path, parents first.

    A name that the user chooses stands as ``<name>``; a kind, as in ``source (kind: table)``, in brackets.
    """
    node = schema() if node is None else node
    yield path, node
    for key, raw in node["properties"].items():
        below, inner = f"{path}.{key}".lstrip("."), definition(raw)
        for kind, member in members(inner).items():
            yield from walk(member, f"{below} (kind: {kind})")
        if "patternProperties" in inner:
            below, inner = f"{below}.<name>", definition(next(iter(inner["patternProperties"].values())))
        if "properties" in inner:
            yield from walk(inner, below)


def paths_of(key: str) -> list[str]:
    """List the full paths at which a key stands anywhere in the configuration."""
    return [f"{path.split(' (')[0]}.{key}".lstrip(".") for path, node in walk() if key in node["properties"]]
