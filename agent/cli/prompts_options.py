"""What the commands of `newaisle prompts` share: their options, and the local model that counts tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.cli.complete import complete_template
from newaisle.agent.cli.opening import loaded_model
from newaisle.agent.cli.options import LANGUAGE, home_option, pass_settings, prompts_option
from newaisle.agent.cli.screen import note
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from newaisle.agent.llm.base import LanguageModel

name_argument = click.argument("name", shell_complete=complete_template)
language_option = click.option(
    "--language", type=LANGUAGE, metavar="CODE", default="en", show_default=True, help="Which language's template."
)


def folder_options(command: Any) -> Any:
    """The options that say where the user's own templates are."""
    return home_option(prompts_option(command))


def of_template(command: Any) -> Any:
    """The options that name a template, its language and the folder of one's own; settings are the first argument."""
    return name_argument(language_option(folder_options(pass_settings(command))))


@contextmanager
def counting_model(settings: Settings) -> Iterator[LanguageModel | None]:
    """The local language model in use, to count tokens by; None where there is none, which is noted if one should be.

    A server would have to be sent the texts.
    """
    from newaisle.errors import LanguageModelError, ModelError

    model = None
    if settings.language_models and settings.language_models == settings.local_models:
        try:
            model = loaded_model(settings)
        except (ModelError, LanguageModelError) as exc:
            note(f"tokens not counted: {exc}")
    try:
        yield model
    finally:
        if model is not None:
            model.close()
