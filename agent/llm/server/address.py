"""What an address of a server looks like."""

from __future__ import annotations


def is_url(spec: str) -> bool:
    """Whether a model is one of a server, `URL#MODEL`, and not the name of a local one."""
    return spec.startswith(("http://", "https://"))


def is_loopback(url: str) -> bool:
    """Whether a server is on this machine, going by its address."""
    import re
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # no address at all
        return False
    return host in ("localhost", "::1") or host.endswith(".localhost") or bool(re.fullmatch(r"127(\.\d+){3}", host))
