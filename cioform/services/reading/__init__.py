"""What the workspace and its state hold, after looking up what interrupted runs left open."""
