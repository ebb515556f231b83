"""One execution, in time order: read, execute, recover."""
