"""Read the workspace and its state, after looking up what interrupted runs left open."""
