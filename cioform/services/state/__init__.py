"""The storage of the state: open it, create it, move it, release and prune it."""
