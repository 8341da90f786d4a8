"""What can go wrong with model files. Every message is one line and ends with the next move.

ModelError
├── UnknownModel         no model of that name, and not a reference to one: "did you mean"
│   └── WrongKind        an embedder where a language model is wanted, or the other way round: take another
├── ModelMissing         known, but not in the cache: `newaisle models pull NAME`
├── ModelDamaged         wrong size or checksum: `newaisle models pull NAME` fetches it anew
└── ModelDownloadFailed  its source did not deliver it; a retry helps when the network was at fault
"""

from __future__ import annotations


class ModelError(Exception):
    """Base of everything that model files raise on purpose."""


class UnknownModel(ModelError):
    """Neither the name of a known model nor a reference (`hf:owner/repo/file`, a path)."""


class WrongKind(UnknownModel):
    """The model exists and does something else."""


class ModelMissing(ModelError):
    """The model is not in the cache; pulling it helps."""


class ModelDamaged(ModelError):
    """A file of the model does not have the size or checksum it should; pulling it again helps."""


class ModelDownloadFailed(ModelError):
    """The model could not be fetched; the cache is as it was before."""
