"""The people of a preview: stand-ins, people in a file, and people of the workspace."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import yaml

from cioform.contract.infer import DATA_ROOTS
from cioform.contract.shape import Shape
from cioform.core.data.json_value import Json, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.errors import ConfigError, UsageError
from cioform.core.secrets.secret import Secret
from cioform.core.secrets.secret_scan import find_secrets
from cioform.core.suggest import did_you_mean
from cioform.services.preview.stand_ins import STAND_INS, StandIn, stand_in_data
from cioform.storage.user_files import read_text

ALL = "all"
_ROOTS = sorted(DATA_ROOTS)
_FILE_ENDINGS = (".json", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class PreviewPerson:
    """Somebody who gets the messages of a preview."""

    name: str
    note: str
    stand_in: StandIn
    """Makes up what is not known of the person."""
    known: Mapping[str, Json]
    """Data by the name of the variable: `customer`, `event`."""
    is_real: bool = False
    """Whether it has no attributes but those that are known."""

    def data(self, shapes: Mapping[str, Shape]) -> dict[str, Json]:
        """Return the data for messages that use data of these shapes, by variable."""
        made_up = stand_in_data(self.stand_in, shapes)
        if self.is_real:
            return {**made_up, **self.known}
        return {
            name: {**as_mapping(made_up.get(name)), **as_mapping(self.known.get(name))}
            for name in (*made_up, *self.known)
        }


def find_people(
    wanted: Iterable[str],
    read_profile: Callable[[str], Mapping[str, Json]],
    secrets: Collection[Secret],
) -> tuple[PreviewPerson, ...]:
    """Return the people of `--person`: stand-ins by name, files, or IDs; all stand-ins for `all`.

    `read_profile` returns the attributes of a person of the workspace. No file may have one of
    `secrets`.
    """
    people: list[PreviewPerson] = []
    for each in wanted:
        names = [stand_in.name for stand_in in STAND_INS]
        if each == ALL:
            people += (_stand_in(stand_in) for stand_in in STAND_INS)
        elif each in names:
            people.append(_stand_in(STAND_INS[names.index(each)]))
        elif each.endswith(_FILE_ENDINGS):
            people.append(_from_file(Path(each), secrets))
        else:
            note = "a person of the workspace; data of events is made up"
            known = {"customer": dict(read_profile(each))}
            people.append(PreviewPerson(each, note, STAND_INS[0], known, is_real=True))
    return tuple(people)


def _stand_in(stand_in: StandIn) -> PreviewPerson:
    return PreviewPerson(stand_in.name, stand_in.note, stand_in, {})


def _from_file(path: Path, secrets: Collection[Secret]) -> PreviewPerson:
    """Return the person in a YAML or JSON file with the data of `customer`, `event` and so on."""
    text = read_text(path)
    if found := find_secrets(text, str(path), secrets):
        raise ConfigError(found)
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark is not None else ""
        detail = f"{path}{place} is not valid YAML or JSON. Correct it."
        raise UsageError.of("Invalid person file", detail) from None
    if not isinstance(document, dict) or not document:
        raise UsageError.of(
            "Invalid person file",
            f"{path} must be an object with the data of a message, for example:\n\n"
            "    customer: {first_name: Ada}\n    event: {total: 12}",
        )
    unknown = next((name for name in document if name not in _ROOTS), None)
    if unknown is not None:
        raise UsageError.of(
            "Invalid person file",
            f"{path} has `{unknown}`, but a message knows only {', '.join(_ROOTS)}."
            f"{did_you_mean(unknown, _ROOTS)} Attributes belong under `customer`.",
        )
    known = {name: as_mapping(value) for name, value in document.items()}
    return PreviewPerson(path.name, "data of the file; the rest is made up", STAND_INS[0], known)
