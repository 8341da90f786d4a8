"""Trying a model in a child process before it is trusted in this one, and remembering what came out.

A crash of native code cannot be caught, so the first decode of a model file, with this build of llama.cpp on this
processor, happens where it harms nothing. `python -m newaisle.agent.llm.trial MODEL` is that child.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import importlib.util
import platform
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from newaisle.agent.llm.installed import processor
from newaisle.agent.llm.kept_files import Memory
from newaisle.child import python_child
from newaisle.errors import BackendMissing, LanguageModelError, ModelUnusable

if TYPE_CHECKING:
    from newaisle.agent.llm.adapter import Adapter
    from newaisle.agent.llm.engine import LlamaEngine

CHILD = python_child("newaisle.agent.llm.trial")
TIMEOUT_SECONDS = 600.0
MEMORY_FILE = "trials.json"

DECODES = "decodes"
FORKS = "forks"
ADAPTS = "adapts"
FindOut = Callable[..., Iterator[str]]  # see `find_out`

_REFUSED = 3
_SAME = 0.05  # of the largest logit: batches of other sizes take other kernels, which round differently
_TEXT = "Two cups of tea, please. And a kettle that is easy to clean, if you have one in stock."


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a model file does here.

    ok: whether it loads and decodes.
    can_fork: whether sequences can share what they have read.
    use_extra_bufts: whether llama.cpp's repacked kernels work on this processor.
    adapts: whether its adapter works with it, if there is one.
    detail: one line on what went wrong, empty where nothing did.
    """

    ok: bool
    can_fork: bool
    use_extra_bufts: bool
    detail: str = ""
    adapts: bool = False


@dataclass(frozen=True, slots=True)
class _Remembered:
    circumstances: str
    result: TrialResult


def open_engine(
    model_path: Path,
    *,
    state_folder: Path,
    name: str | None = None,
    sha256: str | None = None,
    adapter: Adapter | None = None,
) -> LlamaEngine:
    """The engine for a model file and its adapter, set up by what their trial found out.

    Raises BackendMissing without llama-cpp-python, ModelUnusable for a file that does not work here.
    """
    result = trial(model_path, state_folder=state_folder, adapter=adapter)
    if not result.ok:
        raise ModelUnusable(result.detail)
    if adapter and not result.adapts:
        raise ModelUnusable(f"{result.detail or adapter.path}: do without it with --adapter none")
    from newaisle.agent.llm.engine import LlamaEngine
    from newaisle.agent.llm.kept_files import StateFiles

    return LlamaEngine(
        model_path,
        use_extra_bufts=result.use_extra_bufts,
        can_fork=result.can_fork,
        name=name,
        sha256=sha256,
        states=StateFiles(state_folder / "states", _circumstances(model_path, _library_folder())),
        adapter=adapter,
    )


def trial(
    model_path: Path,
    *,
    state_folder: Path,
    adapter: Adapter | None = None,
    child: Sequence[str] = CHILD,
    timeout: float = TIMEOUT_SECONDS,
) -> TrialResult:
    """Try a model file in a child process, or recall the last trial under the same circumstances.

    Only what worked is remembered: a failure may have come from a lack of memory or a file since mended.
    """
    from newaisle.agent.llm.native import check_file

    library = _library_folder()
    try:
        check_file(model_path)
    except ModelUnusable as exc:
        return TrialResult(False, False, False, str(exc))
    memory = Memory(state_folder / MEMORY_FILE, _Remembered)
    key = f"{model_path.resolve()} {adapter.sha256}" if adapter else str(model_path.resolve())
    circumstances = _circumstances(model_path, library)
    remembered = memory.recall(key)
    if remembered is not None and remembered.circumstances == circumstances:
        return remembered.result
    command = [*child, str(model_path), *(["--adapter", str(adapter.path)] if adapter else [])]
    result = _try(model_path, command, timeout, use_extra_bufts=True)
    if not result.ok:
        plain = _try(model_path, command, timeout, use_extra_bufts=False)
        result = plain if plain.ok else result
    if result.ok:
        memory.remember(key, _Remembered(circumstances, result))
    return result


