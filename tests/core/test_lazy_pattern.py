"""Patterns that are compiled when they are used are those that `re.compile` makes."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
import re
from collections.abc import Iterator

import pytest

import cioform
from cioform.core.text.lazy_pattern import lazy_pattern


def _patterns() -> Iterator[object]:
    for info in pkgutil.walk_packages(cioform.__path__, "cioform."):
        if "emulator" not in info.name and not info.name.endswith("__main__"):
            names = vars(importlib.import_module(info.name))
            yield from (v for v in names.values() if type(v) is type(lazy_pattern("")))


def test_all_patterns_are_valid() -> None:
    """One that is wrong would only be noticed when it is used."""
    patterns = [*_patterns()]
    assert len(patterns) > 100
    for each in patterns:
        re.compile(each.pattern, each.flags)  # type: ignore[attr-defined]


def test_a_pattern_is_compiled_when_it_is_used() -> None:
    """Not before."""
    wrong = lazy_pattern("(")
    with pytest.raises(re.error, match="unterminated"):
        wrong.search("a")


def test_all_methods_are_those_of_the_pattern() -> None:
    """Flags count, and so does what is used twice."""
    pattern = lazy_pattern("A(b)", re.IGNORECASE)
    assert [pattern.sub(r"\1", "xab"), pattern.sub(r"\1", "AB")] == ["xb", "B"]
    assert pattern.groups == 1
    assert pattern.fullmatch("aB") is not None


def test_patterns_can_be_copied_and_shown() -> None:
    """Their text is enough to compile them again."""
    pattern = lazy_pattern("a+")
    assert copy.copy(pattern).fullmatch("aa") is not None
    assert pickle.loads(pickle.dumps(pattern)).fullmatch("aa") is not None
    assert repr(pattern) == "lazy_pattern('a+', 0)"
