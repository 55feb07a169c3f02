"""New papers in, each reader's own short list out, by mail, on time, once."""

__version__ = "0.1.0"
