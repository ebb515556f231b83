"""Where the state of a workspace is kept: open it, create it, move it, release and prune it."""
