"""A rubric's template, which may come from anybody, reaches no attribute, file, variable or code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from judgekit.errors import ConfigError
from judgekit.records import Hop, Item
from judgekit.rubrics import load_rubric
from judgekit.rubrics.sandbox import Sandbox

CANARY = "canary-of-the-environment"
ROOTS = (
    "question",
    "references",
    "reference",
    "outputs",
    "output",
    "hops",
    "letters",
    "''",
    "()",
    "{}",
    "0",
    "1.5",
)
"""Every value that an item's block is given, and what a template makes itself."""

PICKLE = "cos\\nsystem\\n(S'touch {file}'\\ntR."

PAYLOADS = (
    # what objects lead to
    *(f"{{{{ {root}.__class__.__mro__[-1].__subclasses__() }}}}" for root in ROOTS),
    *(f"{{{{ {root}['__class__'] }}}}" for root in ROOTS),
    *(f"{{{{ {root} | attr('__class__') }}}}" for root in ROOTS),
    *(f"{{{{ ({root} | attr)('__class__') }}}}" for root in ROOTS[:2]),
    "{{ [question] | map(attribute='__class__') | list }}",
    "{{ [question] | map('attr', '__class__') | list }}",
    "{{ [question] | groupby('__class__') | list }}",
    "{{ [question] | selectattr('__class__') | list }}",
    "{{ [question] | sum(attribute='__class__', start='') }}",
    "{{ [question] | sort(attribute='__class__.__name__') | list }}",
    "{{ [question] | unique(attribute='__class__') | list }}",
    "{{ [question] | min(attribute='__class__') }}",
    # by formatting
    "{{ '{0.__class__.__init__.__globals__}'.format(question) }}",
    "{{ '{0[0].__class__}'.format([question]) }}",
    "{{ '{x.__class__}'.format_map({'x': question}) }}",
    "{{ ['{0.__class__}'] | map('format', question) | list }}",
    "{{ ('{0.__class__}' | attr('format'))(question) }}",
    "{{ ['{0.__class__}'.format] | map('string') | list }}{{ '{0.__class__}'.format.__self__ }}",
    "{% set f = '{0.__class__}'.format %}{{ f(question) }}",
    "{{ {'f': '{0.__class__}'.format}['f'](question) }}",
    "{{ '%s' | format(question.__class__) }}",
    # names put together
    "{{ question['__cla' ~ 'ss__'] }}",
    "{{ question | attr('_' * 2 ~ 'class' ~ '_' * 2) }}",
    "{{ question | attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ question['\\u005f\\u005fclass\\u005f\\u005f'] }}",
    "{{ question | attr(['__', 'class', '__'] | join) }}",
    "{{ question | attr('__ssalc__' | reverse) }}",
    # what Jinja brings
    "{{ lipsum.__globals__['os'].popen('touch {file}').read() }}",
    "{{ cycler.__init__.__globals__.os.system('touch {file}') }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ namespace(x=1).__class__ }}",
    "{{ range.__class__ }}",
    "{{ dict.__base__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context.environment }}",
    "{{ self.item.__func__ }}",
    "{{ self.instruction._context.environment }}",
    "{{ lipsum | attr('__globals__') }}",
    "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
    "{% for x in [1] %}{{ loop._iterable.__class__ }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m.__init__.__globals__ }}",
    "{% macro m() %}{{ caller._environment }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% set ns = namespace() %}{% set ns.__class__ = 1 %}{{ ns }}",
    "{{ [].append.__self__.__class__ }}",
    "{{ [].append(1) }}{{ {}.update(a=1) }}",
    "{{ (question.upper).__self__.__class__ }}",
    "{{ ().__iter__ }}",
    "{{ undefined_name.__class__ }}",
    # other files and code
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}{{ os }}",
    "{% from '/etc/passwd' import x %}",
    "{% extends '/etc/passwd' %}",
    "{{ config }}{{ request }}{{ get_flashed_messages }}",
    "{{ open('/etc/passwd').read() }}",
    "{{ __import__('os').system('touch {file}') }}",
    "{{ ().__class__.__base__.__subclasses__()[104].__init__.__globals__ }}",
    "{% do question %}",
    "{% set x = question.__class__ %}{{ x }}",
    "{% filter attr('__class__') %}x{% endfilter %}",
    # methods of records: pydantic reads files and pickles by them
    "{{ hops[0].parse_file('/etc/passwd') }}",
    f'{{{{ hops[0].parse_raw("{PICKLE}".encode("latin1"), proto="pickle", allow_pickle=True) }}}}',
    "{{ hops[0].parse_obj({}) }}",
    "{{ hops[0].model_fields }}",
    "{{ hops[0].model_config.__class__ }}",
    "{{ hops[0].model_construct }}",
    "{{ hops[0].model_json_schema() }}",
    "{{ hops[0].copy(update={'question': 1}) }}",
    "{{ hops[0]._replace(question=1).__class__ }}",
    "{{ hops[0]._make }}{{ hops[0]._fields }}",
)


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    """The folder of a rubric of chains, to which a template is added."""
    (tmp_path / "rubric.yaml").write_text(
        "name: x\nkind: chain\nlabels: [{name: a, meaning: m}, {name: b, meaning: m}]\n"
    )
    return tmp_path


