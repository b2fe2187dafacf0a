"""Values of Python as scenario files write them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from ._errors import UsageError

Value: TypeAlias = "bool | int | float | str | list[Any] | tuple[Any, ...] | dict[str, Any]"
"""What can stand at a path: a truth, a number, a text such as `"15 min"`, a list or a table."""

Changes: TypeAlias = "Mapping[str, Any] | Iterable[str]"
"""Paths with their values, or texts `PATH=VALUE` as the option `--set` takes them."""


def inline(value: Any) -> str:
    """A value as it stands in a scenario file.

    >>> inline(-0.5), inline("90 days"), inline([1, True]), inline({"value": 2})
    ('-0.5', '"90 days"', '[1, true]', '{ value = 2 }')
    """
    if hasattr(value, "item") and not isinstance(value, (str, bytes)) and getattr(value, "shape", ()) == ():
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, Iterable):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    raise _refused(f"a value can't be of type `{type(value).__name__}`", "allowed: truths, numbers, texts, lists, dictionaries")


def settings(changes: Changes | None) -> list[str]:
    """Changes as the option `--set` takes them."""
    if changes is None:
        return []
    if isinstance(changes, str):
        return [changes]
    if isinstance(changes, Mapping):
        return [f"{path}={inline(value)}" for path, value in changes.items()]
    return [_text(change, "a change", "`PATH=VALUE`") for change in changes]


def varied(vary: Mapping[str, Any] | Iterable[str]) -> list[str]:
    """What is varied, as the option `--vary` takes it: lists of values, or tuples of low, high, number and spacing.

    >>> varied({"a.b": [1, 2], "c": (0.0, 1.0, 5), "d": (1, 100, 3, "log"), "e": "1:2"})
    ['a.b=[1, 2]', 'c=0.0:1.0:5', 'd=1:100:3:log', 'e=1:2']
    """
    if isinstance(vary, str):
        return [vary]
    if not isinstance(vary, Mapping):
        return [_text(option, "what is varied", "`PATH=VALUES`") for option in vary]
    options = []
    for path, values in vary.items():
        if isinstance(values, str):
            options.append(f"{path}={values}")
        elif isinstance(values, tuple):
            options.append(f"{path}=" + ":".join(part if isinstance(part, str) else inline(part) for part in values))
        else:
            options.append(f"{path}={inline(values)}")
    return options


def arms(asked: Mapping[str, Changes | None] | Iterable[str] | None) -> list[str]:
    """Arms as the option `--arm` takes them.

    >>> arms({"private-channel": None, "cautious": {"dispositions.response.base": -4}})
    ['private-channel', 'cautious: dispositions.response.base=-4']
    """
    if asked is None:
        return []
    if isinstance(asked, str):
        return [asked]
    if not isinstance(asked, Mapping):
        return [_text(arm, "an arm", "`NAME` or `NAME: PATH=VALUE`") for arm in asked]
    return [
        option
        for name, changes in asked.items()
        for option in ([f"{name}: {change}" for change in settings(changes)] or [name])
    ]


def _text(value: Any, what: str, form: str) -> str:
    if isinstance(value, str):
        return value
    raise _refused(f"{what} can't be of type `{type(value).__name__}`", f"allowed: texts such as {form}, or a dictionary")


def _refused(message: str, hint: str) -> UsageError:
    error = UsageError(f"{message}\n\nhint: {hint}")
    error.message, error.hint = message, hint
    return error


def _key(key: Any) -> str:
    text = str(key)
    is_bare = text != "" and all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in text)
    return text if is_bare else json.dumps(text, ensure_ascii=False)
