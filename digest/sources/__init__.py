"""Where papers come from: one module for each upstream, a pure ``parse`` and a small source."""
