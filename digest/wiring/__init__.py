"""Join adapters to the pipeline: the only place that knows both sides.

``open_workspace`` is where every command that needs a configuration begins.
"""

from digest.wiring.clock import Clock, clock_from
from digest.wiring.opening import open_workspace
from digest.wiring.workspace import Workspace

__all__ = ["Clock", "Workspace", "clock_from", "open_workspace"]
