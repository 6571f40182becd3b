"""Pages whose Python is run while the site is built, with what it prints and draws below each block.

A page is plain Markdown. Its blocks marked `python` become cells of a notebook, which MyST-NB runs in their
order and keeps in its cache. What else stands in the line that opens a block is the alternative text of the
block's figure. Blocks marked `py` are shown and not run.

Blocks marked `console run` show commands of `seqestimators`, which are run in the same process, with what they
write to standard output and standard error below.
"""

import json
import re
import shlex

NOTEBOOK = "file_format: mystnb\nkernelspec:\n  name: python3\n"
# Figures in their size on paper, 7.5 inches at most, and sharp at any resolution.
FIRST_CELL = """
```{code-cell} python
:tags: [remove-cell]
%config InlineBackend.figure_formats = ["svg"]
```
"""
COMMANDS = re.compile("^```console run\n(.*?)^```", re.MULTILINE | re.DOTALL)
OPENING = re.compile("^```python *(.*)$", re.MULTILINE)


def open_cell(block):
    """Return the opening lines of a cell in place of those of a block."""
    if not block[1]:
        return "```{code-cell} python"
    return f"```{{code-cell}} python\n:mystnb: {{image: {{alt: {json.dumps(block[1])}}}}}"


def run_commands(block):
    """Return the Python that runs the commands of a block."""
    lines = re.sub(r"\\\n", " ", block).splitlines()
    commands = [shlex.split(line.removeprefix("$ ")) for line in lines]
    runs = [
        f"    assert main({command[1:]}) == 0\n"
        for command in commands
        if command[0] == "seqestimators"
    ]
    return (
        "import contextlib, sys\nfrom seqestimators.command_line import main\n"
        "with contextlib.redirect_stderr(sys.stdout):\n" + "".join(runs)
    )


def open_commands(block):
    """Return a block of commands, and a cell that runs them and isn't seen."""
    return (
        f"```console\n{block[1]}```\n\n"
        f"```{{code-cell}} python\n:tags: [remove-input]\n{run_commands(block[1])}```"
    )


def make_notebook(app, docname, source):
    """Turn the text of a page into that of a notebook."""
    page, n_blocks = OPENING.subn(open_cell, source[0])
    page = COMMANDS.sub(open_commands, page)
    if n_blocks and app.env.doc2path(docname).suffix == ".md":
        head, text = "", page
        if page.startswith("---\n"):
            _, head, text = page.split("---\n", 2)
        source[0] = f"---\n{NOTEBOOK}{head}---\n{FIRST_CELL}\n{text}"


def spread_pages(app, env, docnames):
    """Deal out the pages that are run, neighbours by name, to all batches that two processes read."""
    n_batches = 10
    docnames[:] = [
        name
        for first in range(n_batches)
        for name in docnames[first::n_batches]
    ]


def setup(app):
    app.connect("env-before-read-docs", spread_pages)
    app.connect("source-read", make_notebook)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
