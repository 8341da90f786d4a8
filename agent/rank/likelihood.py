"""Likelihood signal: how likely a language model finds a candidate's title after the customer's history.

Log-probability per token of the title as the assistant's answer to the `rank` prompt. Large models usually gain by it
and small ones do not, so it is on from three billion parameters up, unless somebody says otherwise or the shop has
learned what this model is worth to it (`newaisle calibrate --llm`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from newaisle.agent.llm.base import LanguageModel
from newaisle.prompts.messages import Message

Switch = Literal["auto", "on", "off"]
SHORTLIST = 20  # candidates of the blend's top that a language model ranks
DEADLINE = 120.0  # seconds that a model may take to rank them: some large ones run on small machines
_ENOUGH_PARAMETERS = 3_000_000_000


def wanted(switch: Switch, model: LanguageModel, *, learned: bool | None = None) -> bool:
    """Whether this model is asked to rank; `learned` is whether it pays in this shop, None where that is not known.

    One that does not say its size is a server's, and taken for a large one.
    """
    if switch == "auto" and learned is not None:
        return learned
    large = model.parameters is None or model.parameters >= _ENOUGH_PARAMETERS
    return switch == "on" or (switch == "auto" and large)


def likelihood(
    model: LanguageModel, prompt: Sequence[Message], titles: Sequence[str], *, deadline: float | None = None
) -> NDArray[np.float64]:
    """Mean log-probability per token of each title after the prompt, shape (titles,).

    deadline: seconds for all of them. Raises LanguageModelError, Interrupted where the deadline passed.
    """
    return np.array([scored.mean for scored in model.score(prompt, titles, deadline=deadline)])
