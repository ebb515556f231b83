"""The WSGI server of the emulator: dispatch, rate limits, fault injection, transports."""
