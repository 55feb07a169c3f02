"""Meaning as vectors: a small sentence model on onnxruntime, nothing downloaded.

An adapter of ``ports.Encoder``; needs the extra ``semantic``.
"""

from digest.semantic.encoder import OnnxEncoder, open_encoder

__all__ = ["OnnxEncoder", "open_encoder"]
