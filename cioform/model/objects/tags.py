"""The capability of kinds whose objects have tags."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from cioform.core.abstract import Abstract
from cioform.core.data.json_value import Attributes
from cioform.model.objects.live_object import RemoteObject


class HasTags(Abstract):
    """A kind whose objects have tags, by which people select them."""

    @abstractmethod
    def tag_names(self, attributes: Attributes) -> Sequence[str]:
        """Return the names of an object's tags, none if they are not known."""

    @abstractmethod
    def tag_ids(self, found: RemoteObject) -> Mapping[tuple[str, str], str]:
        """Return the IDs of the tags in a response: kind, name -> ID.

        The lists that a plan reads may lack them.
        """
