"""Train the adapter `shop-assistant` anew: a LoRA (Hu et al. 2021, arXiv 2106.09685) on pairs of facts and texts.

    python -m newaisle.agent.models.adapters.training.train        # the extra `train`; some twenty minutes on two cores

Prompts are those of the bundled templates, in the tokens that llama.cpp makes of them; the base is the GGUF file that
answers are made with, so that what its quantization lost is learned too. Loss is on the text alone.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from newaisle.agent.llm.engine import LlamaEngine
from newaisle.agent.models.adapters.training.torch_llama import load, save_adapter
from newaisle.agent.settings.settings import Settings
from newaisle.prompts.library import load_template
from newaisle.prompts.messages import Message, Part

BASE = "smollm2-135m"
HERE = Path(__file__).parent
TEMPLATES = {"short": "explain", "detailed": "explain-detailed", "seller": "explain-seller"}
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
LAYERS = 18  # of 30, the upper ones: tuning all of them takes 1.7 times as long
LEFT_OUT = 10  # of so many scenes one is put away, with all that was made of it, to measure the loss on
BATCH = 16  # texts a step
WARM_UP = 0.06  # of all steps
IGNORED = -100  # what torch leaves out of a loss

Pair = tuple[list[int], int]  # tokens of prompt and text, and how many are the prompt's


def read_pairs(path: Path, model: Path) -> tuple[list[Pair], list[Pair]]:
    """The pairs of a file in the tokens of a model: to train on, and put away. The number in an id is of its scene."""
    templates = {style: load_template(name, language="en", folder=None) for style, name in TEMPLATES.items()}
    kept: list[Pair] = []
    away: list[Pair] = []
    with LlamaEngine(model, context=2048) as engine:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            prompt = templates[row["style"]].render(row["input"], start=False)
            asked = engine.tokens_of(prompt)
            answered = engine.tokens_of([*prompt, Message("assistant", (Part(row["text"], is_data=False),))])
            scene = int("".join(filter(str.isdigit, row["id"])))
            (kept if scene % LEFT_OUT else away).append(([*answered, engine.end_token], len(asked)))
    return kept, away


def batches(pairs: Sequence[Pair], chance: random.Random) -> Iterator[list[Pair]]:
    """All pairs once, those of about one length together, in random order."""
    shuffled = sorted(pairs, key=lambda pair: len(pair[0]) + chance.random() * 20)
    made = [shuffled[start : start + BATCH] for start in range(0, len(shuffled), BATCH)]
    chance.shuffle(made)
    yield from made


def loss_of(model: Any, batch: Sequence[Pair]) -> tuple[torch.Tensor, int]:
    """The sum of the losses of all tokens of the texts of a batch, and how many these are."""
    longest = max(len(tokens) for tokens, _ in batch)
    inputs = torch.zeros((len(batch), longest), dtype=torch.long)
    labels = torch.full((len(batch), longest), IGNORED)
    for row, (tokens, asked) in enumerate(batch):
        inputs[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, asked : len(tokens)] = torch.tensor(tokens[asked:])
    # Tokens after the end are seen by none before it, so no mask is needed.
    hidden = model.get_base_model().model(inputs).last_hidden_state[:, :-1]
    wanted = labels[:, 1:] != IGNORED
    logits = model.get_base_model().lm_head(hidden[wanted])
    loss = torch.nn.functional.cross_entropy(logits.float(), labels[:, 1:][wanted], reduction="sum")
    return loss, int(wanted.sum())


def mean_loss(model: Any, pairs: Sequence[Pair]) -> float:
    """Nats a token over some pairs."""
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        found = [loss_of(model, pairs[start : start + BATCH]) for start in range(0, len(pairs), BATCH)]
    return sum(float(loss) for loss, _ in found) / sum(count for _, count in found)


def train(options: argparse.Namespace) -> dict[str, Any]:
    """Train, write the adapter, and return what is worth knowing of it."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)
    base_file = options.model or Settings().model_cache.path(BASE)
    kept, away = read_pairs(options.pairs, base_file)
    if options.most:
        kept = chance.sample(kept, min(options.most, len(kept)))
    base = load(base_file)
    lora = LoraConfig(
        r=options.rank,
        lora_alpha=2 * options.rank,
        target_modules=PROJECTIONS,
        layers_to_transform=list(range(base.config.num_hidden_layers - LAYERS, base.config.num_hidden_layers)),
    )
    model = get_peft_model(base, lora)
    wanted = [one for one in model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(wanted, lr=options.rate, weight_decay=0.01)
    steps = options.epochs * math.ceil(len(kept) / BATCH)
    warm = max(1, round(WARM_UP * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
    )
    record: dict[str, Any] = {"pairs": len(kept), "left_out": len(away), "rank": options.rank, "seed": options.seed}
    record |= {"rate": options.rate, "epochs": options.epochs, "parameters": sum(one.numel() for one in wanted)}
    losses = [round(mean_loss(model, away), 4)]
    started = time.process_time()
    for epoch in range(options.epochs):
        model.train()
        total, count = 0.0, 0
        for batch in batches(kept, chance):
            with torch.autocast("cpu", torch.bfloat16):
                loss, tokens = loss_of(model, batch)
            (loss / tokens).backward()
            torch.nn.utils.clip_grad_norm_(wanted, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            total, count = total + loss.item(), count + tokens
        model.eval()
        losses.append(round(mean_loss(model, away), 4))
        seconds = time.process_time() - started
        sys.stderr.write(f"epoch {epoch + 1}: {total / count:.4f}, left out {losses[-1]:.4f}, {seconds:.0f} CPU s\n")
    save_adapter(model, options.out)
    return {**record, "loss_left_out": losses, "cpu_s": round(time.process_time() - started)}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="the GGUF file of the base; that of the model cache by default")
    parser.add_argument("--pairs", type=Path, default=HERE / "pairs.jsonl")
    parser.add_argument("--out", type=Path, default=HERE.parent / "shop-assistant.gguf")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, help="pairs to train on; all by default")
    sys.stdout.write(json.dumps(train(parser.parse_args(arguments)), indent=1) + "\n")


if __name__ == "__main__":
    main()
