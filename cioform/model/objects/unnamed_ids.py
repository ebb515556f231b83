"""The IDs of objects that no file can name."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

from cioform.core.abstract import Abstract
from cioform.core.data.paths import FieldPath
from cioform.model.objects.live_object import LiveObject


class HasUnnamedIds(Abstract):
    """A kind whose objects contain IDs of objects that no file can name."""

    @abstractmethod
    def unnamed_ids(self, live: LiveObject) -> Iterable[FieldPath]:
        """Yield where an object has such IDs, as far as they were read: `hello.sms.test_group_id`.

        No file has them, and a write keeps them.
        """
