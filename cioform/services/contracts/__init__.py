"""The data that the messages of a workspace need, drafted, declared and checked."""
