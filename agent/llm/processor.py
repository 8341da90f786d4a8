"""What tells one processor from another: a build or a trial of native code holds for just the one it was made on."""

from __future__ import annotations

import platform
from pathlib import Path


def processor() -> str:
    """Name and abilities of the processor, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return "\n".join(sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))}))
