"""The sections of a report, by the question a reader has; findings, tables and charts say which one they answer."""

from __future__ import annotations

from typing import Literal, get_args

Section = Literal["answer", "leaks", "kept", "compare", "sweep", "trust", "cost", "measures", "items"]

SECTIONS: dict[Section, str] = {
    "answer": "The answer",
    "leaks": "How much still leaks, and how was the rest forgotten?",
    "kept": "What was kept?",
    "compare": "Which run is better, and how sure is that?",
    "sweep": "What does a method's setting change?",
    "trust": "May I trust it?",
    "cost": "What did it cost?",
    "measures": "What do the papers' measures say?",
    "items": "Show me the outputs",
}
"""Section -> its heading, in reading order."""

assert tuple(SECTIONS) == get_args(Section)
