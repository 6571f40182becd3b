"""What a page is about, for search engines and previews of links: its first sentences."""

from html import escape
from textwrap import shorten

from docutils import nodes


def describe(app, pagename, templatename, context, doctree):
    """Add the beginning of the first paragraph to the head of a page."""
    paragraph = doctree and doctree.next_node(nodes.paragraph)
    if paragraph and 'name="description"' not in context["metatags"]:
        text = shorten(paragraph.astext(), 200, placeholder=" …")
        tag = f'<meta name="description" content="{escape(text)}">\n'
        context["metatags"] += tag


def setup(app):
    app.connect("html-page-context", describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
