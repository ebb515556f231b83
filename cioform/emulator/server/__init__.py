"""The WSGI server of the emulator: authentication, rate limits, faults, transports."""
