"""Options that every command takes."""

import sys

import structlog

from digest.cli.options import set_up_logging


class Gone:
    """A terminal that was closed."""

    def isatty(self):
        return False

    def write(self, *_):
        raise OSError(5, "Input/output error")

    flush = write


def test_log_lines_for_a_terminal_that_is_gone_stop_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Gone())
    set_up_logging(1)
    structlog.get_logger("digest").info("stopping")
    structlog.reset_defaults()
