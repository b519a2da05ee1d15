"""Makes ``tiny.eval``, the log that tests read, with inspect-ai 0.3.285: ``python make_log.py`` in an empty folder."""

from pathlib import Path

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    ModelOutput,
    ModelUsage,
    get_model,
)
from inspect_ai.scorer import Score, includes, mean, scorer
from inspect_ai.solver import generate

SAID = ("Ann was born in Ghent.", "In Åbo, I think.", "I don't know.", "In Oslo.")


def made(text):
    """An output of the mock model; without usage it would look for a tokenizer."""
    output = ModelOutput.from_content("mockllm/model", text)
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output


@scorer(metrics=[mean()])
def unsure():
    """A number, or none."""

    async def score(state, target):
        return Score.unscored(reason="no_response") if state.epoch == 2 else Score(value=0.25)

    return score


TURNS = [
    ChatMessageSystem(content="Be brief."),
    ChatMessageUser(content="Hello"),
    ChatMessageAssistant(content="Hi"),
    ChatMessageUser(content="Where was Bob born?"),
]
SAMPLES = [
    Sample(id=1, input="Where was Ann born?", target="Ghent", metadata={"split": "forget", "method": "npo"}),
    Sample(id="b", input=TURNS, target=["Turku", "Åbo"], metadata={"split": "retain", "method": "npo"}),
]

if __name__ == "__main__":
    (log,) = eval(
        Task(MemoryDataset(SAMPLES, name="tiny"), solver=generate(), scorer=[includes(), unsure()]),
        model=get_model("mockllm/model", custom_outputs=list(map(made, SAID))),
        epochs=2,
        max_samples=1,
        log_dir=".",
        log_realtime=False,
        display="none",
    )
    Path(log.location.removeprefix("file://")).replace("tiny.eval")
