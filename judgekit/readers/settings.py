"""Which method a run was unlearned by, and at which settings: from the method's text and from Hydra's overrides.

The text is that of a column, an option or a folder's name: ``NPO lr=1e-4 beta=0.1``, ``forget10_NPO_lr2e-05_beta0.5``,
``city_forget_5_npo_lora_r32_lr1e-3_beta0p5``. It is read part by part. A setting is ``key=value``, a known key with its
number, and after the first of these any letters with a number. What stands before the first setting is the method, less
the forget split; words after it are kept together as ``variant``. What is doubtful stays in the method's name.

Hydra's overrides go before the text: they record what was run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from judgekit.readers.names import is_method

Value = float | str
"""A setting's value: a number where it is one."""

DATA, VARIANT = "data", "variant"
"""Settings without a key of their own: what was to be forgotten, and words among the settings."""

_NONE: Mapping[str, str] = MappingProxyType({})
_CALLED = {
    "lr": ("learning_rate",),
    "epochs": ("epoch", "ep", "num_train_epochs", "num_epochs"),
    "steps": ("step", "max_steps"),
    "batch size": ("bs", "batch_size", "per_device_train_batch_size"),
    "accumulation": ("gradient_accumulation_steps",),
    "weight decay": ("wd", "weight_decay"),
    "warmup": ("warmup_ratio", "warmup_steps", "warmup_epochs"),
    "checkpoint": ("ckpt",),
    "coeff": ("coef",),
    "layer": ("layers",),
    "lora r": ("lora_r", "lora_rank"),
    "lora alpha": ("lora_alpha", "lalpha"),
    "lora dropout": ("lora_dropout", "ldrop"),
    **dict.fromkeys(("seed", "alpha", "beta", "gamma", "delta", "lambda", "ratio", "mix"), ()),
}
_NAMES = {other: name for name, others in _CALLED.items() for other in (name, *others)}
_ADAPTERS = ("lora", "qlora", "dora")

