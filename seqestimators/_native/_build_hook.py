"""Compile recurrences.cpp into a wheel or, installed as editable, beside its source.

Where there is no C++ compiler, or it fails, the package is built without, and recurrences run on torch. `CXX`
names another compiler, `CXXFLAGS` adds options, and `SEQESTIMATORS_PLATFORM`, the tag of a wheel, says that
the compiler compiles for another system. Run as a script, it compiles beside the source.
"""

import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zlib
from pathlib import Path

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run as a script
    BuildHookInterface = object

SOURCE = Path(__file__).resolve().with_name("recurrences.cpp")
NAME = "librecurrences.so"
OPTIONS = "-O2 -std=c++17 -shared -ffp-contract=off -fvisibility=hidden -fno-exceptions -fno-rtti"
COMPILERS = ("c++", "g++", "clang++")
MACHINES = {"x86_64", "amd64", "aarch64", "arm64"}  # those with vector instructions that the source knows


def compile_library(folder, target):
    """Compile into a folder for a platform; return the path, or None and why there is none."""
    compiler = (
        shlex.split(os.environ.get("CXX", ""))
        or [found for name in COMPILERS if (found := shutil.which(name))][:1]
    )
    if not compiler:
        return None, "no C++ compiler was found"
    if not target.endswith(tuple(MACHINES)):
        return None, f"{target} is not among the processors that the native kernel knows"
    path = Path(folder, NAME)
    options = [*shlex.split(OPTIONS), f"-DSOURCE_CRC={zlib.crc32(SOURCE.read_bytes())}u"]
    if not target.startswith("win"):
        options.append("-fPIC")
    command = [
        *compiler,
        *options,
        *shlex.split(os.environ.get("CXXFLAGS", "")),
        str(SOURCE),
        "-o",
        str(path),
    ]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return None, str(error)
    if result.returncode:
        return None, f"{shlex.join(command)}\n{result.stderr}"
    return path, None


def this_platform():
    """Return the tag of wheels for this system."""
    name = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    # a Python that runs emulated or for several processors: what it is running on now
    return name.replace("universal2", platform.machine())


class NativeKernelHook(BuildHookInterface):
    """What hatchling calls before it collects the files of a wheel."""

    folder = None

    def initialize(self, version, build_data):
        """Compile, and tell hatchling which file there is, and for which platform."""
        target = os.environ.get("SEQESTIMATORS_PLATFORM") or this_platform()
        built = SOURCE.with_name(NAME)
        if version == "editable" and built.exists() and built.stat().st_mtime > SOURCE.stat().st_mtime:
            return  # pip asks twice: for metadata and for the installation
        self.folder = tempfile.mkdtemp()
        path, problem = compile_library(self.folder, target)
        if path is None:
            self.app.display_info(f"The native kernel is not built: {problem}")
            return
        if version == "editable":
            shutil.copy(path, SOURCE.with_name(NAME))
            return
        build_data["force_include"][str(path)] = f"seqestimators/_native/{NAME}"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{target}"

    def finalize(self, version, build_data, artifact_path):
        """Leave nothing behind."""
        if self.folder:
            shutil.rmtree(self.folder)


if __name__ == "__main__":
    built, reason = compile_library(SOURCE.parent, this_platform())
    sys.exit(reason and f"The native kernel is not built: {reason}")
