"""How long it takes to read a shop and to answer from it, and whether the answers hold."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.schema.query import Query
from newaisle.agent.settings.settings import Settings
from newaisle.progress import StageProgress

if TYPE_CHECKING:
    from newaisle.store.ledger import Ledger

Figures = dict[str, Any]
Asked = tuple[str, str]  # customer and category
_PRODUCTS = 5  # in an answer
_KIB_PER_UNIT = 1 / 1024 if sys.platform == "darwin" else 1  # of ru_maxrss


@dataclass(frozen=True, slots=True)
class Finished:
    """A child process that ended well: what it printed, seconds by the clock, peak of resident memory in MiB."""

    output: str
    seconds: float
    peak_mib: float


def machine() -> Figures:
    """What the figures were measured on, and how busy it was (the load average of the last minute)."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def measure_ingest(settings: Settings, items: Path, interactions: Path) -> Figures:
    """`newaisle ingest` in a process of its own."""
    done = _newaisle(settings, "ingest", str(items), "--histories", str(interactions), "--json")
    report = json.loads(done.output)
    return {
        "seconds": round(done.seconds, 1),
        "peak_mib": round(done.peak_mib),
        "rows": sum(file["read"]["read"] for file in report["files"]),
        "rejected": sum(file["read"]["rejected"] for file in report["files"]),
        "embedded": report["embedded"],
        "texts_per_second": round(report["embedded"] / done.seconds, 1),
        **report["shop"],
    }


def measure_answers(
    settings: Settings, first: Asked, others: list[Asked], ledger: Ledger, *, runs: int, progress: StageProgress
) -> Figures:
    """`newaisle recommend` as a whole process for one customer, `runs` times, then in this process for others."""
    user, category = first
    done: list[Finished] = []
    for number in range(runs):
        progress("process", number, runs)
        done.append(_newaisle(settings, "recommend", "--user", user, "--category", category, "--json"))
    progress("process", runs, runs)
    once_loaded, answers = _once_loaded(settings, others, progress)
    return {
        "user": user,
        "category": category,
        "candidates": len(ledger.candidates(category)),
        "process": {**_spread_of([run.seconds for run in done]), "peak_mib": round(max(run.peak_mib for run in done))},
        "loaded": once_loaded,
        "checks": check([*(json.loads(run.output) for run in done), *answers], ledger),
        "load": round(os.getloadavg()[0], 2),
    }


def check(answers: Iterable[Mapping[str, Any]], ledger: Ledger) -> Figures:
    """Whether answers, as JSON, hold: real candidates only, none twice, none owned; and who phrased the sentences."""
    from newaisle.store.rows import Event

    figures = dict.fromkeys(("answers", "products", "real", "twice", "owned", "phrased_by_model", "degraded"), 0)
    for answer in answers:
        chosen = [row["item_id"] for row in answer["recommendations"]]
        candidates = {product.item_id for product in ledger.candidates(answer["category"]["name"])}
        history = ledger.history(answer["request"]["user_id"])
        owned = {row.item_id for row in history if row.event not in (Event.VIEW, Event.LIKE)}
        figures["answers"] += 1
        figures["products"] += len(chosen)
        figures["real"] += len(candidates.intersection(chosen))
        figures["twice"] += len(chosen) - len(set(chosen))
        figures["owned"] += len(owned.intersection(chosen))
        figures["phrased_by_model"] += sum(row["explanation"]["source"] == "llm" for row in answer["recommendations"])
        figures["degraded"] += answer["degraded"]
    return figures


def _once_loaded(settings: Settings, asked: list[Asked], progress: StageProgress) -> tuple[Figures, list[Figures]]:
    from newaisle.agent.recommend import recommend
    from newaisle.agent.shop.session import open_parts

    seconds: list[float] = []
    answers: list[Figures] = []
    with open_parts(settings) as parts:
        recommend(
            Query(user_id=asked[0][0], category=asked[0][1], k=_PRODUCTS), parts, wording="on"
        )  # loads everything
        for number, (user, category) in enumerate(asked):
            progress("loaded", number, len(asked))
            start = time.perf_counter()
            answer = recommend(Query(user_id=user, category=category, k=_PRODUCTS), parts, wording="on")
            seconds.append(time.perf_counter() - start)
            answers.append(answer.model_dump(mode="json"))
        progress("loaded", len(asked), len(asked))
    stages = {stage for answer in answers for stage in answer["timings_ms"]}
    medians = {stage: round(median(a["timings_ms"].get(stage, 0.0) for a in answers), 1) for stage in sorted(stages)}
    return {**_spread_of(seconds), "stages_ms": medians}, answers


def _newaisle(settings: Settings, *arguments: str) -> Finished:
    """Run a command of newaisle with these settings; raises ClickException where it fails."""
    chosen = {name: getattr(settings, name) for name in ("home", "models", "model", "embedder")}
    if arguments[0] == "ingest":
        del chosen["model"]
    options = [part for name, value in chosen.items() if value is not None for part in (f"--{name}", str(value))]
    return run_child([sys.executable, "-m", "newaisle.agent", *arguments, *options])


def run_child(command: Sequence[str]) -> Finished:
    """Run a command to its end, its messages going where ours go; raises ClickException where it fails."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert child.stdout is not None
    with child.stdout:
        output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        called = " ".join(command[2:4])
        raise click.ClickException(f"`{called}` ended with exit code {child.returncode}: see above why")
    return Finished(output, seconds, usage.ru_maxrss * _KIB_PER_UNIT / 1024)


def _spread_of(seconds: list[float]) -> Figures:
    import numpy as np

    return {
        "answers": len(seconds),
        "median_s": round(median(seconds), 2),
        "min_s": round(min(seconds), 2),
        "p95_s": round(float(np.percentile(seconds, 95)), 2),
        "max_s": round(max(seconds), 2),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
