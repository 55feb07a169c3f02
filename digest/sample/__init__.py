"""The bundled papers and readers of `digest demo`."""
