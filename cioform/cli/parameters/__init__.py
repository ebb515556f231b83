"""Options and arguments that several commands have, and how to open what they name."""
