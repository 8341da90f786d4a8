"""The variants that a language model can be requantized to, and which of them is best on this processor.

Each candidate is made, tried and measured in a child process: native code that crashes cannot be caught.
`python -m newaisle.agent.models.quantize SOURCE TARGET VARIANT` is the child that makes one.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from newaisle.agent.models.manifest import MEASUREMENTS, VARIANTS, Measurement, Variant, Variants, choose
from newaisle.child import python_child, run_child
from newaisle.progress import Progress

CANDIDATES = ("Q8_0", "Q4_0")
"""Types of llama.cpp for which it has fast code on some processor. With AVX2, of the default model: Q5_0 and Q4_K_M
are slower than Q8_0, IQ4_NL loses 0.07 nats a token, and F16 is as fast and twice as large."""
LARGEST_SOURCE = 1 << 30  # bytes: nothing is made of a larger file, which would take minutes and several times its size
MEASURING_TIMEOUT_S = 900.0
CHILD = python_child("newaisle.agent.evaluate.model_quality")
_STEP = re.compile(r"(\d+) of (\d+)")


def choose_quantization(
    source: Path,
    published: str,
    folder: Path,
    *,
    making: Progress,
    measuring: Progress,
    everything: bool = False,
    model: str = "",
    child: Sequence[str] = CHILD,
) -> Variants[Measurement]:
    """Make candidates of a GGUF file, whose variant is `published`, in `folder`, and measure all of them.

    The file as published is what remains where llama-cpp-python is missing or nothing can be measured. `everything`:
    time also what cannot be chosen. `model`: its name; explanations are written with the adapter made for it.
    """
    if importlib.util.find_spec("llama_cpp") is None:
        return _unmeasured(source, published, "llama-cpp-python is not installed")
    from newaisle.agent.llm.trial import trial

    folder.mkdir(parents=True, exist_ok=True)
    results = {published: trial(source, state_folder=folder)}
    if not results[published].ok:
        return _unmeasured(source, published, "it does not run here")
    paths = {published: source} | _candidates(source, published, folder, making)
    results |= {name: trial(path, state_folder=folder) for name, path in paths.items() if name != published}
    variants = tuple(
        Variant(name=name, model=model, path=paths[name], use_extra_bufts=it.use_extra_bufts, can_fork=it.can_fork)
        for name, it in results.items()
        if it.ok
    )
    command = [*child, VARIANTS.dump_json(variants).decode(), *(["--everything"] if everything else [])]
    measured = _in_child(command, measuring)
    if measured is None:
        return _unmeasured(source, published, "measuring failed")
    of = {name: Measurement(variant=name, bytes=path.stat().st_size) for name, path in paths.items()}
    of |= {measurement.variant: measurement for measurement in measured}
    return Variants(measurements=choose(list(of.values())), paths=paths)


def _candidates(source: Path, published: str, folder: Path, report: Progress) -> dict[str, Path]:
    """The other variants that could be made of a file, none of one that is too large."""
    if source.stat().st_size > LARGEST_SOURCE:
        return {}
    wanted = [candidate for candidate in CANDIDATES if candidate != published]
    made = {}
    for number, candidate in enumerate(wanted):
        target = folder / candidate / f"{candidate}.gguf"

        def note(done: int, total: int, before: int = number) -> None:
            report(before * total + done, len(wanted) * total)

        if make_candidate(source, target, note, variant=candidate):
            made[candidate] = target
    return made


def make_candidate(source: Path, target: Path, report: Progress, *, variant: str) -> bool:
    """Requantize a GGUF file in a child process; whether that succeeded. If not, `target` does not exist."""
    command = python_child("newaisle.agent.models.quantize", str(source), str(target), variant)
    target.parent.mkdir(parents=True, exist_ok=True)
    status, _ = run_child(command, folder=target.parent, total=source.stat().st_size, report=report)
    if status != 0:
        target.unlink(missing_ok=True)
    return status == 0


def requantize(source: str, target: str, variant: str) -> None:
    """Quantize a GGUF file anew as `variant` (a llama.cpp file type such as Q4_0). Raises RuntimeError if it fails."""
    import ctypes

    import llama_cpp

    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{variant}")
    parameters.allow_requantize = True
    if llama_cpp.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(parameters)) != 0:
        raise RuntimeError(f"llama.cpp could not make {variant} from {source}")


def _in_child(command: Sequence[str], report: Progress) -> Sequence[Measurement] | None:
    """What the child measured; None where it crashed, refused or took too long."""
    last = ""
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, text=True, encoding="utf-8"
        ) as running,
    ):
        watchdog = threading.Timer(MEASURING_TIMEOUT_S, running.kill)
        watchdog.start()
        try:
            for last in running.stdout or ():
                if step := _STEP.fullmatch(last.strip()):
                    report(int(step[1]), int(step[2]))
        except BaseException:
            running.kill()
            raise
        finally:
            watchdog.cancel()
    return MEASUREMENTS.validate_json(last) if running.returncode == 0 else None


def _unmeasured(source: Path, published: str, problem: str) -> Variants[Measurement]:
    """The file as published, since nothing better is known."""
    measurement = Measurement(variant=published, bytes=source.stat().st_size, chosen=True, why=problem)
    return Variants(measurements=(measurement,), paths={published: source}, problem=problem)


if __name__ == "__main__":
    requantize(*sys.argv[1:])
