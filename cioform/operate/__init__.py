"""Work with what happens in a workspace: people, events, sends, broadcasts, members, metrics."""
