"""Turn live objects into addresses and documents."""
