"""``python -m unified_id``: the command ``unified-id``, from the wheel ``unified-id-cli``."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path


def _binary() -> Path | None:
    """Find the binary beside this interpreter; never one that happens to be on the path."""
    name = f"unified-id{sysconfig.get_config_var('EXE') or ''}"
    schemes = (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user"))
    for scheme in schemes:
        path = Path(sysconfig.get_path("scripts", scheme), name)
        if path.is_file():
            return path
    return None


def main() -> int:
    """Run the binary with the same arguments, streams and exit code."""
    binary = _binary()
    if binary is None:
        print(
            "error: the command is a wheel of its own\nhelp:  pip install 'unified-id[cli]'",
            file=sys.stderr,
        )
        return 2
    arguments = [str(binary), *sys.argv[1:]]
    if sys.platform == "win32":
        return subprocess.run(arguments, check=False).returncode
    os.execv(binary, arguments)


if __name__ == "__main__":
    sys.exit(main())
