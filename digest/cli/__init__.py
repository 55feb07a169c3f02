"""The command line: one module a command, errors in one line, exit codes 0, 1, 2 and 75.

Commands import what they need when they run: ``digest --help`` must not wait for a
database library.
"""

from digest.cli.app import main

__all__ = ["main"]
