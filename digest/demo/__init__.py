"""The demonstration: the whole job with nothing configured, over a real SMTP server."""

from digest.demo.show import Demonstration, demonstration

__all__ = ["Demonstration", "demonstration"]
