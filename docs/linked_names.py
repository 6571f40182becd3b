"""Names of the package on a page lead to the reference, without a role for each of them.

Inline code that is a public name becomes a link, and below a page with Python stand the names that its
blocks import.
"""

import ast
import importlib
import pkgutil
import re
from functools import cache

from docutils import nodes
from sphinx import addnodes

import seqestimators

BLOCK = re.compile(r"^```python\b[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Words of the text, too: of a method, or of the language.
AMBIGUOUS = {"parameter", "perplexity"}


@cache
def find_names():
    """Return the dotted name of every public one, by its last part."""
    names = {}
    for room in pkgutil.iter_modules(seqestimators.__path__):
        if not room.name.startswith("_"):
            module = f"seqestimators.{room.name}"
            public = getattr(importlib.import_module(module), "__all__", ())
            names |= {name: f"{module}.{name}" for name in public}
    return names


def list_imports(app, docname, source):
    """Add the names that the blocks of a page import below it, but for the first page."""
    if docname == "index" or app.env.doc2path(docname).suffix != ".md":
        return
    tree = ast.parse("\n".join(BLOCK.findall(source[0])))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("seqestimators")
        for alias in node.names
    }
    links = [
        f"{{py:obj}}`~{find_names()[name]}`"
        for name in sorted(imported, key=str.lower)
        if name in find_names()
    ]
    if links:
        listed = ",\n".join(links)
        source[0] += f"\n\n:::{{seealso}}\nIn the reference: {listed}\n:::\n"


def link_names(app, doctree):
    """Make links of the public names that stand in the text as code."""
    if app.env.doc2path(app.env.docname).suffix != ".md":
        return
    for literal in list(doctree.findall(nodes.literal)):
        name = literal.astext().removesuffix("()")
        within = (nodes.reference, addnodes.pending_xref, nodes.title)
        if (
            name in find_names()
            and name not in AMBIGUOUS
            and not isinstance(literal.parent, within)
        ):
            link = addnodes.pending_xref(
                refdomain="py",
                reftype="obj",
                reftarget=find_names()[name],
                refexplicit=True,
                refdoc=app.env.docname,
            )
            literal.replace_self(link)
            link += literal


def setup(app):
    app.connect("source-read", list_imports, priority=400)  # before the cells
    app.connect("doctree-read", link_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
