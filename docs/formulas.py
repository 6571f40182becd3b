"""Formulas as MathML, which browsers draw by themselves: no script, no network, any colour of the page."""

from docutils import nodes
from latex2mathml.converter import convert


def write_inline(writer, node):
    writer.body.append(convert(node.astext()))
    raise nodes.SkipNode


def write_block(writer, node):
    writer.body.append(
        f'<div class="formula">{convert(node.astext(), display="block")}</div>'
    )
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer(
        "mathml", (write_inline, None), (write_block, None)
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
