"""`library`: question banks as documents for those who write them."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import banks
from assessor.cli.output import progress

if TYPE_CHECKING:
    from assessor.domain.library import Library

TrackName = Annotated[str, typer.Argument(help="Which track, by its id.")]
Out = Annotated[Path, typer.Option(help="The file to write.")]
Banks = Annotated[Path | None, typer.Option(help="Folder of question banks; the shipped one by default.")]
Rubrics = Annotated[Path | None, typer.Option(help="Folder of rubrics; the shipped one by default.")]


@banks.command()
def report(
    track: TrackName,
    out: Out = Path("report.html"),
    draws: Annotated[int, typer.Option(min=2, help="So many forms of each kind are drawn.")] = 1000,
    banks: Banks = None,
    rubrics: Rubrics = None,
) -> None:
    """Write what a bank holds: counts, cues, information at the cut, expected exposure."""
    from assessor.adapters.content import check
    from assessor.simulation.bank_report import bank_report
    from assessor.web.printed import printed

    library = open_library(banks, rubrics)
    with progress(f"Drawing {draws} forms of each kind ..."):
        found = bank_report(library, track, check(*folders(banks, rubrics)), draws)
    write(out, printed("report", report=found))


@banks.command("print")
def print_bank(
    track: TrackName,
    out: Out = Path("bank.html"),
    without_keys: Annotated[bool, typer.Option("--without-keys", help="Only what candidates see.")] = False,
    banks: Banks = None,
    rubrics: Rubrics = None,
) -> None:
    """Write all items of a track for reading and printing, with their keys and rubrics."""
    library = open_library(banks, rubrics)
    shown = {item.id: item.presented() for item in library.items[library.track(track).id].values()}
    write(out, printed_bank(library, track, shown, with_keys=not without_keys))


@banks.command("form")
def print_form(
    track: TrackName,
    out: Out = Path("form.html"),
    form: Annotated[str, typer.Option(help="full or short.")] = "full",
    seed: Annotated[str, typer.Option(help="The same seed draws the same items.")] = "1",
    banks: Banks = None,
    rubrics: Rubrics = None,
) -> None:
    """Draw a form and write it for printing, without keys."""
    from assessor.domain.form import draw_form
    from assessor.web.printed import printed

    library = open_library(banks, rubrics)
    found = library.track(track)
    drawn = draw_form(library, found, form, seed)
    shown = [library.item(track, place.item_id).presented() for place in drawn.items]
    write(out, printed("form", lang=found.language, track=found, form=drawn, seed=seed, shown=shown))


@banks.command()
def schema(out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("schemas")) -> None:
    """Write a JSON Schema for each kind of file, for editors that complete and check YAML."""
    from assessor.adapters.content.schemas import schemas

    out.mkdir(parents=True, exist_ok=True)
    for name, document in schemas().items():
        text = json.dumps(document, indent=2, ensure_ascii=False)
        (out / f"{name}.schema.json").write_text(f"{text}\n", "utf-8")
    typer.echo(f"Wrote {len(schemas())} schemas to {out}.")


def printed_bank(library: "Library", track: str, shown: dict[str, dict[str, Any]], *, with_keys: bool) -> str:
    """Return a page with all items of a track, by category."""
    from assessor.domain.item import Category
    from assessor.web.printed import printed

    found = library.track(track)
    items = list(library.items[track].values())
    by_category = {one.value: [item for item in items if item.category is one] for one in Category}
    return printed(
        "bank",
        lang=found.language,
        with_keys=with_keys,
        track=found,
        by_category={name: own for name, own in by_category.items() if own},
        shown=shown,
        rubrics=library.rubrics,
    )


def folders(banks: Path | None, rubrics: Path | None) -> tuple[Path, Path]:
    """Return the folders that were named, or the shipped ones."""
    from assessor.adapters.shipped import shipped

    return banks or shipped("question_banks"), rubrics or shipped("rubrics")


def open_library(banks: Path | None, rubrics: Path | None) -> "Library":
    """Read the library of these folders. Raises LibraryInvalid."""
    from assessor.adapters.content import FileContent

    return asyncio.run(FileContent(*folders(banks, rubrics)).library())


def write(out: Path, text: str) -> None:
    """Write a document, and say where."""
    out.write_text(text, "utf-8")
    typer.echo(f"Wrote {out}.")
