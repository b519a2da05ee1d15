"""Simulated annotators: one judge asked N times, each time with other labeled examples in front.

Each annotator is K examples put before the question; its opinion is taken in one order of the options, or in both,
and the label probabilities of all are averaged (Jung, Brahman and Choi, "Trust or Escalate", arXiv 2407.18370,
section 2.2; asking in both orders is what their released code does, and cancels the pull of a letter's place).

Here: examples, the panel, and the judge that asks it. Not here: how a prompt reaches a model (``openai``, ``vllm``).
"""

from judgekit.judges.annotators.examples import Annotators, Example, load_examples
from judgekit.judges.annotators.judge import ModelJudge, OpenAIJudge, VLLMJudge
from judgekit.judges.annotators.panel import Panel, combine

__all__ = [
    "Annotators",
    "Example",
    "ModelJudge",
    "OpenAIJudge",
    "Panel",
    "VLLMJudge",
    "combine",
    "load_examples",
]
