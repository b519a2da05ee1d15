"""What the page's script writes is written as the sentences and tables around it write it."""

from __future__ import annotations

import random
from importlib.resources import files

import pytest

from judgekit.report.words import percent

pytestmark = pytest.mark.browser

SCRIPT = files("judgekit.report.render").joinpath("page", "dom.js").read_text("utf-8")


def test_a_share_in_percent_has_one_form(browser) -> None:
    """Also at ties, near nothing and near everything, and just beside where it changes."""
    drawn = random.Random(7)
    shares = [
        *(
            0.0,
            1e-12,
            1e-9,
            2e-9,
            4e-4,
            5e-4,
            9.999e-4,
            1e-3,
            0.5,
            0.999,
            0.9990001,
            0.9996,
            1 - 1e-8,
            1 - 1e-12,
            1.0,
        ),
        *(k / 400 for k in range(401)),  # every tie of one decimal that a number can hold
        *(k / 10_000 for k in range(0, 10_001, 5)),
        *(drawn.random() for _ in range(2000)),
    ]
    browser.get("about:blank")
    told = browser.execute_script(f"{SCRIPT}; return arguments[0].map(say.percent);", shares)
    assert [text.replace("\u00a0", " ") for text in told] == [percent(share) for share in shares]
