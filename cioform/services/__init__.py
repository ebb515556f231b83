"""Wires files, remote, state and emulator together; each module is one job of the program."""
