"""A base for abstract classes with a fast `isinstance`."""

from __future__ import annotations

from abc import ABCMeta


class _AbstractType(ABCMeta):
    """The type of `Abstract`: only classes that inherit a class count as its subclasses.

    `isinstance` with an `ABC` also looks for registered classes, which takes five times as long. A
    plan asks for the capabilities of a kind twelve times for each object.
    """

    __instancecheck__ = type.__instancecheck__


class Abstract(metaclass=_AbstractType):
    """A base for classes with abstract methods, like `ABC`, but without registered classes."""
