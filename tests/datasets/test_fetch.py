"""Where files come from: the data home, the download, what is refused; and that all fetchers use it."""

import doctest
import gzip
import hashlib
import subprocess
import sys
from functools import partial

import pooch
import pytest
import requests

from seqestimators import datasets
from seqestimators.datasets._fetch import fetch_file
from seqestimators.datasets._registry import REMOTE_FILES, RemoteFile
from seqestimators.exceptions import DataNotFoundError

CALLS = {
    "bbbp": datasets.fetch_bbbp,
    "esol": datasets.fetch_esol,
    "freesolv": datasets.fetch_freesolv,
    "lipophilicity": datasets.fetch_lipophilicity,
    "tox21": datasets.fetch_tox21,
    "splice": datasets.fetch_splice,
    "promoters": datasets.fetch_promoters,
    **{
        source: partial(datasets.fetch_coding_sequences, source)
        for source in ("ecoli", "arabidopsis_chloroplast", "yersinia_plasmid", "phix174")
    },
    **{f"zinc_{subset}": partial(datasets.fetch_zinc, subset) for subset in ("valid", "test")},
    **{
        f"binding_sites_{subset}": partial(datasets.fetch_binding_sites, subset)
        for subset in ("train", "test")
    },
    "davis_ligands": datasets.fetch_kinase_affinity,
    # the others are asked for behind it
    **{key: partial(fetch_file, key) for key in ("davis_proteins", "davis_affinities")},
    "antimicrobial_peptides": datasets.fetch_antimicrobial_peptides,
    "flip_secondary_structure": datasets.fetch_secondary_structure,
    **{
        f"uci_secondary_structure_{subset}": partial(datasets.fetch_secondary_structure, subset, source="uci")
        for subset in ("train", "test")
    },
    **{
        f"japanese_vowels_{subset}": partial(datasets.fetch_japanese_vowels, subset)
        for subset in ("train", "test")
    },
    **{
        f"g2p_{language}_{subset}": partial(datasets.fetch_g2p, language, subset)
        for language in ("ady", "ice", "jpn")
        for subset in ("train", "dev", "test")
    },
}
CONTENT = b"one line\n"
SMALL = RemoteFile(
    "folder/small.txt",
    "https://example.org/remote.txt",
    hashlib.sha256(CONTENT).hexdigest(),
    "CC0",
    "One line",
    read=None,
)

FETCHERS = [name for name in datasets.__all__ if name.startswith("fetch_")]

every_key = pytest.mark.parametrize("key", REMOTE_FILES)


@pytest.fixture
def downloads(monkeypatch):
    """Give the addresses asked for; what stands in for the network answers with the content."""
    asked = []

    def answer(self, url, output_file, pooch, check_only=False):
        asked.append(url)
        with open(output_file, "wb") as stream:
            stream.write(CONTENT)

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", answer)
    monkeypatch.setitem(REMOTE_FILES, "small", SMALL)
    return asked


@pytest.fixture
def _offline(monkeypatch):
    def fail(self, url, output_file, pooch, check_only=False):
        raise requests.exceptions.ConnectionError("no route")

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", fail)


def test_a_missing_file_is_downloaded_once(downloads, tmp_path):
    for _ in range(2):
        assert fetch_file("small", tmp_path) == tmp_path / "folder" / "small.txt"
    assert (tmp_path / "folder" / "small.txt").read_bytes() == CONTENT
    assert downloads == [SMALL.url]


def test_a_file_that_is_there_is_only_read(downloads, tmp_path):
    path = tmp_path / SMALL.name
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    before = [(one, one.stat().st_mtime_ns) for one in sorted(tmp_path.rglob("*"))]
    assert fetch_file("small", str(tmp_path)) == path
    assert [(one, one.stat().st_mtime_ns) for one in sorted(tmp_path.rglob("*"))] == before
    assert downloads == []


@pytest.mark.usefixtures("downloads")
def test_argument_goes_before_environment_and_that_before_the_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    monkeypatch.setenv("SEQESTIMATORS_DATA", str(tmp_path / "environment"))
    assert fetch_file("small", tmp_path / "argument") == tmp_path / "argument" / SMALL.name
    assert fetch_file("small") == tmp_path / "environment" / SMALL.name
    monkeypatch.delenv("SEQESTIMATORS_DATA")
    assert fetch_file("small") == tmp_path / "cache" / "seqestimators" / SMALL.name


def test_a_wrong_download_is_refused_and_not_kept(downloads, monkeypatch, tmp_path):
    monkeypatch.setitem(REMOTE_FILES, "small", SMALL._replace(sha256="0" * 64))
    with pytest.raises(ValueError, match="refused") as caught:
        fetch_file("small", tmp_path)
    assert SMALL.url in str(caught.value)
    assert "0" * 64 in str(caught.value)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("downloads")
@pytest.mark.parametrize("content", [CONTENT, b"another line\n"])
def test_a_checksum_may_be_that_of_the_content(content, monkeypatch, tmp_path):
    packed = SMALL._replace(is_packed=True)
    monkeypatch.setitem(REMOTE_FILES, "small", packed)
    path = tmp_path / SMALL.name
    path.parent.mkdir()
    path.write_bytes(gzip.compress(content))
    if content == CONTENT:
        assert fetch_file("small", tmp_path) == path
    else:
        with pytest.raises(ValueError, match="its sha256 is"):
            fetch_file("small", tmp_path)
    path.unlink()
    assert fetch_file("small", tmp_path) == path  # the download isn't packed, and has the content
    path.unlink()
    monkeypatch.setitem(REMOTE_FILES, "small", packed._replace(sha256="0" * 64))
    with pytest.raises(ValueError, match="refused"):
        fetch_file("small", tmp_path)
    assert not path.exists()


def test_a_home_that_cannot_be_written_to_is_named(downloads, tmp_path):
    blocker = tmp_path / "file"
    blocker.write_bytes(b"")
    with pytest.raises(DataNotFoundError, match="small.txt is missing") as caught:
        fetch_file("small", blocker / "home")
    assert SMALL.url in str(caught.value)
    assert downloads == []


@every_key
@pytest.mark.usefixtures("_offline")
@pytest.mark.parametrize("download_if_missing", [False, True])
def test_offline_the_error_says_what_to_download_to_where(key, download_if_missing, tmp_path):
    with pytest.raises(DataNotFoundError) as caught:
        CALLS[key](data_home=tmp_path, download_if_missing=download_if_missing)
    file = REMOTE_FILES[key]
    assert f"download {file.url} to {tmp_path / file.name}" in str(caught.value)
    assert "SEQESTIMATORS_DATA" in str(caught.value)


@every_key
@pytest.mark.usefixtures("_offline")
def test_a_file_with_another_checksum_is_refused(key, tmp_path):
    file = REMOTE_FILES[key]
    path = tmp_path / file.name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(CONTENT)
    with pytest.raises(ValueError, match="sha256") as caught:
        CALLS[key](data_home=tmp_path)
    message = str(caught.value)
    for part in (str(path), file.sha256, SMALL.sha256, file.url, "Delete it"):
        assert part in message
    assert path.read_bytes() == CONTENT


@every_key
def test_a_copy_with_one_flipped_bit_is_refused(key, data_home, tmp_path):
    file = REMOTE_FILES[key]
    content = bytearray((data_home / file.name).read_bytes())
    content[len(content) // 2] ^= 1
    path = tmp_path / file.name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    with pytest.raises(ValueError, match="sha256"):
        CALLS[key](data_home=tmp_path)


@every_key
def test_real_files_are_the_registered_ones(key, data_home):
    assert fetch_file(key, data_home, download_if_missing=False) == data_home / REMOTE_FILES[key].name


def test_what_only_some_data_need_is_imported_on_demand():
    heavy = ["torch", "skorch", "rdkit", "Bio", "pooch"]
    code = f"import sys, seqestimators.datasets; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_file_has_its_function():
    assert set(CALLS) == set(REMOTE_FILES)


@pytest.mark.parametrize("name", FETCHERS)
def test_examples_show_what_is_fetched(name, data_home, monkeypatch):
    monkeypatch.setenv("SEQESTIMATORS_DATA", str(data_home))
    (example,) = doctest.DocTestFinder(recurse=False).find(getattr(datasets, name), name, globs={})
    for line in example.examples:
        line.options.pop(doctest.SKIP, None)
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example)
    assert result.attempted > 1
    assert result.failed == 0
