"""Everything that is checked before a change or a release; `nox --list` names the sessions.

Arguments behind `--` go on to the tool: `nox -s tests -- -k padding`.
"""

import re
from glob import glob
from pathlib import Path
from tempfile import mkdtemp

import nox

nox.options.sessions = ["lint", "typing", "tests"]
# A session whose Python is not installed here is named in the summary as skipped.
nox.options.error_on_missing_interpreters = False

# The tags of wheels, and what Zig's compiler calls these systems.
PLATFORMS = {
    "manylinux_2_17_x86_64": "x86_64-linux-gnu.2.17",
    "manylinux_2_17_aarch64": "aarch64-linux-gnu.2.17",
    "macosx_11_0_x86_64": "x86_64-macos.11.0",
    "macosx_11_0_arm64": "aarch64-macos.11.0",
    "win_amd64": "x86_64-windows-gnu",
}

# The exact torch stands there, and only there.
CONSTRAINTS = ("-c", "constraints.txt")


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session):
    """Run the tests and the examples in the docstrings, under every Python that is supported."""
    session.install(*CONSTRAINTS, "--group", "test", "-e", ".")
    session.run("pytest", *session.posargs)


@nox.session
def torch(session):
    """Run the tests of exactness and the common checks without the native kernel."""
    session.install(*CONSTRAINTS, "--group", "test", "-e", ".")
    files = ["tests/modules/test_pooled.py", "tests/testing/test_estimator_checks.py"]
    session.run("pytest", *files, *session.posargs, env={"SEQESTIMATORS_KERNEL": "torch"})


@nox.session
def fuzz(session):
    """Read 100,000 random inputs and fit 2,000 random estimators: right, or refused."""
    session.install(*CONSTRAINTS, "--group", "test", "-e", ".")
    many = {"SEQESTIMATORS_FUZZ_READING_CASES": "100000", "SEQESTIMATORS_FUZZ_FIT_CASES": "2000"}
    session.run("pytest", "tests/fuzz", *session.posargs, env=many)


@nox.session
def kills(session):
    """Kill twenty fits at random moments: each goes on to the end of one that nobody kills."""
    session.install(*CONSTRAINTS, "--group", "test", "-e", ".")
    many = {"SEQESTIMATORS_KILLS": "20"}
    session.run("pytest", "-s", "tests/estimators/test_resuming.py", "-k", "killed_fit", env=many)


@nox.session
def ray(session):
    """Run the tests of clusters, those of Ray included."""
    session.install(*CONSTRAINTS, "--group", "test", "-e", ".", "ray")
    # a busy machine may take longer than Ray's half minute to start it
    patient = {"RAY_raylet_start_wait_time_s": "400"}
    session.run("pytest", "tests/test_cluster.py", *session.posargs, env=patient)


@nox.session
def lint(session):
    """Check style and formatting with ruff."""
    session.install(*CONSTRAINTS, "--group", "lint")
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")


@nox.session
def typing(session):
    """Check the annotations with mypy, and strictly those that a user's script meets."""
    session.install(*CONSTRAINTS, "--group", "typing", "-e", ".")
    session.run("mypy", *session.posargs)
    session.run("mypy", "--strict", "--follow-imports", "silent", "tests/typing/consumer.py")


@nox.session
def docs(session):
    """Build the site into docs/_build/html, the examples run whole, and test it; a warning is an error."""
    session.install(*CONSTRAINTS, "--group", "docs", "-e", ".")
    settings = session.posargs or ["-j", "2", "-D", "plot_gallery=1"]
    # -E: all pages are read, what they print comes from the cache; of others Sphinx forgets the index entries
    session.run(
        "sphinx-build", "-E", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html", *settings
    )
    session.run("pytest", "--noconftest", "-n", "2", "tests/test_site.py")


@nox.session
def examples(session):
    """Run every example whole, or those named behind `--`."""
    session.install(*CONSTRAINTS, "--group", "examples", "-e", ".")
    for path in session.posargs or sorted(glob("examples/**/plot_*.py", recursive=True)):
        session.run("python", path, env={"MPLBACKEND": "agg"})


