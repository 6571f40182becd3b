"""The parser of options: errors of one line, options also from a file."""

import argparse
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from ..parameters import suggest_parameter


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, and that says what a misspelt option may have been.

    Options that aren't given aren't in the result, so that each parameter
    has the default of its declaration.
    """

    def __init__(self, **options: Any):
        super().__init__(**options, allow_abbrev=False, argument_default=argparse.SUPPRESS)

    def error(self, message: str) -> NoReturn:
        """End the program with a line on standard error and the exit status 2."""
        print(f"{self.prog}: error: {' '.join(message.split())}", file=sys.stderr)
        raise SystemExit(2)

    def read(self, arguments: list[str]) -> dict[str, Any]:
        """Return the options given, those of the file of `--config` behind those of the command line.

        Parameters
        ----------
        arguments : list of str

        Returns
        -------
        dict of str to object
        """
        given = self._read(arguments)
        config = given.pop("config", None)
        if config is None:
            return given
        options = self._read([*self._arguments_of(Path(config), given.keys()), *arguments])
        del options["config"]
        return options

    def _read(self, arguments: list[str]) -> dict[str, Any]:
        options, unknown = self.parse_known_args(arguments)
        if unknown:
            option = next((one for one in unknown if one.startswith("-")), unknown[0])
            name = option.partition("=")[0].lstrip("-").replace("-", "_")
            self.error(f"unknown option {option.partition('=')[0]}{self._suggest(name)}")
        return vars(options)

    def _suggest(self, name: str) -> str:
        known = {action.dest for action in self._actions if action.option_strings}
        return suggest_parameter(name, known).replace("_", "-").replace("did you mean ", "did you mean --")

    def _arguments_of(self, path: Path, given: Iterable[str]) -> Iterable[str]:
        """Yield the options of a file as they would stand on the command line, but those given there."""
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:  # no TOML, or no text
            self.error(f"{path} is no TOML file: {error}")
        actions = {action.dest: action for action in self._actions if action.option_strings}
        for key, value in content.items():
            name = key.replace("-", "_")
            if name not in actions or name in ("config", "help"):
                self.error(f"{path}: there is no option {key!r}{self._suggest(name)}")
            if name in given:
                continue
            action = actions[name]
            option = action.option_strings[0]
            if action.nargs == 0:  # a flag
                if not isinstance(value, bool):
                    self.error(f"{path}: {key} is true or false, got {value!r}")
                yield option if value else f"--no-{option.lstrip('-')}"
                continue
            is_repeated = isinstance(action, argparse._AppendAction)
            for one in value if is_repeated and isinstance(value, list) else [value]:
                yield f"{option}={_as_text(one)}"


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_as_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
