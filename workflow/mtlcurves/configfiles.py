"""Configuration files as they are written: what YAML loses without a word while it reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

YAML = (".yaml", ".yml")


def where_given(paths: Sequence[Path], command_line: bool) -> str:
    """Name the places that a configuration was put together from.

    Parameters
    ----------
    paths : sequence of Path
        Its files.
    command_line : bool
        Whether ``--config`` gave some of its keys.
    """
    folder = Path.cwd()
    names = [str(path.relative_to(folder) if path.is_relative_to(folder) else path) for path in paths]
    return " and ".join(names + ["--config"] * command_line) or "the configuration"


def repeated_keys(paths: Sequence[Path]) -> list[str]:
    """List the keys that a file has twice in one section: YAML keeps the last and forgets the others.

    Parameters
    ----------
    paths : sequence of Path
        Configuration files; those that are no YAML by their name, and templates of YTE, are passed over.

    Returns
    -------
    list of str
        ``key: in which lines``, with the file when there are several.
    """
    found = []
    for path in paths:
        of = f" of {path}" if len(paths) > 1 else ""
        for key, lines in _repeated(_tree(path)):
            numbers = f"{', '.join(map(str, lines[:-1]))} and {lines[-1]}"
            found.append(f"{key}: stands in lines {numbers}{of}; all but the last would be lost, so make them one")
    return found


def _tree(path: Path) -> yaml.Node | None:
    """Compose a file's nodes, which know their lines."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if path.suffix.lower() not in YAML:
        return None
    try:
        root: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), Loader=loader)
    except (OSError, ValueError, yaml.YAMLError):  # Snakemake read it, as JSON perhaps
        return None
    is_template = isinstance(root, yaml.MappingNode) and "__use_yte__" in [key.value for key, _ in root.value]
    return None if is_template else root


def _repeated(node: yaml.Node | None, path: str = "") -> Iterator[tuple[str, list[int]]]:
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated(item, f"{path}[{index}]")
    elif isinstance(node, yaml.MappingNode):
        lines: dict[tuple[str, str], list[int]] = {}
        for key, _ in node.value:
            lines.setdefault((key.tag, str(key.value)), []).append(key.start_mark.line + 1)
        for (tag, name), numbers in lines.items():
            if len(numbers) > 1 and tag != "tag:yaml.org,2002:merge":
                yield f"{path}.{name}".lstrip("."), numbers
        for key, value in node.value:
            yield from _repeated(value, f"{path}.{key.value}".lstrip("."))