def item() -> Item:
    """An item with a step, so that a template is given everything there is."""
    hop = Hop(question="Where?", reference="Ghent", output="Ghent")
    return Item(id="1", question="Who?", references=("Ada",), outputs=("Ada",), hops=(hop,))


@pytest.mark.parametrize("block", ["item", "instruction"])
@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda text: text[:60])
def test_a_template_reaches_nothing(
    payload: str, block: str, rubric: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CANARY", CANARY)
    file = tmp_path / "pwned"
    payload = payload.replace("{file}", str(file))
    other = {"item": "instruction", "instruction": "item"}[block]
    (rubric / "template.j2").write_text(
        f"{{% block {block} %}}said: {payload}{{% endblock %}}{{% block {other} %}}{{% endblock %}}"
    )
    try:
        said = "".join(message["content"] for message in load_rubric(rubric).render(item()).messages)
    except Exception as error:
        said = str(error) if isinstance(error, ConfigError) else ""
    assert not file.exists()
    for sign in (
        CANARY,
        "root:",
        "<class",
        "<function",
        "<module",
        "<bound",
        "built-in",
        "FieldInfo",
        "environ({",
    ):
        assert sign not in said, said[:300]


def test_the_payloads_are_many_and_some_work_without_the_sandbox() -> None:
    assert len(PAYLOADS) > 80
    import jinja2

    worked = 0
    for payload in PAYLOADS:
        if "{file}" in payload or "parse_" in payload:
            continue
        try:
            found = (
                jinja2.Environment()
                .from_string(payload)
                .render(question="q", references=("r",), hops=[item().hops[0]])
            )
        except Exception:
            continue
        worked += any(sign in found for sign in ("<class", "<function", "FieldInfo", "<bound"))
    assert worked > 20


def test_what_templates_are_given_is_plain_data(rubric: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def look(value: Any) -> str:
        seen.append(value)
        return ""

    monkeypatch.setattr("judgekit.rubrics.rubric._environment", lambda: Sandbox(look=look))
    names = ("question", "references", "reference", "outputs", "output", "hops", "letters")
    (rubric / "template.j2").write_text(
        "{% block instruction %}{{ options | look }}{{ letters | look }}{% endblock %}"
        "{% block item %}" + "".join(f"{{{{ {name} | look }}}}" for name in names) + "{% endblock %}"
    )
    load_rubric(rubric).render(item())
    assert len(seen) == len(names) + 4, "options and letters in both orders"

    def plain(value: Any) -> bool:
        if isinstance(value, Mapping):
            return all(map(plain, value.values()))
        return isinstance(value, str) or (isinstance(value, tuple | list) and all(map(plain, value)))

    assert all(map(plain, seen))
