"""The charts in the documentation are those of the figures beside them."""

from pathlib import Path

from tests.bench.charts import PREFIX, draw, illustrated

DOCS = Path(__file__).parents[2] / "docs"
REMEDY = "run `.venv/bin/python -m tests.bench.charts`"


def test_the_charts_are_drawn_from_the_tables_of_the_page() -> None:
    page = (DOCS / "benchmarks.md").read_text()

    kept = {one.name: one.read_text() for one in (DOCS / "images").glob(f"{PREFIX}*.svg")}

    assert kept == draw(page), REMEDY
    assert illustrated(page) == page, REMEDY
