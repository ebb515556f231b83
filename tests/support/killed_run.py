"""A run that was killed just before it recorded that its only change was made."""

from __future__ import annotations

from tests.support.sandbox_project import SandboxProject


def apply_and_lose_the_end(project: SandboxProject) -> str:
    """Apply one change, take back all that was recorded after the write, and return the run's ID.

    The journal has no end, and the state is as it was.
    """
    state, journals, runs = (project.state_folder / n for n in ("state.json", "journal", "runs"))
    before, earlier = state.read_bytes(), {*journals.iterdir()}
    assert project.apply().complete
    (journal,) = {*journals.iterdir()} - earlier
    lines = journal.read_bytes().splitlines(keepends=True)
    done = next(n for n, line in enumerate(lines) if b'"change-done"' in line)
    journal.write_bytes(b"".join(lines[:done]))
    (runs / f"{journal.stem}.json").unlink()
    state.write_bytes(before)
    return journal.stem


def title_of_run(project: SandboxProject, run_id: str) -> str:
    """Return what the history says that a run did."""
    with project.open() as opened:
        return next(each.title for each in opened.state.history() if each.run.id == run_id)
