"""Embedders beyond ONNX and words: GGUF files and servers, and the one function that opens any of them."""
