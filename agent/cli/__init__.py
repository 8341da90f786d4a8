"""The command line. What a command needs is imported inside it, so that `--help` is instant."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import click

from newaisle.agent.cli.calibrate import calibrate
from newaisle.agent.cli.category import category, classify
from newaisle.agent.cli.chat import chat
from newaisle.agent.cli.completion import completion
from newaisle.agent.cli.config import config
from newaisle.agent.cli.configure import configure
from newaisle.agent.cli.demo import demo
from newaisle.agent.cli.doctor import doctor
from newaisle.agent.cli.evaluate import evaluate
from newaisle.agent.cli.feedback import feedback
from newaisle.agent.cli.logs import logs
from newaisle.agent.cli.models import models
from newaisle.agent.cli.options import Group, every_option, with_volume
from newaisle.agent.cli.profile import profile
from newaisle.agent.cli.prompts import prompts_group
from newaisle.agent.cli.recommend import recommend, schema
from newaisle.agent.cli.screen import detail
from newaisle.agent.cli.shop import forget, ingest, reindex, remove
from newaisle.agent.cli.synonyms import synonyms_group
from newaisle.agent.cli.why import why, why_not
from newaisle.agent.settings.settings import Settings


class _Commands(Group):
    def invoke(self, context: click.Context) -> Any:
        """Run a command; whoever reads its output may stop reading (`| head -1`)."""
        begin = time.perf_counter()
        try:
            return super().invoke(context)
        except BrokenPipeError:
            # What is still in the buffer would fail once more at the end of the process.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            context.exit(0)
        finally:
            detail(f"all: {time.perf_counter() - begin:.2f} s")


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="newaisle")
@every_option
@click.pass_context
def cli(context: click.Context) -> None:
    """Recommend products of a category that nobody has bought from yet, each with reasons that can be checked.

    \b
    Start here:
      newaisle demo                                  the bundled sample shop, end to end
      newaisle ingest items.csv --histories h.csv    read your own
      newaisle recommend --user ID --category NAME   recommend
      newaisle chat                                  in a conversation; so does newaisle alone
      newaisle why ID ITEM                           see why, or why-not
      newaisle calibrate                             learn from your shop's own past
      newaisle eval                                  measure how good that is
      newaisle config show --origin                  see the settings, and where they come from

    \b
    Exit codes: 0 done, 2 wrong usage, 3 bad input, 4 a backend is down, 5 useless answer of a
    model (--strict), 6 the store is locked or damaged, 130 stopped by Ctrl-C.
    """
    context.ensure_object(Settings)
    configure(context, sys.argv)
    if context.invoked_subcommand is None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise click.exceptions.NoArgsIsHelpError(context)
        context.invoke(chat)


cli.in_sections(
    {
        "Start": [demo, doctor, models, ingest, config, completion],
        "Answer": [recommend, chat, why, why_not, profile, category, classify, feedback, schema],
        "Learn and measure": [calibrate, evaluate],
        "Prompts": [prompts_group, synonyms_group],
        "Keep": [logs, reindex, forget, remove],
    }
)
with_volume(cli)
