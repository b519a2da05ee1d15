"""What pytest loads at its start: the marker, the fixture, and the lines at the end of a run.

Every run of pytest loads this where judgekit is installed, so nothing heavy is imported before the fixture is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from judgekit.integrations.pytest.judging import Judging

PROPERTY = "judgekit: "
"""How the names of the properties begin by which conditions reach JUnit XML, and other processes under xdist."""

MARKER = (
    "judgekit(cascade=None, calibration=(), rubric=None, store=None, undecided='fail'): how the fixture 'judgekit' "
    "judges (files start from the root of the tests), and whether an undecided gate fails or skips the test"
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and collect what gates said."""
    config.addinivalue_line("markers", MARKER)
    config.pluginmanager.register(_Told(), "judgekit-told")


@pytest.fixture
def judgekit(request: pytest.FixtureRequest) -> Judging:
    """Judges outputs as the marker ``judgekit`` says, and holds them to limits."""
    from judgekit.integrations.pytest.judging import Judging

    given = [mark.kwargs for mark in request.node.iter_markers("judgekit")]
    options = {name: value for marked in reversed(given) for name, value in marked.items()}
    kept = request.node.user_properties
    return Judging.of(
        options, request.config.rootpath, lambda name, said: kept.append((PROPERTY + name, said))
    )


class _Told:
    """The conditions of all tests, from whichever process ran them."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.lines += [
                f"{report.nodeid}: {str(name).removeprefix(PROPERTY)}: {said}"
                for name, said in report.user_properties
                if str(name).startswith(PROPERTY)
            ]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.lines:
            from judgekit.display import logged

            terminalreporter.section("judgekit")
            for line in self.lines:
                terminalreporter.write_line(logged(line))
