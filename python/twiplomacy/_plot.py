"""Plots that notebooks show inline."""

from __future__ import annotations

from pathlib import Path


class Plot:
    """A plot as SVG and as PNG, the same bytes as in a bundle. A notebook shows it as it is.

    >>> import twiplomacy as tw
    >>> scenario = tw.Scenario("canada-saudi-2018").set({"network.accounts": 20_000})
    >>> plot = tw.run(scenario, runs=20, progress=False).plot("ladder")
    >>> plot.svg.startswith("<svg")
    True
    """

    def __init__(self, name: str, svg: bytes, png: bytes) -> None:
        self.name = name
        """Name, the stem of its files."""
        self.png = png
        """The PNG file."""
        self._svg = svg

    @property
    def svg(self) -> str:
        """The SVG file."""
        return self._svg.decode("utf-8")

    def save(self, path: str | Path) -> Path:
        """Writes the plot as what the ending of `path` says: `.svg` or `.png`."""
        path = Path(path)
        match path.suffix.lower():
            case ".svg":
                path.write_bytes(self._svg)
            case ".png":
                path.write_bytes(self.png)
            case other:
                raise ValueError(f"`{other}` is not a format of plots; allowed: `.svg`, `.png`")
        return path

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_png_(self) -> bytes:
        return self.png

    def __repr__(self) -> str:
        return f"<Plot {self.name!r}>"
