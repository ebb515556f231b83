"""Read the sections of `workspace.yaml`, with the problems of each."""
