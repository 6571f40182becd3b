"""What README.md promises: its commands, its Python and its links."""

import re
import tomllib
from pathlib import Path

import pytest

from seqestimators import datasets
from seqestimators.command_line import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [block.strip() for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)]


def test_continuous_integration_runs_the_test_command():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-1] == COMMANDS[-1]


@pytest.mark.parametrize("command", COMMANDS, ids=["main job", "command line", "tests"])
def test_each_command_is_one_line_and_what_installs_pins_torch(command):
    assert "\n" not in command
    assert "-c constraints.txt -e" in command or "pip" not in command


def test_the_command_line_runs_on_a_file(tmp_path, monkeypatch):
    """The command as it stands, but for its folds and epochs."""
    monkeypatch.chdir(tmp_path)
    table = "smiles,active\n" + "CCO,1\nCC,0\nCN,1\nCCCC,0\n" * 3
    for name in ("molecules.csv", "new.csv"):
        Path(name).write_text(table, encoding="utf-8")
    for command in COMMANDS[1].replace("--cv 5", "--cv 2 --max-epochs 1").split(" && "):
        program, *arguments = command.split()
        assert program == "seqestimators"
        assert main(arguments) == 0


def test_torch_and_the_tools_are_pinned_in_the_constraints_alone():
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = [line for line in constraints.splitlines() if not line.startswith("#")]
    assert [line.split("==")[0] for line in pinned] == ["torch", "mypy", "ruff"]
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "torch>=2.6" in tomllib.loads(pyproject)["project"]["dependencies"]
    assert not re.search("(torch|mypy|ruff)(==|.*<)", pyproject)


def test_links_lead_to_files():
    links = re.findall(r"\]\((?!https:)([^)#]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.usefixtures("two_epochs")
def test_everyday_use_runs(monkeypatch, capsys):
    """The blocks as they stand, one after the other, on every twelfth molecule and for two epochs."""
    load_all = datasets.load_molecule_activity

    def load_some(**options):
        smiles, active = load_all(**options)
        return smiles[::12], active[::12]

    monkeypatch.setattr(datasets, "load_molecule_activity", load_some)
    code = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    printed = capsys.readouterr().out
    assert "recurrentclassifier__hidden_size" in printed
    assert "2 estimators on the same 3 splits" in printed
