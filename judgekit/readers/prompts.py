"""The bare question inside a chat or few-shot prompt."""

from __future__ import annotations

import re

_TURNS = (
    # Llama 3, with its special tokens and as decoded without them
    (r"<\|start_header_id\|>user<\|end_header_id\|>\s*", r"<\|eot_id\|>"),
    # ChatML, Zephyr and Phi-3, Gemma
    (r"<\|im_start\|>user\n", r"<\|im_end\|>"),
    (r"<\|user\|>\n?", r"(?:</s>|<\|end\|>|<\|assistant\|>)"),
    (r"<start_of_turn>user\n", r"<end_of_turn>"),
)
_MARKED = [re.compile(rf"{start}(?P<question>(?:(?!{start}).)*?){end}", re.DOTALL) for start, end in _TURNS]
_INST = re.compile(r"\[INST\](?P<question>(?:(?!\[INST\]).)*?)\[/INST\]\s*$", re.DOTALL)
_SYSTEM = re.compile(r"^\s*<<SYS>>.*?<</SYS>>", re.DOTALL)
# decoded without special tokens, role names stay behind: glued to the turn before and two line ends after them
# (Llama 3), or each on a line of its own (ChatML)
_ROLES = re.compile(r"(?:system|user)\n(?P<second>\n?).*assistant\n+", re.DOTALL)
_QUESTION = re.compile(r"^[ \t#]*Question:", re.MULTILINE)
_ANSWER = re.compile(r"\n[ \t#]*Answer:\s*$")


def bare_question(prompt: str) -> str:
    """The last thing a user asked in a prompt, without chat mark-up, system prompt or worked examples.

    Text in no known form comes back as it is, outer blanks removed.
    """
    text = _turn(prompt)
    asked = [found.end() for found in _QUESTION.finditer(text)]
    answer = _ANSWER.search(text, asked[-1]) if asked else None
    if answer:
        text = text[asked[-1] : answer.start()]
    return text.strip()


def _turn(prompt: str) -> str:
    for pattern in _MARKED:
        if turns := [match["question"] for match in pattern.finditer(prompt)]:
            return turns[-1]
    if found := _INST.search(prompt):
        return _SYSTEM.sub("", found["question"])
    if found := _ROLES.fullmatch(prompt):
        before, after = ("", "\n\n") if found["second"] else ("\n", "\n")
        asked = "\n" + prompt.rstrip("\n").removesuffix("assistant").removesuffix(before)
        last = asked.rpartition(f"{before}assistant{after}")[2]
        return f"\n{last}".partition(f"{before}user{after}")[2]
    return prompt
