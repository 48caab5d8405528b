"""The version stands in pyproject.toml alone: the changelog's newest heading is the same, nothing else names one."""

import json
import re
import tomllib

from tests.servers import ROOT


def test_the_changelog_tells_of_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    headings = re.findall(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == version
    assert headings == sorted(headings, key=lambda each: [int(part) for part in each.split(".")], reverse=True)


def test_the_pages_test_tools_have_none() -> None:
    assert "version" not in json.loads((ROOT / "tests/js/package.json").read_text())
