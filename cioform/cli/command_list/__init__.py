"""The list of commands, and what help shows of them without loading them."""
