"""The built site: output and figures, links that lead somewhere, room for code, a search that finds.

`nox -s docs` builds the site and runs these tests; elsewhere they read docs/_build/html, if it is there.
"""

import os
import re
import shutil
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[1]
SITE = Path(os.environ.get("SEQESTIMATORS_SITE", ROOT / "docs" / "_build" / "html"))
if not (SITE / "index.html").exists():
    pytest.skip(f"there is no site in {SITE}: nox -s docs builds it", allow_module_level=True)
bs4 = pytest.importorskip("bs4")
pytest.importorskip("lxml")

PAGES = sorted(path for path in SITE.rglob("*.html") if not {"_modules", "_static"} & set(path.parts))
GUIDE = [page for page in PAGES if page.parent.name == "guide"] + [SITE / "quickstart.html"]
# Pages of words, which have nothing to run.
WITHOUT_CODE = {"index", "glossary", "faq"}


@cache
def read_page(path):
    return bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


@cache
def read_places(path):
    """The places of a page that links lead to."""
    return {element["id"] for element in read_page(path).select("[id]")}


@pytest.mark.parametrize("page", GUIDE, ids=[page.stem for page in GUIDE])
def test_every_page_of_the_guide_has_output_and_a_figure(page):
    article = read_page(page).find("article")
    if page.stem not in WITHOUT_CODE:
        assert article.select("div.cell_output pre, div.cell_output table")
        assert article.select("div.cell_output img")


def test_every_display_is_shown_on_its_page():
    pages = sorted((SITE / "api" / "generated").glob("*Display.html"))
    assert len(pages) >= 12
    assert [
        page.stem for page in pages if not read_page(page).select("article figure img, article img")
    ] == []


def test_every_figure_has_an_alternative_text():
    without = [
        (page.name, image["src"])
        for page in PAGES
        for image in read_page(page).select("article img")
        if (not image.get("alt") and not image.find_parent(class_="sphx-glr-thumbcontainer"))
        or image["alt"].startswith("../_images/")
    ]
    assert without == []


def test_every_link_of_the_site_resolves():
    broken, pages = [], set(PAGES)
    for page in PAGES:
        for link in read_page(page).select("a[href], link[href], img[src], script[src]"):
            target = urlsplit(link.get("href") or link.get("src"))
            if target.scheme or target.netloc:
                continue
            path = (page.parent / unquote(target.path)).resolve() if target.path else page
            if not path.exists():
                broken.append((page.name, link.get("href") or link.get("src")))
            elif target.fragment and path in pages and unquote(target.fragment) not in read_places(path):
                broken.append((page.name, link.get("href")))
    assert broken == []


def test_nothing_is_loaded_from_elsewhere():
    loaded = {
        tag.get("src") or tag.get("href")
        for page in PAGES
        for tag in read_page(page).select("script[src], img[src], link[rel=stylesheet]")
    }
    assert [address for address in loaded if urlsplit(address).netloc] == []


def test_every_public_name_is_reached_from_a_page_of_the_guide():
    documented = {page.stem for page in (SITE / "api" / "generated").glob("seqestimators.*.html")}
    pages = [*GUIDE, SITE / "extending.html", SITE / "index.html"]
    linked = {
        Path(urlsplit(link["href"]).path).stem
        for page in pages
        for link in read_page(page).select("article a[href*='api/generated/']")
    }
    assert sorted(documented - linked) == []


# -- in a browser --------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    """Return a window of a browser."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium")
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"]).new_context()
        context.set_default_timeout(120_000)  # a busy machine is no failure
        yield context


