"""`Abstract` is as strict as `ABC`, but for registered classes."""

from __future__ import annotations

from abc import abstractmethod

import pytest

from cioform.core.abstract import Abstract


class _Named(Abstract):
    @abstractmethod
    def name(self) -> str:
        """Return the name."""


class _Person(_Named):
    def name(self) -> str:
        return "Jane"


class _Nameless(_Named):
    pass


def test_only_what_inherits_a_class_is_an_instance() -> None:
    assert isinstance(_Person(), _Named)
    assert not isinstance("Jane", _Named)


def test_a_class_without_its_abstract_methods_has_no_instance() -> None:
    with pytest.raises(TypeError, match="abstract"):
        _Nameless()  # type: ignore[abstract]
