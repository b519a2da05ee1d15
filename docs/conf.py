"""How the manual becomes a site: ``make docs`` writes it to ``docs/_build``, where it reads without a network."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
judgekit = importlib.import_module("judgekit")

project = "judgekit"
copyright = "the judgekit authors, Apache-2.0"
version = release = judgekit.__version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc", "sphinx_copybutton"]
exclude_patterns = ["_build", "conf.py"]
suppress_warnings = ["toc.empty_glob"]  # pages that come with an integration
nitpicky = False

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]

autodoc_typehints = "none"  # the docstrings say them
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"
python_use_unqualified_type_names = True
numpydoc_show_class_members = False
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

html_theme = "furo"
html_title = f"judgekit {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}

HIDDEN = re.compile(r"^<!-- (?:not run|run by|every block|prepare)\b.*?-->\n", re.DOTALL | re.MULTILINE)
"""What pages say to the tests that run their blocks (``tests/docs/blocks.py``)."""

OUTSIDE = {
    "CHANGELOG.md": "changelog",
    "CONTRIBUTING.md": "contributing",
    "SECURITY.md": "security",
    "calibration/README.md": "weights",
}
"""Files of the repository that are pages too: a page of that name in ``docs`` points to the file."""


class Public(SphinxDirective):
    """``{public} judgekit.trust`` documents whatever the module's ``__all__`` names, functions first."""

    required_arguments = 1
    option_spec: ClassVar = {"without": str.split}

    def run(self) -> list[nodes.Node]:
        """Lay out one entry a name."""
        module = importlib.import_module(self.arguments[0])
        found = {
            name: getattr(module, name)
            for name in sorted(module.__all__, key=str.lower)
            if name not in self.options.get("without", ())
        }
        verbs = {name for name, one in found.items() if inspect.ismodule(one)}
        places = {name: f"{module.__name__}{'.api' if name in verbs else ''}.{name}" for name in found}
        found |= {name: getattr(importlib.import_module(f"{module.__name__}.api"), name) for name in verbs}
        found = {name: one for name, one in found.items() if callable(one)}
        lines = [".. list-table::", "   :widths: 30 70", ""]
        for name, one in found.items():
            said = (inspect.getdoc(one) or "").partition("\n\n")[0].replace("\n", " ")
            lines += [f"   * - :py:obj:`{name} <{places[name]}>`", f"     - {said}"]
        for name, one in sorted(found.items(), key=lambda item: inspect.isclass(item[1])):
            kind = "class" if inspect.isclass(one) else "function"
            lines += ["", f".. auto{kind}:: {places[name]}", *(["   :members:"] if kind == "class" else [])]
        box = nodes.container()
        self.state.nested_parse(StringList(lines, self.arguments[0]), 0, box)
        return box.children


def skipped(app: Sphinx, what: str, name: str, one: object, skip: bool, options: Any) -> bool | None:
    """Leave out what pydantic gives every record."""
    return True if name.startswith("model_") else None


def without_marks(app: Sphinx, page: str, source: list[str]) -> None:
    """Leave out of a page what it says to tests."""
    source[0] = HIDDEN.sub("", source[0])


def outside(app: Sphinx, page: str, source: list[str]) -> None:
    """Give a page of `OUTSIDE` its file's text, and have links between the two kinds lead where both can be read."""
    for file, name in OUTSIDE.items():
        if page == name:
            folder = (ROOT / file).parent
            source[0] = (ROOT / file).read_text("utf-8")
            source[0] = source[0].replace("](docs/", "](").replace("](../docs/", "](")
            for other, target in OUTSIDE.items():
                near = (
                    Path(other).relative_to(folder.relative_to(ROOT))
                    if other.startswith(folder.name)
                    else other
                )
                source[0] = source[0].replace(f"]({near}", f"]({target}.md")
        else:
            up = "../" * (page.count("/") + 1)
            source[0] = source[0].replace(f"]({up}{file}", f"]({'../' * page.count('/')}{name}.md")


def as_imported(app: Sphinx, env: Any, node: Any, content: nodes.Node) -> nodes.Node | None:
    """Resolve ``judgekit.score`` to the function that the reference documents as ``judgekit.api.score``."""
    name = str(node.get("reftarget", "")).lstrip("~.")
    public = getattr(judgekit, "__all__", ())
    last = name.removeprefix("judgekit.")
    if last in public and node.get("refdomain") == "py":
        for known in (f"judgekit.api.{last}", f"judgekit.{last}"):
            if known in env.domains["py"].objects:
                node["reftarget"] = known
                return env.domains["py"].resolve_xref(
                    env, node["refdoc"], app.builder, "obj", known, node, content
                )
    return None


def setup(app: Sphinx) -> None:
    """Hook them up."""
    app.add_directive("public", Public)
    app.connect("autodoc-skip-member", skipped)
    app.connect("source-read", without_marks)
    app.connect("source-read", outside)
    app.connect("missing-reference", as_imported)
