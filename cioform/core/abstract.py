"""Abstract classes that are asked for often."""

from __future__ import annotations

from abc import ABCMeta


class _AbstractType(ABCMeta):
    """The type of `Abstract`: an instance of a class is what inherits it, and nothing else.

    `isinstance` with an `ABC` also looks for registered classes, which takes five times as long. A
    plan asks for the capabilities of a kind twelve times for each object.
    """

    __instancecheck__ = type.__instancecheck__


class Abstract(metaclass=_AbstractType):
    """Base of classes with abstract methods, as `ABC` is, that take no registered classes."""
