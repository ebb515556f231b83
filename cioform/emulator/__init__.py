"""An emulator of Customer.io: its APIs over one SQLite store."""