OVERFLOWS = """() => {
  const outside = e => e.getBoundingClientRect().right > innerWidth + 1;
  const wide = [...document.querySelectorAll('article pre, article h1, article img')]
    .filter(e => e.scrollWidth > e.clientWidth + 2 || outside(e))
    .concat([...document.querySelectorAll('article dt, article dd, article p')]
      .filter(e => outside(e) && !e.closest('.pst-scrollable-table-container, .cell_output')))
    .map(e => e.tagName + ' ' + (e.textContent || e.alt).slice(0, 60));
  const tables = [...document.querySelectorAll('.pst-scrollable-table-container, .cell_output .text_html')]
    .filter(e => e.scrollWidth > e.clientWidth + 2).map(e => 'TABLE ' + e.textContent.trim().slice(0, 60));
  const page = document.documentElement.scrollWidth > innerWidth ? ['PAGE'] : [];
  return [wide.concat(page), tables];
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_runs_out_of_a_page(browser, width):
    """Tables may be wider than a phone. Of the reference, every tenth page is looked at."""
    tab = browser.new_page()
    tab.set_viewport_size({"width": width, "height": 900})
    found = {}
    reference = [page for page in PAGES if page.parent.name == "generated"]
    for page in [page for page in PAGES if page not in reference] + reference[::10]:
        tab.goto(page.as_uri(), wait_until="domcontentloaded")
        wide, tables = tab.evaluate(OVERFLOWS)
        if width > 600:
            wide += tables
        if wide:
            found[page.name] = wide
    assert found == {}


# What is asked, and the pages that answer.
QUERIES = {
    "csv": "data cookbook",
    "fasta": "data cookbook",
    "predict new data": "data cookbook",
    "confusion matrix": "data classifier cookbook",
    "imbalanced classes": "classifier faq",
    "class weights": "classifier",
    "multi-label": "classifier",
    "missing labels": "classifier",
    "regression": "regressor",
    "secondary structure": "tagger cookbook plot_secondary_structure",
    "sequence labelling": "tagger",
    "translation": "seq2seq plot_nucleotide_translation plot_minimum_translation",
    "beam search": "seq2seq",
    "anomaly detection": "language_model",
    "fine-tuning": "transfer molecule_encoder plot_fine_tuning",
    "transfer learning": "transfer",
    "early stopping": "training cookbook",
    "learning curve": "training cookbook",
    "learning rate": "training",
    "hyperparameters": "training cookbook",
    "checkpoint": "training saving",
    "save model": "saving",
    "time series": "series inputs cookbook plot_japanese_vowels",
    "unequal length": "inputs cookbook",
    "padding": "inputs",
    "k-mers": "tokenizers comparing",
    "which atoms matter": "inspection cookbook",
    "saliency": "inspection cookbook",
    "fingerprints": "comparing columns cookbook",
    "gpu": "speed install",
    "random seed": "reproducibility",
    "progress": "cookbook faq",
    "missing values": "series plot_missing_values faq",
    "forecasting": "series faq",
    "irregular sampling": "series",
    "variant effects": "language_model plot_variant_effects",
    "outliers": "language_model glossary",
    "generate molecules": "plot_molecule_generation plot_smiles_generation",
    "calibration": "uncertainty glossary",
    "prediction intervals": "uncertainty plot_prediction_intervals glossary",
    "quantile": "uncertainty glossary",
    "command line": "command_line",
    "resume training": "training",
    "larger than memory": "large_data",
    "onnx": "onnx glossary",
    "web service": "serving",
    "crf": "tagger glossary",
}


# Results come one by one, hundreds of them; the first stay where they are.
HAS_ANSWERED = """document.querySelectorAll('#search-results ul.search > li').length > 2
  || document.querySelector('#search-results p')?.innerText.match(/found|match/i)"""


def test_the_search_finds_the_page_among_its_first_three(browser):
    tab = browser.new_page()
    missed = {}
    for query, answers in QUERIES.items():
        tab.goto(f"{(SITE / 'search.html').as_uri()}?q={query.replace(' ', '+')}")
        tab.wait_for_function(HAS_ANSWERED)
        found = tab.eval_on_selector_all(
            "#search-results ul.search > li a:first-child", "links => links.slice(0, 3).map(a => a.href)"
        )
        pages = [re.sub(r".*/([\w.]+)\.html.*", r"\1", link) for link in found]
        if not set(answers.split()) & set(pages):
            missed[query] = pages
    assert missed == {}
