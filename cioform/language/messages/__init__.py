"""The content of messages, and its form in each API."""
