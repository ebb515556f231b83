"""Credentials that do not leak into output."""

from __future__ import annotations


class Secret:
    """A credential. It prints as stars; only the HTTP client calls `reveal`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))


class SensitiveSecret(Secret):
    """The value of a sensitive variable, with the variable's name."""

    __slots__ = ("name",)

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name
