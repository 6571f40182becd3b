"""What accompanies the code agrees with it: changelog, citation, workflows, the repository's address."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_citation_and_changelog_name_the_same_release():
    number, date = re.search(r"^## \[(\d.*)\] - (.+)$", read("CHANGELOG.md"), re.MULTILINE).groups()
    assert f"\nversion: {number}\ndate-released: {date}\n" in read("CITATION.cff")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_workflows_run_sessions_that_exist(workflow):
    sessions = set(re.findall(r"^def (\w+)\(session\)", read("noxfile.py"), re.MULTILINE))
    called = re.findall(r"nox -s ([a-z ]+)", workflow.read_text(encoding="utf-8"))
    assert called
    assert {name for line in called for name in line.split()} <= sessions


def test_the_address_of_the_repository_stands_in_one_place():
    repository = tomllib.loads(read("pyproject.toml"))["project"]["urls"]["Repository"]
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("docs/*.py"), *WORKFLOWS]
    assert [page.name for page in pages if repository in page.read_text(encoding="utf-8")] == []
