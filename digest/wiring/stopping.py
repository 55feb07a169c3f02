"""Which signals ask a long command to finish what it is at, and stop."""

import signal

_ASKING = ("SIGTERM", "SIGINT", "SIGHUP")


def stop_signals() -> tuple[signal.Signals, ...]:
    """Return SIGTERM, SIGINT and SIGHUP, as far as the system has them.

    A process that was started to outlive its terminal (``nohup``) ignores SIGHUP, and goes on
    ignoring it.
    """
    known = [signal.Signals[name] for name in _ASKING if name in signal.Signals.__members__]
    return tuple(number for number in known if not _is_shut_out(number))


def _is_shut_out(number: signal.Signals) -> bool:
    return number.name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN
