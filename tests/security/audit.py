"""What judgekit's users install with it: known weaknesses, and licenses. ``make audit`` runs this.

``python -m tests.security.audit`` walks the requirements of the installed distribution. Advisories come from OSV, else
from PyPI, through pip-audit. Licenses are read by pip-licenses. It ends with 1 where a required package has a known
weakness, or a license that is not on the list; with 0 and a line ``WARNING`` where no service could be asked, since what
was not looked up is not known to be sound.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = "judgekit-certified"
EXTRAS = ("report", "pandas", "polars", "excel", "semantic", "vllm", "ray", "inspect", "mlflow", "wandb")
"""Extras that users install; those that are not here are passed over."""

ALLOWED = frozenset(
    (
        "0BSD",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "CNRI-Python",
        "ISC",
        "MIT",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Python-2.0",
        "Unlicense",
        "Zlib",
    )
)
"""Licenses (SPDX) under which code may be used by an Apache-2.0 project that does not change it. MPL-2.0 asks for
changes to its own files alone."""

SPELLED = {
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "bsd license": "BSD",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
    "dfsg approved": "",
}
"""Other names of licenses, as classifiers have them; empty: the name says nothing of its own."""

SERVICES = ("osv", "pypi")


@dataclass(frozen=True)
class Audit:
    """What advisories say.

    Attributes
    ----------
    weak : list of str
        A sentence for each known weakness.
    unknown : list of str
        Packages that nobody was asked about.
    service : str
        Who was asked; empty where nobody answered.
    """

    weak: list[str]
    unknown: list[str]
    service: str


def required(root: str, extras: Iterable[str] = ()) -> dict[str, str]:
    """Name and version of every installed distribution that a distribution needs, however far down; not its own."""
    found: dict[str, str] = {}
    todo = [(root, extra) for extra in ("", *extras)]
    seen = set(todo)
    while todo:
        name, extra = todo.pop()
        try:
            made = distribution(name)
        except PackageNotFoundError:
            continue
        found[canonicalize_name(name)] = made.version
        for line in made.requires or ():
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                for more in ("", *need.extras):
                    if (entry := (canonicalize_name(need.name), more)) not in seen:
                        seen.add(entry)
                        todo.append(entry)
    found.pop(canonicalize_name(root), None)
    return found


def audited(packages: Mapping[str, str]) -> Audit:
    """Ask the services about these packages, the next where one does not answer."""
    with tempfile.TemporaryDirectory() as place:
        pins = Path(place, "requirements.txt")
        pins.write_text("".join(f"{name}=={version}\n" for name, version in sorted(packages.items())))
        for service in SERVICES:
            command = ["pip-audit", "-r", pins, "--no-deps", "--disable-pip", "-f", "json", "-s", service]
            try:
                done = subprocess.run(
                    [
                        _tool(command[0]),
                        *map(str, command[1:]),
                        "--timeout",
                        "10",
                        "--progress-spinner",
                        "off",
                    ],
                    capture_output=True,
                    text=True,
                    timeout=60,
                )
                answer = read_answer(json.loads(done.stdout), service)
            except (subprocess.TimeoutExpired, json.JSONDecodeError):
                continue  # a service that cannot be reached ends pip-audit without an answer
            if len(answer.unknown) < len(packages):
                return answer
    return Audit([], sorted(packages), "")


def read_answer(answer: Any, service: str) -> Audit:
    """What pip-audit's JSON says; a package that it skipped was not audited, whatever its exit code."""
    weak, unknown = [], []
    for one in answer["dependencies"]:
        if "skip_reason" in one:
            unknown.append(one["name"])
        weak += [
            f"{one['name']} {one['version']}: {known['id']}"
            + (f", mended in {', '.join(known['fix_versions'])}" if known["fix_versions"] else "")
            for known in one.get("vulns", ())
        ]
    return Audit(weak, sorted(unknown), service)


def licenses(packages: Mapping[str, str]) -> dict[str, str]:
    """The license of each package, as it states it."""
    command = [_tool("pip-licenses"), "--python", sys.executable, "--format=json", "--from=mixed"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    rows = {canonicalize_name(row["Name"]): row["License"] for row in json.loads(done.stdout)}
    return {name: rows.get(name, "UNKNOWN") for name in packages}


def is_allowed(stated: str) -> bool:
    """Whether code under a license may be used: of those joined by OR one, of those joined by AND all."""
    return any(
        all(_spdx(part) in ALLOWED for part in re.split(r"\s+AND\s+", choice) if _spdx(part))
        and any(_spdx(part) for part in re.split(r"\s+AND\s+", choice))
        for choice in re.split(r"\s+OR\s+", stated.replace("; ", " AND ").strip("()"))
    )


def _spdx(name: str) -> str:
    return SPELLED.get(name.strip().strip("()").lower(), SPELLED.get(name.strip().lower(), name.strip("() ")))


def _tool(name: str) -> str:
    found = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if found is None:
        raise SystemExit(f"{name} is not installed: make audit installs it")
    return found


def said(packages: Mapping[str, str], audit: Audit, stated: Mapping[str, str]) -> Iterator[str]:
    """The lines of a report, the licenses first."""
    kinds: dict[str, list[str]] = {}
    for name, license_ in sorted(stated.items()):
        kinds.setdefault(license_, []).append(name)
    for license_, names in sorted(kinds.items()):
        yield f"{license_}: {', '.join(names)}"
    asked = len(packages) - len(audit.unknown)
    if audit.service:
        yield f"{asked} of {len(packages)} packages looked up at {audit.service}: {len(audit.weak)} known weaknesses"
    if audit.unknown:
        what = "no advisory service could be asked" if not audit.service else "no advisory service knows"
        yield f"WARNING: {what}; not audited: {', '.join(audit.unknown)}"
    yield from (f"VULNERABLE: {one}" for one in audit.weak)


def main() -> int:
    """Print what there is to say; 1 where a required package is weak or may not be used."""
    packages = required(ROOT)
    if not packages:
        raise SystemExit(f"{ROOT} is not installed here")
    stated, audit = licenses(packages), audited(packages)
    print(f"{len(packages)} packages come with {ROOT}")
    for line in said(packages, audit, stated):
        print(line)
    refused = [f"{name} ({license_})" for name, license_ in stated.items() if not is_allowed(license_)]
    for one in refused:
        print(f"LICENSE: {one} is not on the list")
    optional = {name: version for name, version in required(ROOT, EXTRAS).items() if name not in packages}
    for name, license_ in licenses(optional).items():
        if not is_allowed(license_):
            print(f"note: {name}, of an extra, is under {license_}")
    return 1 if refused or audit.weak else 0


if __name__ == "__main__":
    sys.exit(main())
