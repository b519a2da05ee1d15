"""By which names a server answers, and what its link and policy say."""

from __future__ import annotations

import socket

import pytest
from aiohttp.test_utils import make_mocked_request

from judgekit.labeling.page.guard import Guard, policy

HERE = socket.gethostname()


@pytest.mark.parametrize(
    ("listens", "asked", "answers"),
    [
        ("127.0.0.1", "127.0.0.1:8000", True),
        ("127.0.0.1", "localhost:8000", True),
        ("127.0.0.1", "LOCALHOST:8000", True),
        ("::1", "[::1]:8000", True),
        ("127.0.0.1", f"{HERE}:8000", False),
        ("127.0.0.1", "127.0.0.1:80", False),
        ("127.0.0.1", "127.0.0.1", False),
        ("127.0.0.1", "evil.example:8000", False),
        ("127.0.0.1", "", False),
        ("192.0.2.7", "192.0.2.7:8000", True),
        ("192.0.2.7", "localhost:8000", False),
        ("0.0.0.0", "192.0.2.7:8000", True),
        ("0.0.0.0", f"{HERE}:8000", True),
        ("::", "[2001:db8::1]:8000", True),
        ("0.0.0.0", "evil.example:8000", False),
        ("0.0.0.0", "192.0.2.7.evil.example:8000", False),
    ],
)
def test_a_server_answers_by_its_own_names_alone(listens: str, asked: str, answers: bool) -> None:
    """A site whose name is made to point here is none; an address is nobody's to point anywhere."""
    request = make_mocked_request("GET", "/", headers={"Host": asked})
    assert (Guard(listens, 8000).refusal(request) == "") == answers


@pytest.mark.parametrize(
    ("origin", "answers"),
    [("http://127.0.0.1:8000", True), ("https://127.0.0.1:8000", False), ("http://localhost:8000", False)],
)
def test_a_request_comes_from_this_very_page(origin: str, answers: bool) -> None:
    request = make_mocked_request("POST", "/", headers={"Host": "127.0.0.1:8000", "Origin": origin})
    assert (Guard("127.0.0.1", 8000).refusal(request) == "") == answers


def test_the_link_is_one_that_a_browser_can_open_and_nobody_guesses() -> None:
    assert Guard("::1", 8000).link.startswith("http://[::1]:8000/?token=")
    assert Guard("0.0.0.0", 8000).link.startswith(f"http://{HERE}:8000/?token=")
    guard, other = Guard("127.0.0.1", 8000), Guard("127.0.0.1", 8000)
    assert guard.token != other.token and len(guard.token) >= 32 and guard.token not in repr(guard)
    assert guard.admits(guard.token)
    assert not any(map(guard.admits, (None, "", other.token, guard.token[:-1], guard.token + "x", "\ud800")))


def test_a_policy_names_its_nonce_for_script_and_style_and_nothing_else() -> None:
    assert "script-src 'nonce-abc'; style-src 'nonce-abc'" in policy(
        "abc"
    ) and "default-src 'none'" in policy("abc")
