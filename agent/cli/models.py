"""`newaisle models`: the model files on this machine."""

from __future__ import annotations

import time
from dataclasses import asdict

import click

from newaisle.agent.cli.complete import complete_model
from newaisle.agent.cli.options import Group, home_option, model_options, pass_settings
from newaisle.agent.cli.screen import progress_bars
from newaisle.agent.cli.tables import print_json
from newaisle.agent.settings.settings import Settings

_STAGES = {
    "waiting": "waiting for another pull",
    "downloading": "downloading",
    "checking": "checking",
    "converting": "converting",
    "measuring": "measuring",
}


@click.group(cls=Group)
def models() -> None:
    """List, fetch, measure and remove the models that answers are made with.

    They lie in the folder of --models. A language model words the reasons, an embedder compares what texts mean;
    `newaisle recommend --model none --embedder hash` needs neither.

    \b
    Examples:
      newaisle models list
      newaisle models pull
      newaisle models bench --recorded
    """


@models.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@home_option
@model_options
@pass_settings
def list_command(settings: Settings, as_json: bool) -> None:
    """List the known models and those that were pulled, and what the one in use adds to texts in your shop.

    \b
    Example:
      newaisle models list
    """
    from newaisle.agent.models.adapters.known import adapter_entries
    from newaisle.agent.shop.backends import wording_of

    entries = [*settings.model_cache.entries(), *adapter_entries()]
    told = wording_of(settings).told
    if as_json:
        in_use = (settings.language_models or ("",))[0]
        print_json([{**asdict(entry), "wording": told if entry.name == in_use else []} for entry in entries])
        return
    for entry in entries:
        click.echo(f"{entry.name:<16} {entry.kind:<9} {entry.state:<8} {entry.size / 1e6:>7.1f} MB  {entry.about}")
    for line in told:
        click.echo(line)


@models.command()
@click.argument("names", nargs=-1, shell_complete=complete_model)
@click.option("--again", is_flag=True, help="Fetch and choose anew what is here already.")
@model_options
@pass_settings
def pull(settings: Settings, names: tuple[str, ...], again: bool) -> None:
    """Fetch models, check them and make them ready; without a NAME the three defaults.

    Of a model known by name, the variant is used that is fastest on this processor without losing much; `models bench`
    says which one that is. A NAME is one of `models list`, `hf:owner/repo/file.gguf`, or a path: a GGUF file, or a
    folder with an ONNX sentence-transformers model (which stays where it is).

    \b
    Examples:
      newaisle models pull
      newaisle models pull --again smollm2-135m
      newaisle models pull hf:Qwen/Qwen2.5-3B-Instruct-GGUF/qwen2.5-3b-instruct-q4_0.gguf
    """
    from newaisle.agent.models.catalog import DEFAULT_MODELS

    for name in names or DEFAULT_MODELS:
        with progress_bars({stage: f"{name}: {text}" for stage, text in _STAGES.items()}) as progress:
            begin = time.perf_counter()
            path = settings.model_cache.pull(name, again=again, progress=progress)
            seconds = time.perf_counter() - begin
        size = sum(record.size for record in settings.model_cache.manifest(name).files)
        click.echo(f"{name} is ready in {path} ({size / 1e6:,.1f} MB, {seconds:,.0f} s)")


@models.command(name="bench")
@click.argument("names", nargs=-1, shell_complete=complete_model)
@click.option("--recorded", is_flag=True, help="Measure nothing: show what the choice at the pull rested on.")
@click.option("--json", "in_json", is_flag=True, help="Print a JSON array.")
@model_options
@pass_settings
def bench_command(settings: Settings, names: tuple[str, ...], recorded: bool, in_json: bool) -> None:
    """Measure the variants of models on this machine; without a NAME the three defaults.

    Shows how fast each is and what it loses, which one is in use, and why. Nothing that is in use changes.

    \b
    Examples:
      newaisle models bench
      newaisle models bench smollm2-135m --json
      newaisle models bench --recorded
    """
    from newaisle.agent.cli.bench_table import as_json, print_bench
    from newaisle.agent.evaluate import model_bench as bench
    from newaisle.agent.models.catalog import DEFAULT_MODELS

    found = []
    for name in names or DEFAULT_MODELS:
        if recorded:
            found.append(bench.recorded(settings.model_cache, name))
            continue
        with progress_bars({stage: f"{name}: {text}" for stage, text in _STAGES.items()}) as progress:
            found.append(bench.bench(settings.model_cache, name, progress))
    if in_json:
        print_json([as_json(one) for one in found])
        return
    for one in found:
        print_bench(one)


@models.command(name="rm")
@click.argument("name", shell_complete=complete_model)
@model_options
@pass_settings
def rm_command(settings: Settings, name: str) -> None:
    """Delete a model's files; files that were registered by their path stay.

    \b
    Example:
      newaisle models rm smollm2-135m
    """
    settings.model_cache.remove(name)
    click.echo(f"{name} removed")
