"""The fence around a text under judgment: nothing in it can pass for the prompt's own words, or for a token of a chat.

Three things are done to a text. What no reader sees (:func:`visible`) is taken out. What a tokenizer might take for a
control token, or a judge for a tag, is written with other brackets. And where a text tries any of this, its tag gets a
name that the text cannot know: a hash of itself. A text that tries nothing is fenced as it stands, so that prompts on
ordinary texts stay what they were, and so do answers that were paid for.
"""

from __future__ import annotations

import hashlib
import re

FENCING = 2
"""Goes up when the fence writes a text in another way: a judge is then another than the one calibrated."""

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]|(?<=[\\x20-\\x7e])[\u200c\u200d\ufe00-\ufe0f]+(?=[\\x20-\\x7e])"
)
"""Characters without width, of direction, and tags; joiners and variants only inside ASCII, where they mean nothing."""

_TAG = re.compile(r"[<＜﹤]{1,2}(\s{0,2}[/|｜!]{0,2}\s{0,2}\w[^<>＜＞﹤﹥\n]{0,80}\s{0,3})[>＞﹥]{1,2}")
_NAMED = re.compile(
    r"\[(\s?/?\s?(?:INST|SYS|SYSTEM|SYSTEM_PROMPT|USER|ASSISTANT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|"
    r"ARGS|CALL_ID|MODEL_SETTINGS|THINK|PREFIX|MIDDLE|SUFFIX|IMG|IMG_BREAK|IMG_END|AUDIO|BEGIN_AUDIO|CONTROL_\d+|"
    r"CLS|SEP|PAD|MASK|UNK|BOS|EOS|gMASK|sMASK|unused\d{1,4})\s?|[|｜]/?[\w ]{1,40}[|｜])\]"
)
_OTHERS = re.compile(r"◁(/?\w{1,40})▷|\]~!?b[\[\]]|\[e~\[|\]<\]\w{1,40}\[>\[|>>([A-Z]{4,20})<<")
_OPENS = re.compile(r"[<＜﹤]\s*/?\s*[|｜]?\w")
_BARS = str.maketrans("|｜", "¦¦")


def visible(text: str) -> str:
    """A text without the characters that no reader sees and a model does."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def fence(text: str, tag: str) -> str:
    """A text under judgment between tags that it can neither close nor forge.

    Parameters
    ----------
    text : str
        Whatever a model wrote.
    tag : str
        The tag's name; a text that holds anything like a tag or a control token gets it with eight hex digits of its
        own hash behind, so that the text cannot say them.
    """
    text = visible(text).replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    safe = _OTHERS.sub(lambda found: f"({found[1] or found[2] or ''})", text)
    safe = _NAMED.sub(lambda found: f"({found[1].translate(_BARS)})", safe)
    safe = _TAG.sub(lambda found: f"‹{found[1].translate(_BARS)}›", safe)
    name, seen = tag, text
    if safe != text or _OPENS.search(safe):
        while name == tag or name in safe:
            seen = hashlib.sha256(f"{name}{seen}".encode()).hexdigest()
            name = f"{tag}-{seen[:8]}"
    return f"<{name}>\n{safe}\n</{name}>"
