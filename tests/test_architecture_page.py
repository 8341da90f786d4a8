"""docs/architecture.md is true: it describes every layer, in order, and its picture is of the layers that hold."""

from __future__ import annotations

from tests.draw_layers import PICTURE, described, drawn, layers


def test_every_layer_is_described_in_order() -> None:
    assert list(described()) == [module for layer in layers() for module in layer]


def test_the_picture_is_of_the_layers_that_hold() -> None:
    assert PICTURE.read_text(encoding="utf-8") == drawn(), "run `python tests/draw_layers.py`"
