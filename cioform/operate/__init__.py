"""What flows through a workspace: people, events, sends, broadcasts, members and metrics."""
