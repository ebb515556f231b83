"""JSON data: its types, its checks, and paths into it."""
