"""The parameters of an estimator under the titles of their groups, on its page of the reference."""

import re

from seqestimators.parameters import groups_of


def add_titles(app, what, name, thing, options, lines):
    """Put the title of every group above its first parameter, in the lines that numpydoc has written."""
    if what == "class" and thing.__module__.startswith(
        "seqestimators.estimators"
    ):
        title_above = {
            names[0]: title for title, names in groups_of(thing).items()
        }
        for i in reversed(range(len(lines))):
            entry = re.match(r"( +)\*\*(\w+)\*\* : ", lines[i])
            if entry and entry[2] in title_above:
                indent, title = entry[1], title_above[entry[2]]
                lines[i:i] = [
                    f"{indent}.. rubric:: {title}",
                    f"{indent}   :class: parameter-group",
                    "",
                ]


def setup(app):
    app.connect(
        "autodoc-process-docstring", add_titles, priority=600
    )  # numpydoc's is 500
    return {"parallel_read_safe": True, "parallel_write_safe": True}
