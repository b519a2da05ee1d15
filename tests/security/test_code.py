"""Nothing that is read is run: no name in the package that would, and none that other packages' readers are asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "judgekit"
MODULES = sorted(PACKAGE.rglob("*.py"))

RUNS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "execfile",
    "os.system",
    "os.popen",
    "os.execv",
    "os.spawnv",
    "os.startfile",
    "pty.spawn",
    "runpy.run_path",
    "runpy.run_module",
    "importlib.import_module",
    "import_module",
    "importlib.util.spec_from_file_location",
    "webbrowser.open",
}
"""Calls that run code, or start a program, by a name or text."""

UNPICKLES = {
    "pickle.load",
    "pickle.loads",
    "pickle.Unpickler",
    "cloudpickle.load",
    "cloudpickle.loads",
    "dill.load",
    "dill.loads",
    "joblib.load",
    "marshal.load",
    "marshal.loads",
    "shelve.open",
    "torch.load",
    "numpy.load",
    "np.load",
    "np.fromfile",
    "np.genfromtxt",
    "pandas.read_pickle",
    "pd.read_pickle",
    "pd.eval",
    "yaml.load",
    "yaml.load_all",
    "yaml.full_load",
    "yaml.unsafe_load",
    "jsonpickle.decode",
}
"""Calls that make objects of whatever bytes say, or do where an option is forgotten."""

ALLOWED = {
    ("judges/__init__.py", "import_module"): "a table of this package's own modules",
    ("judges/elsewhere/consent.py", "importlib.import_module"): "code that the user named",
    (
        "judges/elsewhere/identity.py",
        "importlib.import_module",
    ): "what code that the user named imports of its own",
    ("judges/elsewhere/identity.py", "compile"): "compiled to be told from another version, and not run",
    ("judges/openai/client.py", "import_module"): "the HTTP library that the SDK stands on",
    ("engine/progress.py", "import_module"): "IPython's display",
    ("engine/ray.py", "pickle.loads"): "what the user's own cluster holds",
    ("export/verb.py", "import_module"): "a table of this package's own modules",
    ("__init__.py", "import_module"): "this package's own modules",
    ("api.py", "import_module"): "this package's own modules",
    ("cli/__init__.py", "import_module"): "this package's own modules",
    ("cli/label.py", "webbrowser.open"): "the page's own address",
    (
        "integrations/open_unlearning/__main__.py",
        "runpy.run_path",
    ): "the evaluation of the checkout that a user names",
    ("integrations/inspect/__init__.py", "import_module"): "this package's own module",
}
"""Where one stands all the same, and why that is no way in."""

UNSAFE_OPTIONS = {
    "allow_pickle": (True,),
    "trust_remote_code": (True,),
    "shell": (True,),
    "weights_only": (False,),
    "verify": (False,),
    "check_hostname": (False,),
    "resolve_entities": (True,),
    "autoescape": (False,),
    "safe_mode": (False,),
}
"""Options that must never be written so."""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """The calls of a module by the name that they are called by."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            yield name.split("(")[-1] if "(" in name else name, node


def found(names: set[str]) -> set[tuple[str, str]]:
    """Module and name of every call by one of these names."""
    return {
        (path.relative_to(PACKAGE).as_posix(), name)
        for path in MODULES
        for name, _ in calls(path)
        if name in names
    }


def test_the_package_is_read() -> None:
    assert len(MODULES) > 300 and sum(1 for path in MODULES for _ in calls(path)) > 5000


def test_no_text_is_run_as_code_and_nothing_is_unpickled() -> None:
    assert found(RUNS | UNPICKLES) == set(ALLOWED)


def test_every_allowed_place_says_why() -> None:
    assert all(len(why.split()) >= 2 for why in ALLOWED.values())


@pytest.mark.parametrize("option", UNSAFE_OPTIONS)
def test_no_option_opens_a_reader(option: str) -> None:
    for path in MODULES:
        for name, call in calls(path):
            for given in call.keywords:
                if given.arg == option and isinstance(given.value, ast.Constant):
                    assert given.value.value not in UNSAFE_OPTIONS[option], (path, name, option)


def test_yaml_is_read_by_the_safe_loader_alone() -> None:
    names = {name for path in MODULES for name, _ in calls(path) if name.startswith("yaml.")}
    loaders = {
        one for path in MODULES for one in re.findall(r"yaml\.(\w*[Ll]oad\w*)", path.read_text("utf-8"))
    }
    assert loaders == {"SafeLoader"}
    assert {name for name in names if not name.startswith("yaml.SafeLoader.")} <= {
        "yaml.safe_dump",
        "yaml.constructor.ConstructorError",
    }


def test_no_program_is_started() -> None:
    started = {
        (path.relative_to(PACKAGE).as_posix(), name)
        for path in MODULES
        for name, _ in calls(path)
        if name.startswith(("subprocess.", "os.exec", "os.spawn", "os.posix_spawn"))
    }
    assert not started


def test_models_are_loaded_without_their_code_and_without_pickles() -> None:
    """Of a classifier only safetensors are read; ``trust_remote_code`` is nowhere set."""
    for path in MODULES:
        for name, call in calls(path):
            if name.endswith("ForSequenceClassification.from_pretrained"):
                assert "use_safetensors=True" in ast.unparse(call), path


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['echo hacked']",
        "!!python/object/new:os.system ['echo hacked']",
        "!!python/name:os.system",
        "!!python/module:antigravity",
        "!!python/object/apply:eval ['1']",
        "{a: !!python/object:__main__.X {}}",
    ],
)
def test_a_yaml_tag_makes_no_object(text: str, tmp_path: Path) -> None:
    """In each kind of YAML file that may be handed over: a cascade, a rubric, a file of names."""
    from tests.cli.calling import judgekit

    (tmp_path / "o.jsonl").write_text('{"id": "a", "question": "q", "references": ["r"], "outputs": ["o"]}\n')
    (tmp_path / "rubric").mkdir()
    (tmp_path / "rubric" / "template.j2").write_text("{% block instruction %}{% endblock %}")
    for name in ("cascade.yaml", "names.yaml", "rubric/rubric.yaml"):
        (tmp_path / name).write_text(f"tiers: {text}\nrubrics: {{'*': forgetting}}\n")
    for option in (("--cascade", "cascade.yaml"), ("--names", "names.yaml"), ("--rubric", "rubric")):
        done = judgekit("score", "o.jsonl", *option, cwd=tmp_path)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, (option, done.stderr)
        assert "hacked" not in done.stdout


def test_every_verb_prints_through_the_one_place_that_spells_out_control_characters() -> None:
    printing = {
        path.name
        for path in (PACKAGE / "cli").glob("*.py")
        for name, _ in calls(path)
        if name in ("click.echo", "click.secho")
    }
    assert printing == {"output.py"}
