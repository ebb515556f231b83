"""The languages of messages, where no API adds or removes them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Container, Iterable, Sequence

from cioform.core.abstract import Abstract
from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import FieldPath
from cioform.model.objects.live_object import LiveObject
from cioform.model.remote_access.conversation import Request


class HasLanguages(Abstract):
    """A kind with messages whose languages only people add and remove, in Customer.io."""

    @abstractmethod
    def language_requests(self, live: LiveObject, wanted: Attributes) -> Iterable[Request]:
        """Return the requests that give the messages of an object the languages of `wanted`.

        Only the sandbox accepts them: their bodies are not recorded (journeys facts, section 5).
        """

    @abstractmethod
    def without_languages(
        self, attributes: Attributes, parts: Container[str] | None
    ) -> tuple[Attributes, Sequence[FieldPath]]:
        """Return attributes without the languages of messages that have to be created.

        These are all messages, or those of `parts`. The paths of what was left out are those of a
        file: `hello.email.translations.es`.
        """
