"""What stands around a letter and is no part of it: marks of Markdown, LaTeX and HTML, and what templates leave."""

from __future__ import annotations

import re
from typing import NamedTuple


class Named(NamedTuple):
    """A letter, and its index in the text that names it."""

    letter: str
    at: int


WIDE = (
    {0xFF21 + i: chr(ord("A") + i) for i in range(26)}
    | {ord(wide): plain for wide, plain in zip("（）：．，！？【】", "():.,!?[]", strict=True)}
    | dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\x00"), " ")
)
"""Full-width forms and characters without width, one character for one, so that places in a text stay."""

_SPECIAL = r"<[|｜][\w▁-]{1,40}[|｜]>"
RESIDUE = re.compile(
    r"\A(?:\s*(?:<[|｜](?!user|system)[\w▁-]{1,40}[|｜]>|<bos>|<pad>|<s>(?!.*</s>)|<start_of_turn>|\[/INST\])){1,8}"
    rf"(?:\s*(?:assistant|model)\b(?=\W)(?:\s*{_SPECIAL})*)?"
    r"|\A(?:assistant|model)[^\S\n]*\n|\AAssistant:(?=\s)"
    r"|\A(?:\#{1,4}[ ]|\*\*)(?:Final[ ])?(?:Response|Answer|Verdict|Judge?ment|Decision|Choice):?(?:\*\*)?[^\S\n]*\n"
    rf"|(?:\s*(?:{_SPECIAL}|<eos>|<pad>|</s>|<end_of_turn>|\[EOS\])){{1,8}}\s*\Z",
    re.DOTALL | re.IGNORECASE,
)
"""What a chat template leaves at the ends of an answer; ``<s>B</s>`` may be struck out and stays."""

_TAGS = (
    "answer",
    "verdict",
    "label",
    "choice",
    "option",
    "result",
    "final",
    "b",
    "i",
    "em",
    "strong",
    "p",
    "code",
)
_WRAPS = (
    ("```text\n", "\n```"), ("```plaintext\n", "\n```"), ("```markdown\n", "\n```"),
    ("**", "**"), ("__", "__"), ("*", "*"), ("_", "_"), ("```", "```"), ("`", "`"), ('"', '"'), ("'", "'"),
    ("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"), ("„", "“"), ("‘", "’"), ("«", "»"), ("「", "」"), ("『", "』"),
    *((f"<{tag}>", f"</{tag}>") for tag in _TAGS),
    ("\\boxed{", "}"), ("\\text{", "}"), ("\\textbf{", "}"), ("\\mathbf{", "}"), ("\\mathrm{", "}"),
    ("\\(", "\\)"), ("\\[", "\\]"), ("$", "$"),
)  # fmt: skip
_BEFORE = re.compile(r"[\s>#•▁Ġ✅✔️☑️→⇒➡👉-]+|=>|\*{1,3}(?=\S)|\(")
_BEHIND = re.compile(r"[\s.,;:!。✅✔️☑️)]+$")


def bare(text: str) -> Named | None:
    """The letter that a text is, but for marks around it, whichever letter it is."""
    start, core = 0, text.translate(WIDE)
    while True:
        left = next((pair for pair in _WRAPS if _inside(core, *pair)), None)
        if left is not None:
            start, core = start + len(left[0]), core[len(left[0]) : -len(left[1])]
            core = core.upper() if left[0] == "(" and len(core) == 1 else core
        elif match := _BEHIND.search(core):
            core = core[: match.start()]
        elif match := _BEFORE.match(core):
            start, core = start + match.end(), core[match.end() :]
        else:
            break
    return Named(core, start) if len(core) == 1 and "A" <= core <= "Z" else None


def _inside(core: str, left: str, right: str) -> bool:
    return len(core) > len(left) + len(right) and core.startswith(left) and core.endswith(right)
