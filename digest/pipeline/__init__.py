"""The use cases: harvest, compose, deliver; ports in, values out."""
