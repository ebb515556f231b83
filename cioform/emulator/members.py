"""The people of a manual segment."""

from cioform.emulator.things import Record


def changed_members(record: Record, ids: list[str], *, adding: bool) -> Record:
    """The fields of a segment after `ids` joined or left it; those there already count once."""
    before = list(record["members"])
    named = list(dict.fromkeys(str(each) for each in ids))
    if adding:
        members = before + [each for each in named if each not in before]
    else:
        members = [each for each in before if each not in named]
    people = max(0, record["people"] + len(members) - len(before))
    return {"members": members, "people": people}
