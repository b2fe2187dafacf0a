"""Tables in Arrow's memory."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from . import _native

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

_SHOWN_ROWS = 10
_SHOWN_COLUMNS = 12


class Table:
    """Rows and named columns in Arrow's memory, to be handed over to pandas, polars, pyarrow, DuckDB and whatever else reads Arrow.

    Whoever knows the Arrow PyCapsule interface takes a table as it is: `polars.DataFrame(table)`, `pyarrow.table(table)`,
    `duckdb.sql("SELECT * FROM table")` after `table = pyarrow.table(table)`. Buffers are shared, not copied.

    >>> import polars, twiplomacy as tw
    >>> scenario = tw.Scenario("canada-saudi-2018").set({"network.accounts": 20_000})
    >>> table = tw.run(scenario, runs=20, progress=False).runs
    >>> polars.DataFrame(table).height
    20
    >>> table.unit("dyad.SA-CA.first_act_hours")
    'h'
    """

    def __init__(self, native: _native.Table) -> None:
        self._native = native

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._native.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self._native.__arrow_c_schema__()

    @property
    def num_rows(self) -> int:
        """Number of rows."""
        return self._native.num_rows

    @property
    def column_names(self) -> list[str]:
        """Names of the columns in their order."""
        return self._native.column_names

    def unit(self, column: str) -> str | None:
        """Unit of the numbers of a column; None where there is none."""
        return self._metadata(column).get("unit")

    def description(self, column: str) -> str | None:
        """What a column holds, in a sentence."""
        return self._metadata(column).get("description")

    def _metadata(self, column: str) -> dict[str, str]:
        found = self._native.metadata(column)
        if found is None:
            raise KeyError(column)
        return found

    def __getitem__(self, column: str) -> list[Any]:
        """The values of a column; missing ones are None."""
        values = self._native.column(column)
        if values is None:
            raise KeyError(column)
        return values

    def __len__(self) -> int:
        return self.num_rows

    def to_pyarrow(self) -> pyarrow.Table:
        """The table of pyarrow, on the same memory; units and descriptions are metadata of its fields."""
        import pyarrow

        return pyarrow.table(self)

    def to_pandas(self, **options: Any) -> pandas.DataFrame:
        """A data frame of pandas; `options` go to `pyarrow.Table.to_pandas`."""
        return self.to_pyarrow().to_pandas(**options)

    def to_polars(self) -> polars.DataFrame:
        """A data frame of polars, on the same memory."""
        import polars

        return polars.DataFrame(self)

    def __repr__(self) -> str:
        return f"<Table of {self.num_rows} rows and {len(self.column_names)} columns>"

    def _repr_html_(self) -> str:
        names = self.column_names[:_SHOWN_COLUMNS]
        columns = [self[name] for name in names]
        head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_text(column[row]))}</td>" for column in columns) + "</tr>"
            for row in range(min(self.num_rows, _SHOWN_ROWS))
        )
        more = f"{self.num_rows} rows × {len(self.column_names)} columns"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{more}</p>"


def _text(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
