"""Log-probabilities of given text: which tokens are the continuation's, and which servers can be believed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newaisle.agent.llm.base import Likelihood
from newaisle.agent.llm.server.abilities import BELIEVED, likelihood
from newaisle.agent.llm.server.model import ServerModel
from newaisle.errors import CannotScore, Interrupted, ServerBusy, ServerError
from newaisle.testing import chat
from tests.agent.llm.server import scoring_server
from tests.agent.llm.server.misbehaving import Misbehaving, client_of, failure, silence
from tests.agent.llm.server.scoring_server import completions, logprob, pieces

PROMPT = chat(("user", "What goes with tea?"), ("assistant", "With tea goes"))
TEXT = "What goes with tea?\n\nWith tea goes"
KINDS = [scoring_server.echo, scoring_server.echo_off_by_one, scoring_server.prompt_logprobs]


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "state" / "servers.json"


def model_of(server: Misbehaving, memory: Path, now: float = 1e9) -> ServerModel:
    return ServerModel(client_of(server.url).api.endpoint, memory=memory, client=client_of(server.url), now=lambda: now)


def expected(continuation: str) -> Likelihood:
    total, before = 0.0, TEXT
    for token in pieces(continuation):
        total += logprob(before, token)
        before += token
    return Likelihood(pytest.approx(total), len(pieces(continuation)))


@given(
    prompt=st.lists(st.text("ab 茶壶", min_size=1)), continuation=st.lists(st.text("ab 茶壶", min_size=1), min_size=1)
)
def test_exactly_the_tokens_of_the_continuation_count(prompt: list[str], continuation: list[str]) -> None:
    tokens = [*prompt, *continuation]
    found = likelihood("".join(tokens), len("".join(prompt)), tokens, [-1.0 * 2**n for n in range(len(tokens))])
    assert found == Likelihood(-sum(2.0**n for n in range(len(prompt), len(tokens))), len(continuation))


def test_a_token_across_the_border_counts_and_special_ones_do_not() -> None:
    for tokens, counted in [
        (["tea", " with", " milk"], [2]),
        (["tea", " with m", "ilk"], [1, 2]),
        (["<s>", "tea", " with", " milk"], [3]),
        (["", "tea", " with", " milk"], [3]),
        ([" tea", " with", " mi", "lk"], [2, 3]),
        (["tea", " with", " ", "milk", ","], [2, 3]),
    ]:
        found = likelihood("tea with milk", len("tea with"), tokens, [-(2.0**n) for n in range(len(tokens))])
        assert found == Likelihood(-sum(2.0**n for n in counted), len(counted)), tokens


@pytest.mark.parametrize("part", ["", "\ufffd"])
def test_parts_of_a_character_count_with_it(part: str) -> None:
    tokens = ["tea", " ", part, part, part, part, part, part, " pot"]
    for border, counted in (("tea ", range(2, 9)), ("tea 茶", range(5, 9)), ("tea 茶壶", range(8, 9))):
        found = likelihood("tea 茶壶 pot", len(border), tokens, [-(2.0**n) for n in range(len(tokens))])
        assert found == Likelihood(-sum(2.0**n for n in counted), len(counted))
    found = likelihood("tea 茶壶", len("tea 茶"), tokens[:-1], [-(2.0**n) for n in range(len(tokens) - 1)])
    assert found == Likelihood(-sum(2.0**n for n in range(5, 8)), 3)


def test_tokens_of_another_text_are_refused() -> None:
    with pytest.raises(ValueError, match="not those of the text"):
        likelihood("tea with milk", 3, ["coffee", " with", " milk"], [None, -1, -1])


@pytest.mark.parametrize("kind", KINDS)
def test_continuations_are_scored_by_what_the_server_offers(server: Misbehaving, memory: Path, kind: Any) -> None:
    server.usual = completions(kind)
    texts = [" milk and honey", " milk", "", " milk"]
    with model_of(server, memory) as model:
        assert model.can_score
        assert model.score(PROMPT, texts) == [expected(text) for text in texts]


@pytest.mark.parametrize("kind", [scoring_server.no_logprobs, scoring_server.not_set_up])
def test_a_server_without_log_probabilities_cannot_score(server: Misbehaving, memory: Path, kind: Any) -> None:
    server.usual = completions(kind)
    with model_of(server, memory) as model:
        assert not model.can_score
        with pytest.raises(CannotScore):
            model.score(PROMPT, [" milk"])


def test_log_probabilities_that_contradict_the_servers_own_are_not_used(server: Misbehaving, memory: Path) -> None:
    server.usual = completions(scoring_server.wrong)
    with model_of(server, memory) as model:
        assert not model.can_score


def test_what_was_found_out_is_remembered(server: Misbehaving, memory: Path) -> None:
    server.usual = completions(scoring_server.echo)
    with model_of(server, memory) as model:
        assert model.can_score
    asked = len(server.requests)
    with model_of(server, memory, now=1e9 + 99 * BELIEVED) as model:
        assert model.can_score
        assert len(server.requests) == asked


def test_that_it_cannot_is_believed_for_a_day(server: Misbehaving, memory: Path) -> None:
    server.usual = completions(scoring_server.no_logprobs)
    with model_of(server, memory) as model:
        assert not model.can_score
    server.usual = completions(scoring_server.echo)
    with model_of(server, memory, now=1e9 + BELIEVED - 1) as model:
        assert not model.can_score
    with model_of(server, memory, now=1e9 + BELIEVED + 1) as model:
        assert model.can_score


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (scoring_server.echo, scoring_server.prompt_logprobs),
        (scoring_server.prompt_logprobs, scoring_server.echo),
        (scoring_server.echo_off_by_one, scoring_server.prompt_logprobs),
    ],
)
def test_a_way_that_stopped_working_is_found_anew(server: Misbehaving, memory: Path, before: Any, after: Any) -> None:
    server.usual = completions(before)
    with model_of(server, memory) as model:
        model.score(PROMPT, [" milk"])
        server.usual = completions(after)
        assert model.score(PROMPT, [" milk"]) == [expected(" milk")]


def test_a_way_that_is_gone_is_forgotten(server: Misbehaving, memory: Path) -> None:
    server.usual = completions(scoring_server.echo)
    with model_of(server, memory) as model:
        assert model.can_score
        server.usual = completions(scoring_server.no_logprobs)
        with pytest.raises(CannotScore):
            model.score(PROMPT, [" milk"])
        assert not model.can_score


def test_a_server_that_is_busy_is_not_one_that_cannot(server: Misbehaving, memory: Path) -> None:
    server.usual = failure(503)
    with model_of(server, memory) as model:
        assert not model.can_score
        with pytest.raises(ServerError):
            model.score(PROMPT, [" milk"])
        server.usual = failure(429, headers={"Retry-After": "9999"})
        with pytest.raises(ServerBusy):
            model.score(PROMPT, [" milk"])
        server.usual = completions(scoring_server.echo)
        assert model.can_score


def test_nothing_is_asked_for_nothing(server: Misbehaving, memory: Path) -> None:
    with model_of(server, memory) as model:
        assert model.score(PROMPT, []) == []
        assert model.score(PROMPT, [""]) == [Likelihood(0, 0)]
    assert server.requests == []


def test_a_deadline_ends_scoring(server: Misbehaving, memory: Path) -> None:
    server.usual = completions(scoring_server.echo)
    with model_of(server, memory) as model:
        assert model.can_score
        server.usual = silence
        with pytest.raises(Interrupted, match="deadline"):
            model.score(PROMPT, [" milk", " honey"], deadline=0.1)


def test_a_server_that_is_too_slow_is_not_asked_for_scores_again(
    server: Misbehaving, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newaisle.agent.llm.server.model.PATIENCE", 0.1)
    server.usual = completions(scoring_server.echo)
    with model_of(server, memory) as model:
        assert model.can_score
        server.usual = silence
        with pytest.raises(Interrupted):
            model.score(PROMPT, [" milk"], deadline=0.05)
        assert model.can_score, "so little time says nothing about the server"
        with pytest.raises(Interrupted):
            model.score(PROMPT, [" milk"], deadline=0.1)
        assert not model.can_score
    with model_of(server, memory) as later:
        assert not later.can_score


def test_control_tokens_in_a_continuation_are_inert(server: Misbehaving, memory: Path) -> None:
    server.usual = completions(scoring_server.echo)
    with model_of(server, memory) as model:
        model.score(PROMPT, [" <|im_end|>"])
    assert server.requests[-1].body["prompt"] == f"{TEXT} < |im_end| >"
