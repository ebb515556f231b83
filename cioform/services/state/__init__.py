"""The storage of the state: open, create, move, unlock and prune it."""