@nox.session
def benchmarks(session):
    """Run the benchmarks of time, or those named behind `--`."""
    session.install(*CONSTRAINTS, "--group", "benchmarks", "-e", ".")
    for name in session.posargs or ("training", "sequence_models", "tokenizers"):
        session.run("python", f"benchmarks/{name}.py")


@nox.session(python="3.11")
def oldest(session):
    """Run the tests with every dependency but torch at the floor that pyproject.toml claims."""
    project = nox.project.load_toml("pyproject.toml")
    claimed = project["project"]["dependencies"] + project["dependency-groups"]["test"]
    floors = [name.replace(">=", "==") for name in claimed if not name.startswith("torch")]
    session.install(*CONSTRAINTS, "-e", ".", *floors)
    session.run("pytest", *session.posargs)


@nox.session
def package(session):
    """Build source distribution and wheel (into the folder behind `--`), check and import them."""
    session.install("build", "twine", *CONSTRAINTS)
    folder = session.posargs[0] if session.posargs else mkdtemp()
    session.run("python", "-m", "build", "--outdir", folder)
    session.run("twine", "check", "--strict", *glob(f"{folder}/*"))
    session.install(*CONSTRAINTS, *glob(f"{folder}/*.whl"))
    session.run("python", "-P", "-c", "from seqestimators import *")  # -P: not from the sources here


@nox.session
def audit(session):
    """Pin what users install by its hashes, install that, and ask for known vulnerabilities."""
    session.install("pip-audit", "pip-tools", *CONSTRAINTS)
    pinned = Path(session.create_tmp(), "requirements.txt")
    options = ("--quiet", "--generate-hashes", "--allow-unsafe", "--strip-extras", "--all-extras")
    session.run("pip-compile", *options, *CONSTRAINTS, "--output-file", pinned, "pyproject.toml")
    session.run("pip", "install", "--require-hashes", "--no-deps", "--requirement", pinned)
    # the service knows torch 2.13.0, not its build torch 2.13.0+cpu
    pinned.write_text(re.sub(r"^(\S+==[^+\s]+)\+\S+", r"\1", pinned.read_text(), flags=re.MULTILINE))
    options = ("--require-hashes", "--disable-pip", "--requirement", pinned, *session.posargs)
    report = session.run("pip-audit", *options, silent=True)
    session.log(report)
    if n_unknown := report.count("could not be audited"):  # which pip-audit takes for a success
        session.error(
            f"{n_unknown} packages were not audited: the service doesn't know them, or isn't reached"
        )


@nox.session
def wheels(session):
    """Build a wheel with the native kernel for every system into dist/, or the folder behind `--`."""
    requirements = nox.project.load_toml("pyproject.toml")["build-system"]["requires"]
    session.install("build", "ziglang", *requirements)
    folder = session.posargs[0] if session.posargs else "dist"
    for platform, target in PLATFORMS.items():
        # `cc`, not `c++`: the source needs no library of C++, which Zig would compile first
        compiler = {"CXX": f"python -m ziglang cc -target {target}", "CXXFLAGS": "-s"}
        build = ("python", "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
        session.run(*build, env={**compiler, "SEQESTIMATORS_PLATFORM": platform})


@nox.session
def sanitize(session):
    """Run the tests of the native kernel with every access to memory and every overflow checked."""
    session.install(*CONSTRAINTS, "--group", "test", "-e", ".")
    flags = "-g -fsanitize=address,undefined -fno-sanitize-recover=all"
    session.run("python", "seqestimators/_native/_build_hook.py", env={"CXXFLAGS": flags})
    asan, ubsan = (
        session.run("c++", f"-print-file-name=lib{name}.so", external=True, silent=True).strip()
        for name in ("asan", "ubsan")
    )
    # Python itself frees not everything at its end
    env = {"LD_PRELOAD": f"{asan} {ubsan}", "ASAN_OPTIONS": "detect_leaks=0"}
    session.run("pytest", "tests/native", *session.posargs, env=env)
    session.run("python", "seqestimators/_native/_build_hook.py")
