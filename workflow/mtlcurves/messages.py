"""Messages for keys that are wrong in themselves: one line per key, in the user's words."""

from __future__ import annotations

import copy
import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mtlcurves import keys
from mtlcurves.config import Config
from mtlcurves.keys import Node
from mtlcurves.sections import NAME_PATTERN

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MISSING = object()
SHOWN = 60  # characters of a value that a message repeats
MOST_UNKNOWN = 20  # unknown names of one list that get a line of their own
MOST_PARTS = 8  # entries that one name with commas may have become


@dataclass(frozen=True)
class Place:
    """A place in the user's configuration: the way to it, what stands there, what may."""

    steps: tuple[str | int, ...]
    value: Any
    node: Node | None
    parent: Node

    @property
    def path(self) -> str:
        """The way as the user would write it, such as ``grid.sizes[2]``."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps).lstrip(".")


def key_problems(config: Mapping[str, Any]) -> dict[str, str]:
    """Find the keys that are unknown, missing or hold something that is not allowed.

    Returns
    -------
    dict of str to str
        Path of the key to ``path: what was found; what is allowed``.
    """
    problems = dict(_empty_or_boolean(config, keys.schema(), ""))
    for item in _errors(config):
        place = locate(config, item["loc"])
        # of a list or a single word, pydantic tries both: an entry's problem says enough
        if not any(path == place.path or path.startswith(f"{place.path}[") for path in problems):
            problems[place.path] = _explain(place, item)
    return problems


def right_part(config: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out of a configuration what is wrong in itself, so that the rest can be looked into further."""
    rest = copy.deepcopy(dict(config))
    wrong = True
    while wrong:
        places = [(locate(rest, item["loc"]), item["type"] == "missing") for item in _errors(rest)]
        wrong = any(place.steps[:-1] if lacks else place.steps for place, lacks in places)
        for place, lacks in reversed(places):  # of a list's entries the later ones first
            least = (place.node or {}).get("minimum")
            if lacks and least is not None:  # any number does, since what follows from it is not reported
                _inside(rest, place.steps[:-1])[place.steps[-1]] = least
            else:  # a section that lacks another key cannot be repaired: it goes as a whole
                _drop(rest, place.steps[:-1] if lacks else place.steps)
    return rest


def _errors(config: Mapping[str, Any]) -> list[ErrorDetails]:
    try:
        Config.model_validate(dict(config))
    except ValidationError as error:
        return error.errors()
    return []


def _drop(config: dict[str, Any], way: tuple[str | int, ...]) -> None:
    inner = _inside(config, way[:-1])
    if way and _item(inner, way[-1]) is not MISSING:
        del inner[way[-1]]


