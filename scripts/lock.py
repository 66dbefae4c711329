"""Writes requirements/*.lock: exact versions and hashes for every platform, from setup.cfg alone."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

BUILD = "setuptools >= 80\n"
"""Locked too, because the editable install builds without isolation."""


def compile_lock(name: str, extras: list[str]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".in") as build:
        build.write(BUILD)
        build.flush()
        command = [
            *(sys.executable, "-m", "uv", "pip", "compile", "--quiet"),
            *("--universal", "--python-version", "3.11", "--generate-hashes"),
            *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
            *[f"--extra={extra}" for extra in extras],
            *("--output-file", f"requirements/{name}.lock", "setup.cfg", build.name),
        ]
        subprocess.run(command, check=True, cwd=ROOT)


if __name__ == "__main__":
    compile_lock("run", ["client"])
    compile_lock("dev", ["client", "dev"])
