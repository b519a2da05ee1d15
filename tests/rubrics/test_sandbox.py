"""A template writes a prompt and can do nothing else: what it may not is refused before anything is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgekit.errors import ConfigError
from judgekit.records import Hop, Item
from judgekit.rubrics import load_rubric, shipped_rubrics
from judgekit.rubrics.sandbox import LONGEST_TEMPLATE, HopTexts, Sandbox, rendered
from judgekit.validation import validate

YAML = "name: hints\nlabels: [{name: told, meaning: m}, {name: hidden, meaning: m}]\n"
ITEM = Item(
    id="1",
    question="Who?",
    references=("Ann", "A. Lee"),
    outputs=("No.",),
    hops=(Hop(question="q", reference="r"),),
)


def folder(path: Path, instruction: str = "Decide.", item: str = "{{ output }}") -> Path:
    (path / "rubric.yaml").write_text(YAML)
    (path / "template.j2").write_text(
        f"{{% block instruction %}}{instruction}{{% endblock %}}{{% block item %}}{item}{{% endblock %}}"
    )
    return path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ 1/0 }}", "ZeroDivisionError: division by zero"),
        ("{% include 'x' %}", "line 1: a rubric's template includes another template; it may not"),
        ("{% import 'x' as x %}", "imports another template"),
        ("{% for i in range(99999) %}{% endfor %}", "calls a function"),
        ("{{ ''.join(letters) }}", "calls a function"),
        ("{% macro f() %}{{ f() }}{% endmacro %}", "defines a macro"),
        ("{% set a = 'x' %}", "sets a variable"),
        ("{{ 9 ** 9 ** 9 }}", "raises to a power"),
        ("{{ 'a' * 1000000000 }}", "multiplies"),
        ("{{ '%1000000000d' % 1 }}", "formats or takes a remainder"),
        ("{{ 'a' | center(1000000000) }}", "No filter named 'center'"),
        ("{{ letters | map('center', 1000000000) | join }}", "No filter named 'center'"),
        (
            "{% for a in letters %}{% for b in letters %}{% for c in letters %}{% endfor %}{% endfor %}{% endfor %}",
            "loops inside each other deeper than 2",
        ),
        ("{% for a in letters recursive %}{% endfor %}", "loops inside each other"),
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ 5 | fence }}", "TypeError"),
        ("{{ letters.__class__ }}", "unsafe"),
        ("{% if %}", "Expected an expression"),
        ("x" * LONGEST_TEMPLATE, "longer than 65,536 characters"),
    ],
    ids=range(19),
)
def test_what_a_template_may_not_is_said_when_it_is_loaded(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_rubric(folder(tmp_path, instruction=text))
    assert (
        told in str(caught.value) and "rubric 'hints'" in str(caught.value) and "\n" not in str(caught.value)
    )
    (examined,) = validate(tmp_path)
    assert [str(fault) for fault in examined.faults] == [str(caught.value)]


def test_what_goes_wrong_with_one_item_is_one_line(tmp_path: Path) -> None:
    rubric = load_rubric(folder(tmp_path, item="{{ 1 / (references | length - 2) }}"))
    with pytest.raises(
        ConfigError, match="rubric 'hints', block 'item': ZeroDivisionError: division by zero"
    ):
        rubric.render(ITEM)


def test_what_is_written_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("judgekit.rubrics.sandbox.LONGEST_PROMPT", 1000)
    for text in ("{% for a in q %}{% for b in q %}x{% endfor %}{% endfor %}", "{{ q | join(q) }}"):
        template = Sandbox().compiled(f"{{% block item %}}{text}{{% endblock %}}")
        with pytest.raises(ConfigError, match="it writes more than 1,000 characters"):
            rendered(template, "item", {"q": "x" * 40})


def test_what_a_template_needs_it_may() -> None:
    text = """{% block item %}{% for hop in hops if hop.reference %}{{ loop.index + 1 }}. {{ hop.question | upper }}
    {%- for letter in letters %} {{ letter ~ "!" }}{% endfor %}{% else %}none{% endfor %}
    {{- references[0] if references else "-" }} {{ references | join(" | ") }} {{ question | trim | default("") }}
    {%- raw %}{{ x }}{% endraw %}{% endblock %}"""
    values = {
        "hops": (HopTexts("q", "r", ""),),
        "letters": "AB",
        "references": ITEM.references,
        "question": " Who? ",
    }
    assert rendered(Sandbox().compiled(text), "item", values) == "2. Q A! B!Ann Ann | A. Lee Who?{{ x }}"


def test_every_shipped_template_is_sound() -> None:
    for name in shipped_rubrics():
        assert load_rubric(name).checked()
