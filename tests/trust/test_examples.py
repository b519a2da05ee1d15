"""The examples in the documentation of the modules print what they say."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from judgekit.trust import agreement as human
from judgekit.trust import sample_size as planning
from judgekit.trust.monitoring import audit
from judgekit.trust.prevalence import rates as prevalence


@pytest.mark.parametrize("module", [audit, human, planning, prevalence], ids=lambda m: m.__name__)
def test_examples(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0