_KNOWN = "|".join(sorted(_NAMES, key=len, reverse=True))
_APART = r"[\s_,;·]"
_END = rf"(?={_APART}|-[a-z]|$)"
_DIGITS = r"\d+(?:[.p]\d+)?(?:e[-+]?\d+)?"
_PART = re.compile(
    rf"""(?P<key>(?<=[\s,;·])[a-z]\w*|[a-z][^\W_]*(?:\.\w+)+|{_KNOWN}|[a-z][^\W_]*)
             =(?P<value>[-+]?{_DIGITS}{_END}|[^\s_,;·=]+)
       | (?P<known>{_KNOWN})[-_ ]?(?P<number>{_DIGITS}){_END}
       | (?P<letters>[a-z]+)(?P<digits>{_DIGITS}){_END}
       | (?P<word>(?:(?!-(?:{_KNOWN})[-_= ]?\d)[^\s_,;·])+)""",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER = re.compile(rf"[-+]?{_DIGITS}", re.IGNORECASE)
_FORGOTTEN = re.compile(
    r"(?P<before>(?:[a-z]+[ _]+){0,2})(?P<split>forget(?:[ _][a-z]+)??[ _]?\d+%?)(?:[ _]+(?P<rest>.+))?",
    re.IGNORECASE,
)
_FORGOTTEN_LAST = re.compile(r"(?<=\w)[ _]+(forget\d+)$", re.IGNORECASE)
_SPLIT = re.compile(r"forget\w{0,30}", re.IGNORECASE)
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")
_EVALUATED = re.compile(r"evals?[-_](forget\d+)")
"""A folder of logs that says which forget split was asked: the one model before unlearning is asked about each."""

_METHOD_KEYS = ("trainer", "method")
_SPLIT_KEY = "forget_split"
_OF_TRAINING = re.compile(
    r"(^|\.)(trainer|train(ing)?|optim(izer)?|unlearn(ing)?|method_args|lora\w*|peft\w*)\."
)
_SECRET = re.compile(
    r"token|secret|passw|passphrase|credential|key$|name|user|login|account|(^|[._])(hub|pass|pin)([._]|$)",
    re.IGNORECASE,
)
"""Keys of what opens something, or says whose it is."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z_+-]{0,30}")


class Trained(NamedTuple):
    """How a run was made: ``method`` without its settings, and ``settings`` by name."""

    method: str
    settings: Mapping[str, Value]


def trained(text: str, overrides: Mapping[str, str] = _NONE, folders: Sequence[str] = ()) -> Trained:
    """The method and settings of a run.

    Parameters
    ----------
    text : str
        The method, as the outputs name it.
    overrides : mapping
        What Hydra recorded of the training (:func:`of_training`).
    folders : sequence of str
        Those that the outputs were read from, the nearest first. One that the method's text ends in names a method
        that nobody knows yet; ``checkpoint-60`` is a setting, and so is the forget split of ``evals_forget05``.

    Returns
    -------
    Trained
        Its method is empty where the text holds nothing but settings.
    """
    head, settings, words = _read(text)
    trainer = next((overrides[key] for key in _METHOD_KEYS if key in overrides), "")
    method, data, more = _without_data(head)
    words = [*more, *words]
    if trainer:
        words = [*_without(method, trainer), *words]
        method = trainer
    elif named := _named(method, folders):
        data = " ".join(filter(None, (data, method[: -len(named)].strip(" _"))))
        method = named
    for folder in folders:
        if found := _CHECKPOINT.fullmatch(folder):
            settings.setdefault("checkpoint", float(found[1]))
        data = data or ((found := _EVALUATED.fullmatch(folder)) and found[1]) or ""
    for key, value in overrides.items():
        if key not in _METHOD_KEYS:
            settings[_name(key)] = _value(value)
    if data:
        settings.setdefault(DATA, data)
    settings |= {VARIANT: " ".join(words)} if words else {}
    return Trained(method, settings)


def of_training(overrides: Mapping[str, str], said: str | None = None) -> dict[str, str]:
    """Those of Hydra's overrides that say how a model was trained.

    Kept are the trainer; numbers and single words whose key lies below a trainer's, optimizer's or adapter's
    (``trainer.args.learning_rate``); numbers whose key is a setting known by name (``seed``); and the forget split of
    an unlearning trainer. Nothing else is: an override may hold a path or a secret. Nor is a key that sounds like a
    secret or a name (``pin``, ``run_name``).

    Parameters
    ----------
    overrides : mapping
    said : str, optional
        The method in a person's own words; what it says goes before the overrides.
    """
    known = trained(said).settings if said else {}
    unlearned = any(overrides.get(key, "finetune").lower() != "finetune" for key in _METHOD_KEYS)
    return {
        key: value
        for key, value in overrides.items()
        if not _SECRET.search(key) and (said is None or key not in _METHOD_KEYS) and _name(key) not in known
        if (_OF_TRAINING.search(key) and (is_number(value) or _PLAIN.fullmatch(value)))
        or (key.lower() in _NAMES and is_number(value))
        or (key == _SPLIT_KEY and unlearned and _SPLIT.fullmatch(value))
        or (key in _METHOD_KEYS and value.lower() != "finetune")
    }


def is_settings(text: str) -> bool:
    """Whether a text holds settings and nothing else: ``lr=1e-4 beta=0.1``, ``lr 1e-4``."""
    head, settings, words = _read(text)
    return bool(settings) and not head and not words


def is_number(text: str) -> bool:
    """Whether a setting's value is a number."""
    return bool(_NUMBER.fullmatch(text))


def shown(value: Value) -> str:
    """A setting's value as a reader writes it: 1e-4, 0.5, 10."""
    if isinstance(value, str):
        return value
    if value and not 0.01 <= abs(value) < 1e6:
        digits, _, exponent = f"{value:e}".partition("e")
        return f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"
    return f"{value:g}"


def _read(text: str) -> tuple[str, dict[str, Value], list[str]]:
    """What stands before the first setting, the settings, and the words among them."""
    head: list[re.Match[str]] = []
    settings: dict[str, Value] = {}
    words: list[str] = []
    among = False
    for found in _PART.finditer(text):
        part = found[0]
        if found["key"] and found["key"].lower() in _METHOD_KEYS:
            return _read(f"{found['value']} {text[: found.start()]} {text[found.end() :]}")
        if found["key"]:
            settings[_name(found["key"])] = _value(found["value"])
        elif found["known"]:
            settings[_name(found["known"])] = _value(found["number"])
        elif among and found["letters"] and not is_method(part):
            settings[found["letters"]] = _value(found["digits"])
        elif among or (head and part.lower() in _ADAPTERS):
            words.append(part)
        else:
            head.append(found)
            continue
        among = True
    if not head:
        return " ".join(words), settings, []
    return text[head[0].start() : head[-1].end()], settings, words


def _without_data(text: str) -> tuple[str, str, list[str]]:
    """A method's text without the forget split in it, the split, and words that are neither.

    A word before the split is the method if it is a known one, and says nothing if the rest is the same in other
    letters: the trainer that :mod:`judgekit.readers.names` puts before a folder's name.
    """
    if found := _FORGOTTEN.fullmatch(text):
        before, rest = _words(found["before"]), found["rest"] or ""
        if before and is_method(before[0]) and not any(map(is_method, before[1:])):
            return before[0], "_".join([*before[1:], found["split"]]), _words(rest)
        if rest and not any(map(is_method, before)):
            repeated = bool(before) and _folded(before[0]) == _folded(rest)
            return rest, "_".join([*before[repeated:], found["split"]]), []
    if found := _FORGOTTEN_LAST.search(text):
        return text[: found.start()], found[1], []
    return text, "", []


def _folded(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def _words(text: str) -> list[str]:
    return [word for word in re.split("[ _]+", text) if word]


def _without(text: str, trainer: str) -> list[str]:
    """The words of a text, once without the trainer's name."""
    words = _words(text)
    same = [word for word in words if word.lower() == trainer.lower()]
    if same:
        words.remove(same[0])
    return words


def _named(text: str, folders: Sequence[str]) -> str:
    """The end of a text that is a folder's name, where no other part of the text is a known method."""
    if any(map(is_method, _words(text))):
        return ""
    for folder in folders:
        if re.search(rf"[ _]{re.escape(folder)}$", text, re.IGNORECASE):
            return text[-len(folder) :]
    return ""


def _name(key: str) -> str:
    """What a key is called here, however a tool spells it: ``trainer.args.learning_rate`` is ``lr``."""
    last = key.rsplit(".", 1)[-1]
    if last == _SPLIT_KEY:
        return DATA
    if last == "r" and "lora" in key:
        return "lora r"
    return _NAMES.get(last.lower(), last)


def _value(text: str) -> Value:
    text = text.strip("'\"")
    if not is_number(text):
        return text
    number = float(text.lower().replace("p", "."))
    return number if math.isfinite(number) else text
