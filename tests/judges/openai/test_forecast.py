"""What a request will take: never less than what requests took before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from judgekit.judges.base import Ask
from judgekit.judges.openai.forecast import Forecast
from judgekit.judges.openai.settings import Settings
from judgekit.judges.price import Usage
from judgekit.rubrics import Prompt

PRICED = {"model": "m", "base_url": "http://localhost/v1", "price": {"input": 1.0, "output": 2.0}}


def ask(text: str) -> Ask:
    return Ask("key", Prompt(messages=({"role": "user", "content": text},), options={"A": "yes", "B": "no"}))


@given(st.text(min_size=1, max_size=50), st.integers(1, 10_000), st.integers(1, 500))
def test_what_a_request_took_the_same_request_is_trusted_with(
    text: str, prompt: int, completion: int
) -> None:
    settings = Settings.model_validate(PRICED)
    forecast, one = Forecast(settings), ask(text)
    usage = Usage(prompt_tokens=prompt, completion_tokens=completion)
    before = forecast.most([one])
    forecast.learn([one], usage, 1)
    cost = usage.cost(settings.price)
    assert cost is not None and forecast.most([one]) >= cost
    assert forecast.most([one, one]) == 2 * forecast.most([one])
    assert before > 0 and forecast.tokens(one) > 0


def test_without_a_price_nothing_is_set_aside() -> None:
    unpriced = {key: value for key, value in PRICED.items() if key != "price"}
    assert Forecast(Settings.model_validate(unpriced)).most([ask("x")]) == 0
