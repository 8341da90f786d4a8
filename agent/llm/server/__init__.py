"""Language models and embedders behind an OpenAI-compatible server: llama.cpp's, vLLM, Ollama, the hosted ones."""