def _try(model_path: Path, child: Sequence[str], timeout: float, *, use_extra_bufts: bool) -> TrialResult:
    command = [*child, *([] if use_extra_bufts else ["--no-extra-bufts"])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        detail = f"{model_path}: no answer from a trial within {timeout:.0f} s; take a smaller model"
        return TrialResult(False, False, use_extra_bufts, detail)
    findings = done.stdout.split()
    if DECODES in findings:  # a crash or error after that came from forking
        return TrialResult(True, FORKS in findings, use_extra_bufts, done.stderr.strip(), ADAPTS in findings)
    if done.returncode == _REFUSED:
        return TrialResult(False, False, use_extra_bufts, done.stderr.strip())
    detail = f"{model_path}: llama.cpp crashed in a trial ({_ending(done.returncode)}); see `newaisle doctor`"
    return TrialResult(False, False, use_extra_bufts, detail)


def _ending(code: int) -> str:
    with suppress(ValueError):
        return signal.Signals(-code).name
    return f"exit status {code}"


def _library_folder() -> Path:
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or not spec.submodule_search_locations:
        raise BackendMissing
    return Path(spec.submodule_search_locations[0]) / "lib"


def _circumstances(model_path: Path, library: Path) -> str:
    """A digest of all that a trial's outcome depends on: model file, build of llama.cpp, processor."""
    files = [model_path, *sorted(library.glob("*"))]
    facts = [
        importlib.metadata.version("llama-cpp-python"),
        *(f"{file.name} {stat.st_size} {stat.st_mtime_ns}" for file in files if (stat := file.stat())),
        platform.machine(),
        processor(),
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def find_out(model_path: Path, *, use_extra_bufts: bool, adapter: Path | None = None) -> Iterator[str]:
    """Yields DECODES once the model has decoded, then FORKS if a sequence that is forked, or cut short, goes on alike.

    And at last ADAPTS if it decodes with the adapter too. Raises ModelUnusable; may crash the process at any point,
    which is why a child does it.
    """
    import numpy as np

    from newaisle.agent.llm.native import NativeModel

    model = NativeModel(model_path, context=256, threads=1, sequences=4, use_extra_bufts=use_extra_bufts)
    tokens = model.tokenize(_TEXT, special=False)[:24]
    half, count = len(tokens) // 2, len(tokens)
    wanted = [False] * (count - 1) + [True]
    whole = model.decode(tokens, range(count), [[0]] * count, logits=wanted)[0].copy()
    if not np.isfinite(whole).all():
        raise ModelUnusable(f"{model_path}: its logits are not finite; fetch it again: `newaisle models pull`")
    yield DECODES
    model.fork(0, 1, half)
    model.fork(0, 2, half)
    places = [*range(half, count), *range(half, count)]
    owners = [[1]] * (count - half) + [[2]] * (count - half)
    forked = model.decode(tokens[half:] * 2, places, owners, logits=wanted[half:] * 2)
    same = np.abs(forked - whole).max() < _SAME * np.abs(whole).max()
    model.trim(1, half)  # as wrong guesses are taken back
    again = model.decode(tokens[half:], range(half, count), [[1]] * (count - half), logits=wanted[half:])
    if same and np.abs(again - whole).max() < _SAME * np.abs(whole).max():
        yield FORKS
    if adapter:
        model.adapt(adapter)
        model.clear()
        if np.isfinite(model.decode(tokens, range(count), [[0]] * count, logits=wanted)[0]).all():
            yield ADAPTS
    model.close()


def main(arguments: Sequence[str] | None = None, *, find_out: FindOut = find_out) -> int:
    """The child: prints each finding on a line, or says on standard error why the model was refused."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--no-extra-bufts", action="store_true")
    parser.add_argument("--adapter", type=Path)
    options = parser.parse_args(arguments)
    try:
        more = {"adapter": options.adapter} if options.adapter else {}
        for finding in find_out(options.model, use_extra_bufts=not options.no_extra_bufts, **more):
            sys.stdout.write(f"{finding}\n")
            sys.stdout.flush()
    except LanguageModelError as exc:
        sys.stderr.write(f"{exc}\n")
        return _REFUSED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
