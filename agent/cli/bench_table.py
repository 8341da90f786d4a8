"""What `newaisle models bench` shows."""

from __future__ import annotations

from typing import Any

from rich.markup import escape

from newaisle.agent.cli.screen import note
from newaisle.agent.cli.tables import stdout_console, table
from newaisle.agent.evaluate.model_bench import Bench
from newaisle.agent.models.manifest import EmbedderMeasurement, Measurement
from newaisle.agent.schema.gain import Gain

_HEADINGS = {
    "llm": ("variant", "MB", "prompt tokens/s", "written tokens/s", "s/answer", "loss, nats/token", "passed", "why"),
    "embedder": ("variant", "MB", "texts/s", "cosine to fp32", "why"),
}


def as_json(bench: Bench) -> dict[str, Any]:
    """What `--json` prints of a model."""
    return {
        "name": bench.manifest.name,
        "kind": bench.manifest.kind,
        "in_use": bench.manifest.variant,
        "in_use_since": bench.manifest.made_at.isoformat(),
        "in_use_because": bench.manifest.note,
        "best": bench.best.variant if bench.best else None,
        "llama_cpp": bench.llama_cpp or None,
        "measurements": [measurement.model_dump() for measurement in bench.measurements],
    }


def print_bench(bench: Bench) -> None:
    """A table of the variants, the one in use marked, with a line on why it is."""
    name, in_use = bench.manifest.name, bench.manifest.variant
    made = table(*_HEADINGS[bench.manifest.kind], title=escape(name), lines="none", texts=["why"])
    for measurement in bench.measurements:
        used = measurement.variant == in_use
        variant = f"{measurement.variant} *" if used else measurement.variant
        made.add_row(variant, *_row(measurement), style="bold" if used else "")
    console = stdout_console()
    console.print(made if bench.measurements else f"{escape(name)}: nothing was measured when it was pulled")
    for measurement in bench.measurements:
        if isinstance(measurement, Measurement) and measurement.gain:
            console.print(f"{measurement.variant}: {escape(_told(measurement.gain))}", soft_wrap=True)
    console.print(f"* in use since {bench.manifest.made_at:%Y-%m-%d}: {escape(bench.manifest.note or in_use)}")
    console.print(f"{escape(bench.llama_cpp)}\n" if bench.llama_cpp else "")
    if bench.another_is_better and bench.best:
        note(f"{bench.best.variant} would be chosen now: run `newaisle models pull --again {name}`")


def _row(measurement: Measurement | EmbedderMeasurement) -> list[str]:
    """The cells after the variant's name; a dash for what was not measured."""
    size = f"{measurement.bytes / 1e6:.0f}"
    if not isinstance(measurement, Measurement):
        return [size, f"{measurement.texts_s:.0f}", _cell(measurement.cosine, ".4f"), measurement.why]
    loss = _cell(measurement.loss, ".4f")
    return [
        size,
        _cell(measurement.prompt_tokens_s, ".0f"),
        _cell(measurement.written_tokens_s, ".0f"),
        _cell(measurement.answer_s, ".2f"),
        loss if measurement.loss_se is None else f"{loss} ± {measurement.loss_se:.4f}",
        _cell(measurement.passed_share, ".0%"),
        measurement.why,
    ]


def _told(gain: Gain) -> str:
    """What a model's texts about the sample shop add to the claims' own sentences."""
    shares = {
        "refused": gain.refused,
        "only the claims' own sentences again": gain.again,
        "distinct first three words": gain.openings,
        "with the titles masked": gain.masked_openings,
    }
    told = [f"{share:.0%} {name}" for name, share in shares.items() if share is not None]
    refusals = [f"{count} times {kind}" for kind, count in gain.refusals.items()]
    seconds = [] if gain.seconds is None else [f"{gain.seconds:.2f} s a text"]
    return f"{gain.texts} texts on the sample shop: " + ", ".join([*told, *seconds, *refusals])


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
