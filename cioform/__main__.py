"""The command line as a module: `python -m cioform`."""

from cioform.cli.main import main

main()
