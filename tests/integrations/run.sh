#!/bin/bash
# Every integration against the real package, in an environment of its own (about 3 minutes and 3 GB, once). The versions
# are printed first. Arguments, if any, are for pytest.
#
# open-unlearning is a repository, and pins older versions. With JUDGEKIT_OPEN_UNLEARNING=DIR, a checkout of it, its
# evaluator is run too, in a second environment.
set -euo pipefail
cd "$(dirname "$0")/../.."

# environment NAME PACKAGE...: makes .venv-NAME with judgekit and the packages, once
environment() {
    local venv=.venv-$1
    shift
    if [ ! -e "$venv/.installed" ] || [ pyproject.toml -nt "$venv/.installed" ]; then
        python3 -m venv "$venv"
        "$venv/bin/pip" install -q "$@" pytest pytest-timeout hypothesis
        "$venv/bin/pip" install -q --no-deps -e .
        touch "$venv/.installed"
    fi
}

needed=$(python3 - <<'PYTHON'
import tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
extras = project["optional-dependencies"]
hosts = ("report", "excel", "polars", "inspect", "mlflow", "wandb")
wanted = [*project["dependencies"], *(one for host in hosts for one in extras[host])]
print(*(one for one in wanted if not one.startswith(project["name"])), sep="\n")
PYTHON
)
mapfile -t needed <<<"$needed"

# torch first and by its version: a CPU build where the index has one; what needs torch then takes it
environment integrations 'torch==2.13.0' "${needed[@]}" 'lm_eval[hf]>=0.4.9' accelerate trio junitparser pytest-xdist nbclient ipykernel
.venv-integrations/bin/python - <<'PYTHON'
from importlib.metadata import version
print(*(f"{name} {version(name)}" for name in ("inspect-ai", "lm_eval", "mlflow", "wandb", "polars", "datasets", "torch", "transformers", "pytest")), sep="\n")
PYTHON
.venv-integrations/bin/python -m pytest -m integrations --timeout=300 -rs "${@:-tests}"

if [ -n "${JUDGEKIT_OPEN_UNLEARNING:-}" ]; then
    environment open-unlearning 'torch==2.13.0' "${needed[@]}" hydra-core==1.3 hydra_colorlog==1.2.0 scikit-learn \
        transformers==4.45.1 lm-eval==0.4.8 datasets==3.0.1 scipy==1.14.1 accelerate==0.34.2 numpy==2.2.3
    .venv-open-unlearning/bin/python -m pytest --timeout=600 tests/integrations/open_unlearning
fi
