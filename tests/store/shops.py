"""Small files for the tests of reading, and what comes out of them."""

from __future__ import annotations

import io

from newaisle.store.rows import Interaction, Product
from newaisle.store.shop import ReadOptions, ReadReport, Reject, open_catalogue, open_histories


def read_products(
    content: str | bytes, options: ReadOptions | None = None
) -> tuple[list[Product], list[Reject], ReadReport]:
    rejects: list[Reject] = []
    data = content.encode() if isinstance(content, str) else content
    reading = open_catalogue(io.BytesIO(data), options or ReadOptions(), on_reject=rejects.append)
    return list(reading), rejects, reading.report


def read_interactions(
    content: str | bytes, options: ReadOptions | None = None
) -> tuple[list[Interaction], list[Reject], ReadReport]:
    rejects: list[Reject] = []
    data = content.encode() if isinstance(content, str) else content
    reading = open_histories(io.BytesIO(data), options or ReadOptions(), on_reject=rejects.append)
    return list(reading), rejects, reading.report
