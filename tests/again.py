"""Once more, alone: what talks in real time and failed beside others on a busy machine.

`--again FILE` notes it there, by name, and a run in which nothing else failed has not failed. Whoever passes the option
then runs what is in the file without it (`make test`).
"""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--again", metavar="FILE", help="note there what failed in real time, to be tried again alone")


def pytest_configure(config: pytest.Config) -> None:
    if file := config.getoption("again"):
        config.pluginmanager.register(Again(Path(file)))


class Again:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.failed: set[str] = set()
        # Files of which something could not be given back: that may be the fault of any test in them.
        self.leaked: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)
            if report.when == "teardown":
                self.leaked.add(file_of(report.nodeid))

    @pytest.hookimpl(tryfirst=True)  # before the outcome is told
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        real_time = {item.nodeid for item in session.items if item.get_closest_marker("real_time")}
        others = {file_of(item.nodeid) for item in session.items if item.nodeid not in real_time}
        whole = session.exitstatus == pytest.ExitCode.TESTS_FAILED and not (session.shouldstop or session.shouldfail)
        if not (whole and self.failed and self.failed <= real_time) or self.leaked & others:
            return
        self.file.parent.mkdir(exist_ok=True)
        with self.file.open("a") as names:
            names.writelines(f"{name}\n" for name in sorted(self.failed))
        session.exitstatus = pytest.ExitCode.OK


def file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]
