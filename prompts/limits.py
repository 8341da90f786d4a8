"""How much a template may be and do. Jinja's own sandbox bounds none of this."""

from __future__ import annotations

MAX_FILE_BYTES = 64 * 1024
MAX_YAML_DEPTH = 10
MAX_SYNTAX_DEPTH = 40  # of one expression or block inside another
MAX_LOOP_DEPTH = 5
MAX_INPUT_CHARS = 256 * 1024
MAX_OUTPUT_CHARS = 64 * 1024  # of one rendered prompt, and of any text put together on the way
MAX_STEPS = 200_000  # constructs of the template carried out; a loop counts its body once an item
