"""Configuration of the site; `nox -s docs` builds it."""

import os
import sys
import tomllib
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(
    0, str(Path(__file__).parent)
)  # for the extensions beside this file

project = "seqestimators"
author = "The seqestimators developers"
project_copyright = f"2026, {author}"
release = version_of("seqestimators")
version = ".".join(release.split(".")[:2])
repository = tomllib.loads(
    (Path(__file__).parents[1] / "pyproject.toml").read_text()
)["project"]["urls"]["Repository"]

extensions = [
    "myst_nb",
    "matplotlib.sphinxext.plot_directive",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "descriptions",
    "executed_pages",
    "formulas",
    "grouped_parameters",
    "linked_names",
]
exclude_patterns = [
    "_build",
    "inventories",
    "auto_examples/**.ipynb",
    "**sg_execution_times.rst",
]
templates_path = ["_templates"]
default_role = "code"

# -- reference ---------------------------------------------------------------
autosummary_generate = True
toc_object_entries_show_parents = "hide"
add_function_parentheses = False
autodoc_typehints = (
    "none"  # the docstrings say the types, with shapes and units
)
numpydoc_show_class_members = False  # the class template lists them
numpydoc_xref_param_type = False
html_math_renderer = "mathml"
# The picture at the top of a display's page, and its script below.
plot_formats = ["svg"]
plot_include_source = True
plot_template = """
{% for image in images %}
.. figure:: {{ build_dir }}/{{ image.basename }}.{{ default_fmt }}
{% for option in options %}   {{ option }}
{% endfor %}
{% endfor %}
{{ source_code }}
"""
smartquotes_action = (
    "De"  # dashes and ellipses; the quotes of a value stay those of Python
)

# The site of each project first, the committed excerpt where no network is.
intersphinx_mapping = {
    name: (address, (None, f"inventories/{name}.inv"))
    for name, address in {
        "numpy": "https://numpy.org/doc/stable/",
        "pandas": "https://pandas.pydata.org/docs/",
        "python": "https://docs.python.org/3/",
        "sklearn": "https://scikit-learn.org/stable/",
        "skorch": "https://skorch.readthedocs.io/en/stable/",
        "torch": "https://docs.pytorch.org/docs/stable/",
    }.items()
}
intersphinx_timeout = 10

# -- text --------------------------------------------------------------------
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_selector = "div:not(.output) > div.highlight > pre"

# -- code on pages -----------------------------------------------------------
# Run once, and again when it changes; delete docs/_build to run all of it.
nb_execution_mode = "cache"
nb_execution_cache_path = str(Path(__file__).parent / "_build" / "outputs")
nb_execution_in_temp = True
nb_execution_timeout = 300
nb_execution_show_tb = True
nb_output_stderr = "remove-warn"
nb_merge_streams = True

# -- gallery -----------------------------------------------------------------
# Two examples at a time: their threads would only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# They keep the memory of a step of training for the next: glibc would give it back and ask for it again.
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(2**30))
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(2**25))
# On a page a progress bar is what it is at the end.
os.environ.setdefault("TQDM_MININTERVAL", "3600")
os.environ.setdefault("TQDM_MAXINTERVAL", "3600")
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "backreferences_dir": "api/generated/backreferences",
    "doc_module": ("seqestimators",),
    "filename_pattern": r"/plot_",
    # The labs first, in the order of the course.
    "subsection_order": [
        f"../examples/{folder}"
        for folder in (
            "labs",
            "molecules",
            "dna",
            "proteins",
            "series",
            "language_models",
            "understanding",
            "scaling",
        )
    ],
    "within_subsection_order": "reading_order.LevelSortKey",
    "download_all_examples": False,
    "show_memory": False,
    # Shown, not run, unless asked for: sphinx-build -D plot_gallery=1
    "plot_gallery": "False",
    # Two at a time, in a process each. An example that starts processes of its own asks to be run alone.
    "parallel": 2,
    "reset_modules": ("matplotlib", "one_process.stay_in_one_process"),
    "remove_config_comments": True,
    # The last line of a block may be a call of matplotlib, whose result says nothing.
    "ignore_repr_types": "matplotlib|Display",
}

# -- looks -------------------------------------------------------------------
html_theme = "pydata_sphinx_theme"
html_title = "seqestimators"
html_favicon = "_static/logo.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {
        "image_light": "_static/logo.svg",
        "image_dark": "_static/logo.svg",
        "text": f"{project} {version}",
    },
    "icon_links": [
        {
            "name": "Repository",
            "url": repository,
            "icon": "fa-solid fa-code-branch",
        }
    ],
    "navigation_with_keys": False,
    "header_links_before_dropdown": 5,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
# Pages without pages below them need no navigation at their left.
ALONE = [
    "index",
    "install",
    "quickstart",
    "extending",
    "benchmarks",
    "changelog",
    "stability",
    "security",
    "citing",
]
html_sidebars = {page: [] for page in ALONE}
