"""Executes the notebooks beside this file from their first cell to their last; an error in one is an error here.

`--write` keeps what the cells put out; without it nothing is changed.
"""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def main(write: bool) -> None:
    for path in sorted(Path(__file__).parent.glob("*.ipynb")):
        begun = time.monotonic()
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
        n_shown = sum(bool(cell.get("outputs")) for cell in notebook.cells if cell.cell_type == "code")
        assert n_shown > 0, f"{path.name} shows nothing"
        print(f"{path.name}: {len(notebook.cells)} cells, {n_shown} of them show something, {time.monotonic() - begun:.0f} s")
        if write:
            nbformat.write(notebook, path)


if __name__ == "__main__":
    main("--write" in sys.argv[1:])
