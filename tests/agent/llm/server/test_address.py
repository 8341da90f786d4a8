"""Which addresses are of this machine: nothing is sent elsewhere without being asked for."""

from __future__ import annotations

from newaisle.agent.llm.server.address import is_loopback


def test_only_an_address_of_this_machine_counts_as_one() -> None:
    for url, is_here in [
        ("http://localhost:80/v1", True),
        ("http://LOCALHOST", True),
        ("https://127.9.9.9/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://a.localhost", True),
        ("http://localhost.example", False),
        ("http://localhost@example.com/", False),
        ("http://example.com#@localhost", False),
        ("http://127.0.0.1.example", False),
        ("http://0.0.0.0", False),
        ("http://[", False),
        ("http://", False),
    ]:
        assert is_loopback(url) is is_here, url
