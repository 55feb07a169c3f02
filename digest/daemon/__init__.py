"""Work on schedule until told to stop: harvest, compose, deliver; or the last two alone."""

from digest.daemon.daemon import Daemon, Duties, next_minute

__all__ = ["Daemon", "Duties", "next_minute"]