def _inside(config: dict[str, Any], way: tuple[str | int, ...]) -> Any:
    inner: Any = config
    for step in way:
        inner = _item(inner, step)
    return inner


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the known word nearest to a mistyped one; empty when none is near."""
    known = list(known)
    lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), lower, 1)
    return f"did you mean {lower[near[0]]!r}?" if near else ""


def repeated(key: str, entries: Iterable[object]) -> Iterator[str]:
    """Say which entries of a list are named twice."""
    return (f"{key}: {entry!r} is named twice" for entry, n in Counter(entries).items() if n > 1)


def unknown_names(
    names: Sequence[str], known: Sequence[str], before: str, after: str, hint: str = "found"
) -> list[str]:
    """Say which names of a list are unknown, and what may be meant.

    Parameters
    ----------
    names, known : sequence of str
        Names that the user gives, and names that there are.
    before, after : str
        What a line says before and after the name.
    hint : str
        What to call the known names, where none is near.

    Returns
    -------
    list of str
        One line per name; only one for the entries that a name with commas fell into, and one for all names
        beyond a number that anyone reads.
    """
    there, whole_of = set(known), _taken_apart(names, set(known))
    unknown: dict[str, str | None] = {}
    for index, name in enumerate(names):
        whole = whole_of.get(index)
        if name not in there and (whole is None or whole not in unknown.values()):
            unknown[name] = whole
    lines = []
    for name, whole in list(unknown.items())[:MOST_UNKNOWN]:
        meant = f"names that hold a comma need quotes: {whole!r}" if whole else did_you_mean(name, known, hint)
        lines.append(f"{before} {name!r} {after}; {meant}")
    if more := len(unknown) - len(lines):
        lines.append(f"{before.split(':')[0]}: {more} more of that kind")
    return lines


def _taken_apart(names: Sequence[str], known: Collection[str]) -> dict[int, str]:
    """Map entries of a list to the known name that YAML took apart at its commas."""
    found = {}
    for start in range(len(names)):
        for end in range(min(start + MOST_PARTS, len(names)), start + 1, -1):
            whole = next((w for comma in (", ", ",") if (w := comma.join(names[start:end])) in known), None)
            if whole:
                found.update(dict.fromkeys(range(start, end), whole))
                break
    return found


def did_you_mean(name: str, known: Sequence[str], hint: str = "found") -> str:
    """Hint at the known name nearest to an unknown one, or at some of them when none is near."""
    more = f" and {len(known) - 8} more" if len(known) > 8 else ""
    return nearest(name, known) or f"{hint}: {', '.join(map(repr, known[:8]))}{more}"


def locate(config: Mapping[str, Any], loc: tuple[str | int, ...]) -> Place:
    """Find the place that a pydantic location means.

    pydantic puts into its locations what no user has written: the kind that chose a section, the type that it
    tried of several. The walk through the schema tells these from keys.
    """
    node: Node | None = keys.schema()
    parent: Node = keys.schema()
    value: Any = config
    steps: list[str | int] = []
    for part in loc:
        if node is None:
            break
        if part in keys.members(node):
            node = keys.members(node)[str(part)]
        elif "anyOf" in node:  # `part` is the type tried; only a list can be looked into
            lists = [branch for branch in node["anyOf"] if branch.get("type") == "array"]
            if not (lists and isinstance(value, list)):
                break
            node = lists[0]
        elif part == "[key]":
            value, node = str(steps[-1]), {"type": "string", "pattern": NAME_PATTERN}
        else:
            parent, node = node, keys.child(node, part)
            steps.append(part)
            value = _item(value, part)
    return Place(tuple(steps), value, node, parent)


def _item(value: Any, part: str | int) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return MISSING


def _explain(place: Place, item: ErrorDetails) -> str:
    if place.node is None:
        return f"{place.path}: no such key; {_where_else(place)}"
    if item["type"].startswith("union_tag") and isinstance(place.value, Mapping):
        kind = place.value.get("kind", MISSING)
        node: Node = {"enum": list(keys.members(place.node))}
        return _found(f"{place.path}.kind", kind, node)
    return _found(place.path, place.value, place.node)


def _where_else(place: Place) -> str:
    key = str(place.steps[-1])
    siblings = list(place.parent.get("properties", {}))
    if hint := nearest(key, siblings):
        return hint
    elsewhere = keys.paths_of(key)
    if elsewhere and place.path not in elsewhere:  # where it is, it is a key of another kind of the section
        return f"did you mean {elsewhere[0]}?"
    return f"allowed: {', '.join(siblings)}"


def _found(path: str, value: Any, node: Node) -> str:
    may = f"allowed: {keys.allowed(node)}"
    if value is MISSING:
        return f"{path}: is required; {may}"
    hint = nearest(value, keys.choices(node)) if isinstance(value, str) else ""
    if isinstance(value, int | float) and keys.allowed(node) == "text":
        hint = f"for text write '{value}', in quotes"
    return f"{path}: found {shown(value)}; {hint + ' ' if hint.endswith('?') else hint and hint + '; '}{may}"


def shown(value: Any) -> str:
    """Show a value in a message, cut when it is long."""
    if value is None:
        return "nothing"
    text = repr(dict(value)) if isinstance(value, Mapping) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _empty_or_boolean(value: Any, node: Node | None, path: str) -> Iterator[tuple[str, str]]:
    """Find what YAML makes of a key with nothing behind it, and of yes, no, on and off.

    Neither may pass in silence: ``stl:`` with nothing behind it would train nothing, and yes would count as 1.
    """
    if node is None or (isinstance(value, bool) and node.get("type") == "boolean"):
        return
    if isinstance(value, bool):
        word = "yes, true or on" if value else "no, false or off"
        yield path, f"{path}: found {word}; allowed: {keys.allowed(node)}"
    elif value is None and ("properties" in node or "patternProperties" in node):
        needs = f"give it {', '.join(node['required'])}" if "required" in node else "write {} for its defaults"
        needs = "give it named entries" if "patternProperties" in node else needs
        yield path, f"{path}: is empty; {needs}, or leave the key out"
    elif value is None and keys.members(node):
        yield path, _found(path, value, node)
    elif isinstance(value, Mapping):
        inner = keys.members(node).get(str(value.get("kind")), node)
        for key, item in value.items():
            yield from _empty_or_boolean(item, keys.child(inner, str(key)), f"{path}.{key}".lstrip("."))
    elif isinstance(value, list) and "items" in node:
        for index, item in enumerate(value):
            yield from _empty_or_boolean(item, keys.definition(node["items"]), f"{path}[{index}]")
