"""Unpacks a source distribution: `unpack.py ARCHIVE FOLDER`.

The `data` filter of `tarfile` refuses absolute paths, paths and links that lead outside, and
devices. An archive without exactly one folder at the top is refused as well.
"""

import os
import sys
import tarfile

archive, folder = sys.argv[1:]
if not hasattr(tarfile, "data_filter"):
    sys.exit("python3 is too old to unpack safely: 3.12, or 3.11.4, 3.10.12, 3.9.17 at least")
try:
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
except tarfile.TarError as error:
    sys.exit(f"{os.path.basename(archive)} was refused: {error}")
if len(os.listdir(folder)) != 1:
    sys.exit(f"{os.path.basename(archive)} does not hold exactly one folder")
