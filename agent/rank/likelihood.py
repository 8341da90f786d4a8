"""Likelihood signal: how likely a language model finds a candidate's title after the customer's history.

Log-probability per token of the title as the assistant's answer to the `rank` prompt. It pays with large models and
not with small ones, so it is on from three billion parameters up unless somebody says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from agent.llm.base import LanguageModel
from prompts.messages import Message

Switch = Literal["auto", "on", "off"]
SHORTLIST = 20  # candidates of the blend's top that are scored
_ENOUGH_PARAMETERS = 3_000_000_000


def wanted(switch: Switch, model: LanguageModel) -> bool:
    """Whether this model is asked to rank."""
    return switch == "on" or (switch == "auto" and model.parameters >= _ENOUGH_PARAMETERS)


def likelihood(model: LanguageModel, prompt: Sequence[Message], titles: Sequence[str]) -> NDArray[np.float64]:
    """Mean log-probability per token of each title after the prompt, shape (titles,)."""
    return np.array([scored.mean for scored in model.score(prompt, titles)])
