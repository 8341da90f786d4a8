"""What the client makes of servers that do wrong, one fault at a time. No key is ever said."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import traceback
from email.utils import formatdate
from pathlib import Path

import pytest

from newaisle.agent.llm.server import sender
from newaisle.agent.llm.server.failures import retry_after
from newaisle.agent.llm.server.sender import FIRST_WAIT, LONGEST_WAIT, TRIES
from newaisle.agent.llm.server.stream import Reply
from newaisle.errors import (
    InputTooLong,
    RequestRejected,
    ServerBusy,
    ServerError,
    ServerFailed,
    ServerLacksModel,
    ServerRefused,
    ServerSlow,
    ServerUnreachable,
)
from newaisle.testing import chat
from tests.agent.llm.server.misbehaving import (
    Behaviour,
    Misbehaving,
    Sleeps,
    answer,
    chunk,
    client_of,
    drip,
    failure,
    flood,
    hang_up,
    raw,
    redirect,
    silence,
    stream,
)

KEY = "sk-very-secret-0123456789"
QUESTION = chat(("system", "Be brief."), ("user", "Why tea?"))


def ask(
    server: Misbehaving | str, sleep: Sleeps | None = None, *, reply: Reply | None = None, **deadlines: float
) -> Reply:
    """The reply to a question; every error is looked through for the key."""
    reply = reply or Reply()
    failure: ServerError | None = None
    with client_of(server if isinstance(server, str) else server.url, key=KEY, sleep=sleep, **deadlines) as client:
        try:
            client.run(client.api.chat(QUESTION, reply, max_tokens=9))
        except ServerError as exc:
            failure = exc
    if failure is None:
        return reply
    assert KEY not in "".join(traceback.format_exception(failure))
    assert "\n" not in str(failure)
    raise failure


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def test_a_refused_connection_is_tried_again_and_then_said(sleeps: Sleeps) -> None:
    with pytest.raises(ServerUnreachable, match="is the server running"):
        ask(f"http://127.0.0.1:{free_port()}/v1", sleeps)
    assert len(sleeps) == TRIES - 1


def test_the_waits_grow_and_are_jittered(sleeps: Sleeps) -> None:
    with pytest.raises(ServerUnreachable):
        ask(f"http://127.0.0.1:{free_port()}/v1", sleeps)
    for number, wait in enumerate(sleeps):
        assert FIRST_WAIT * 2**number / 2 <= wait <= FIRST_WAIT * 2**number
    assert any(wait != FIRST_WAIT * 2**number for number, wait in enumerate(sleeps))


def test_an_unknown_host_is_said() -> None:
    with pytest.raises(ServerUnreachable, match="host is not known"):
        ask("http://nobody.invalid/v1")


def test_a_server_that_speaks_no_tls_is_said_at_once(server: Misbehaving, sleeps: Sleeps) -> None:
    with pytest.raises(ServerUnreachable, match="TLS"):
        ask(server.url.replace("http://", "https://"), sleeps)
    assert sleeps == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
def test_a_server_that_vouches_for_itself_is_not_trusted(server: Misbehaving, sleeps: Sleeps, tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=127.0.0.1 -days 9"
    subprocess.run([*make.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with pytest.raises(ServerUnreachable, match="certificate"):
        ask(server.url.replace("http://", "https://"), sleeps)
    assert server.requests == sleeps == []


def test_no_proxy_stands_before_this_machine(server: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    assert ask(server).text == "Tea is warm."


def test_a_proxy_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ServerUnreachable):
        ask("http://somebody.invalid/v1")


def test_a_connection_closed_before_the_answer_is_tried_again(server: Misbehaving, sleeps: Sleeps) -> None:
    server.script.extend([hang_up, hang_up])
    assert ask(server, sleeps).text == "Tea is warm."
    assert len(sleeps) == 2


def test_a_server_that_says_nothing_is_left_after_the_first_deadline(server: Misbehaving, sleeps: Sleeps) -> None:
    server.usual = silence
    with pytest.raises(ServerSlow, match=r"said nothing within 0\.2 s"):
        ask(server, sleeps, first_token=0.2)
    assert sleeps == []


@pytest.mark.parametrize("piece", [b": keep alive\n\n", b"data: ", chunk(""), b"\n"])
def test_signs_of_life_are_no_first_token(server: Misbehaving, piece: bytes) -> None:
    server.usual = drip(piece)
    with pytest.raises(ServerSlow, match=r"within 0\.2 s"):
        ask(server, first_token=0.2)


def test_a_stream_that_trickles_is_left_after_the_deadline_between_tokens(server: Misbehaving) -> None:
    server.usual = drip(b": still here\n", chunk("Tea"))
    with pytest.raises(ServerSlow, match=r"within 0\.3 s"):
        ask(server, first_token=60, between_tokens=0.3)


def test_an_answer_without_end_is_left_after_the_whole_deadline(server: Misbehaving) -> None:
    server.usual = drip(chunk("tea "))
    with pytest.raises(ServerSlow, match=r"no whole answer within 0\.5 s"):
        ask(server, total=0.5)


def test_a_stream_that_is_cut_is_asked_for_again(server: Misbehaving, sleeps: Sleeps) -> None:
    server.script.append(stream("Tea", " is", finish=None, done=False))
    assert ask(server, sleeps).text == "Tea is warm."
    assert len(sleeps) == 1


def test_a_stream_that_is_cut_after_something_was_shown_is_an_error(server: Misbehaving, sleeps: Sleeps) -> None:
    server.usual = stream("Tea", " is", finish=None, done=False)
    shown: list[str] = []
    with pytest.raises(ServerFailed, match="broke off"):
        ask(server, sleeps, reply=Reply(on_text=shown.append))
    assert (shown, len(server.requests), sleeps) == (["Tea", " is"], 1, [])


def test_a_stream_cut_before_it_said_anything_is_asked_once_more_without_streaming(server: Misbehaving) -> None:
    server.script.extend([raw(), failure(400, "the prompt has a hole")])
    with pytest.raises(RequestRejected, match="the prompt has a hole"):
        ask(server)
    assert [request.body.get("stream", False) for request in server.requests] == [True, False]


@pytest.mark.parametrize("ending", [{"done": False}, {"done": False, "hang": True}])
def test_a_stream_that_has_said_why_it_ended_is_whole(server: Misbehaving, ending: dict[str, bool]) -> None:
    server.usual = stream("Tea.", finish="length", **ending)
    reply = ask(server, after_finish=0.1)
    assert (reply.text, reply.finish) == ("Tea.", "length")


def test_a_sane_retry_after_is_waited_for(server: Misbehaving, sleeps: Sleeps) -> None:
    server.script.append(failure(429, "slow down", {"Retry-After": "7"}))
    assert ask(server, sleeps).text == "Tea is warm."
    assert sleeps == [7]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wait", [str(LONGEST_WAIT + 1), "86400", "9" * 40, formatdate(4e9, usegmt=True)])
def test_a_huge_retry_after_ends_it_at_once(server: Misbehaving, sleeps: Sleeps, status: int, wait: str) -> None:
    server.usual = failure(status, "slow down", {"Retry-After": wait})
    with pytest.raises(ServerBusy, match="asks to wait") as caught:
        ask(server, sleeps)
    assert (len(server.requests), sleeps) == (1, [])
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > LONGEST_WAIT
    assert caught.value.status_code == status


def test_a_retry_after_beyond_the_deadline_ends_it_at_once(server: Misbehaving, sleeps: Sleeps) -> None:
    server.usual = failure(429, "slow down", {"Retry-After": "20"})
    with pytest.raises(ServerBusy, match="asks to wait 20 s"):
        ask(server, sleeps, total=10)
    assert sleeps == []


@pytest.mark.parametrize("wait", ["soon", "-5", "nan", "1e9", "", "٣", formatdate(0, usegmt=True), "Mon, 99 Foo 2030"])
def test_a_nonsensical_retry_after_counts_as_none(server: Misbehaving, sleeps: Sleeps, wait: str) -> None:
    server.script.append(answer({}, 429, {"Retry-After": wait.encode().decode("latin-1")}))
    assert ask(server, sleeps).text == "Tea is warm."
    assert len(sleeps) == 1
    assert sleeps[0] <= FIRST_WAIT


def test_a_retry_after_may_be_a_date() -> None:
    assert retry_after(formatdate(1_000_010, usegmt=True), now=lambda: 1_000_000) == 10


def test_too_many_requests_for_good_is_said(server: Misbehaving, sleeps: Sleeps) -> None:
    server.usual = failure(429, "quota of the day used up")
    with pytest.raises(ServerBusy, match="quota of the day used up"):
        ask(server, sleeps)
    assert len(server.requests) == TRIES


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_storm_of_failures_ends(server: Misbehaving, sleeps: Sleeps, status: int) -> None:
    server.usual = failure(status, "out of memory")
    with pytest.raises(ServerFailed, match="out of memory") as caught:
        ask(server, sleeps)
    assert caught.value.status_code == status
    assert len(server.requests) == TRIES


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (400, RequestRejected, "no such thing"),
        (401, ServerRefused, "check the key"),
        (403, ServerRefused, "check the key"),
        (422, RequestRejected, "no such thing"),
        (418, RequestRejected, "no such thing"),
    ],
)
def test_what_a_retry_does_not_help_is_said_at_once(
    server: Misbehaving, sleeps: Sleeps, status: int, kind: type[ServerError], words: str
) -> None:
    server.usual = failure(status, "no such thing")
    with pytest.raises(kind, match=words) as caught:
        ask(server, sleeps)
    assert (caught.value.status_code, len(server.requests), sleeps) == (status, 1, [])


def test_a_missing_key_is_said_to_be_missing(server: Misbehaving) -> None:
    server.usual = failure(401)
    with client_of(server.url) as client, pytest.raises(ServerRefused, match="wants a key"):
        client.embed(["tea"])


def test_a_model_that_is_not_there_is_said_with_those_that_are(server: Misbehaving) -> None:
    server.models = [{"id": "smell"}, {"id": "large"}]
    server.usual = failure(404, "model 'small' not found, try pulling it first")
    with pytest.raises(ServerLacksModel, match=r"no model 'small' \(did you mean 'smell'.*; it has smell, large"):
        ask(server)


def test_a_base_url_of_something_else_is_said(server: Misbehaving) -> None:
    server.usual = answer(b"<html>not here</html>", 404)
    with pytest.raises(RequestRejected, match="usually ends in /v1"):
        ask(server.url.replace("/v1", "/app"))


@pytest.mark.parametrize(
    "error",
    [
        "This model's maximum context length is 512 tokens. However, you requested 700 tokens (691 in the messages)",
        "This model's maximum context length is 512 tokens. However, your messages resulted in 700 tokens.",
        "request (700 tokens) exceeds the available context size (512 tokens), try increasing it",
        {"message": "too long", "type": "exceed_context_size_error", "n_prompt_tokens": 700, "n_ctx": 512},
    ],
)
def test_a_prompt_that_is_too_long_is_said_in_numbers(server: Misbehaving, error: object) -> None:
    server.usual = answer({"error": error}, 400)
    with client_of(server.url) as client, pytest.raises(InputTooLong) as caught:
        client.run(client.api.chat(QUESTION, Reply(), max_tokens=9))
    assert (caught.value.needed, caught.value.context) == (700, 512)


@pytest.mark.parametrize(
    "error",
    [
        b'data: {"error": {"message": "the card is full"}}\n\n',
        b'event: error\ndata: {"error": "the card is full"}\n\n',
        b'data: {"object": "error", "message": "the card is full", "code": 500}\n\n',
        b'{"error": {"message": "the card is full"}}',
    ],
)
def test_an_error_inside_a_stream_is_an_error(server: Misbehaving, sleeps: Sleeps, error: bytes) -> None:
    server.usual = raw(error)
    with pytest.raises(ServerFailed, match="the card is full"):
        ask(server, sleeps)
    assert len(server.requests) == TRIES


def test_an_error_inside_a_stream_keeps_its_status(server: Misbehaving, sleeps: Sleeps) -> None:
    server.usual = raw(b'data: {"error": {"message": "bad stop", "code": 400}}\n\n')
    with pytest.raises(RequestRejected, match="bad stop"):
        ask(server, sleeps)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "broken",
    [
        raw(b"data: {not json}\n\n"),
        raw(b'data: {"choices": "none"}\n\n'),
        raw(b"data: " + b'{"a":' * 50_000 + b"\n\n"),
        answer(b"not json"),
        answer(b""),
        answer({"choices": []}),
        answer([]),
    ],
)
def test_nonsense_is_said_to_be_nonsense(server: Misbehaving, broken: Behaviour) -> None:
    server.usual = broken
    with pytest.raises(ServerFailed, match="nonsense"):
        ask(server)
    assert len(server.requests) == 1


def test_an_empty_stream_is_an_error(server: Misbehaving) -> None:
    server.script.extend([raw(), raw()])
    with pytest.raises(ServerFailed, match="broke off"):
        ask(server)


def test_a_line_without_end_is_cut_off(server: Misbehaving) -> None:
    server.usual = flood(b"x" * 65536)
    with pytest.raises(ServerFailed, match="a line of more than"):
        ask(server)


def test_a_body_without_end_is_cut_off(server: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "MAX_BODY", 1 << 20)
    server.usual = flood(b": " + b"x" * 65536 + b"\n")
    with pytest.raises(ServerFailed, match="sends more than"):
        ask(server)


def test_an_error_without_end_is_cut_off(server: Misbehaving) -> None:
    def behave(handler: object) -> None:
        handler.start(400, "text/plain")  # type: ignore[attr-defined]
        while True:
            handler.wfile.write(b"no " * 9999)  # type: ignore[attr-defined]

    server.usual = behave
    with pytest.raises(RequestRejected, match="no no no") as caught:
        ask(server)
    assert len(str(caught.value)) < 500


def test_a_redirect_to_another_host_is_not_followed(server: Misbehaving, other_server: Misbehaving) -> None:
    server.usual = redirect(f"{other_server.url}/chat/completions?key={KEY}")
    with pytest.raises(ServerFailed, match=f"redirects to {other_server.url}/chat/completions"):
        ask(server)
    assert other_server.requests == []
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_redirect_within_the_server_is_followed(server: Misbehaving) -> None:
    server.script.append(redirect("/v1/elsewhere"))
    assert ask(server).text == "Tea is warm."
    first, second = server.requests
    assert second.path == "/v1/elsewhere"
    assert second.body == first.body
    assert second.headers["authorization"] == f"Bearer {KEY}"


def test_redirects_in_a_circle_end(server: Misbehaving) -> None:
    server.usual = redirect("/v1/chat/completions")
    with pytest.raises(ServerFailed, match="circle"):
        ask(server)


@pytest.mark.parametrize("status", [400, 429, 500])
def test_a_key_that_the_server_repeats_is_not_said(server: Misbehaving, status: int) -> None:
    server.usual = failure(status, f"bad header Bearer {KEY}\n\x1b[31m")
    with pytest.raises(ServerError, match=r"bad header Bearer \*\*\*"):
        ask(server)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (answer({"data": [{"index": 0, "embedding": [1, 2]}]}), "do not match"),
        (answer({"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1, 2]}]}), "do not match"),
        (answer(b'{"data": [{"index": 0, "embedding": [NaN]}, {"index": 1, "embedding": [1]}]}'), "nonsense"),
        (answer({"error": {"message": "no embeddings here"}}), "no embeddings here"),
        (answer({"data": [{"index": n, "embedding": [[1, 2], [3, 4]]} for n in (0, 1)]}), "an embedding model"),
    ],
)
def test_embeddings_that_are_none_are_an_error(server: Misbehaving, behaviour: Behaviour, words: str) -> None:
    server.usual = behaviour
    with client_of(server.url) as client, pytest.raises(ServerFailed, match=words):
        client.embed(["tea", "milk"])


def test_embeddings_come_in_the_order_of_the_texts(server: Misbehaving) -> None:
    server.usual = answer({"data": [{"index": 1, "embedding": [3, 4]}, {"index": 0, "embedding": [1, 2]}]})
    with client_of(server.url) as client:
        assert client.embed(["tea", "milk"]) == [[1, 2], [3, 4]]
        assert client.embed([]) == []
    assert server.requests[0].body == {"model": "small", "input": ["tea", "milk"]}
