"""Product texts, written for this project, on which a converted embedder is calibrated, checked and timed."""

from __future__ import annotations

from newaisle.tables import table

_TEXTS = table(__file__, "sample_texts.toml")
CALIBRATION_TEXTS: tuple[str, ...] = tuple(_TEXTS["calibration"])
CHECK_TEXTS: tuple[str, ...] = tuple(_TEXTS["check"])
