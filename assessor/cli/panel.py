"""`panel`: the sheets that experts fill in, what they read meanwhile, and what becomes of their answers."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from assessor.cli.app import panels
from assessor.cli.banks import Banks, Out, Rubrics, TrackName, folders, open_library, printed_bank, write
from assessor.cli.output import Json, print_json, print_table

if TYPE_CHECKING:
    from assessor.adapters.content.panel_import import PanelImport
    from assessor.domain.panel import PanelAgreement

_COLUMNS = ("Item", "Experts", "Gwet's AC", "Alpha", "Same answer", "Key")


@panels.command()
def sheet(
    track: TrackName,
    out: Out = Path("panel.csv"),
    file_format: Annotated[
        Literal["csv", "xlsx"] | None, typer.Option("--format", help="By the file's name when left out.")
    ] = None,
    banks: Banks = None,
    rubrics: Rubrics = None,
) -> None:
    """Write the sheet that experts fill in, one row for each judgement, without keys."""
    from assessor.adapters.content.panel_import import authored_shelf
    from assessor.adapters.content.panel_sheet import panel_sheet, sheet_rows
    from assessor.adapters.content.panel_workbook import workbook

    items = [item for _, item in authored_shelf(*folders(banks, rubrics), track).usable()]
    if (file_format or out.suffix.lower().lstrip(".")) == "xlsx":
        path = out if out.suffix.lower() == ".xlsx" else out.with_suffix(".xlsx")
        path.write_bytes(workbook(sheet_rows(items)))
        typer.echo(f"Wrote {path}.")
        return
    # The signature at the beginning is what tells spreadsheets that the text is UTF-8.
    write(out, "\ufeff" + panel_sheet(items))


@panels.command()
def reading(
    track: TrackName,
    out: Out = Path("panel.html"),
    banks: Banks = None,
    rubrics: Rubrics = None,
) -> None:
    """Write what experts read while they fill in the sheet: the items without keys, responses by letters."""
    from assessor.adapters.content.panel_sheet import material

    library = open_library(banks, rubrics)
    shown = {item.id: material(item) for item in library.items[library.track(track).id].values()}
    write(out, printed_bank(library, track, shown, with_keys=False))


@panels.command("import")
def import_sheets(
    files: Annotated[list[Path], typer.Argument(help="Sheets that experts filled in, CSV or XLSX.")],
    track: Annotated[str, typer.Option(help="The track whose items were rated.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would follow, and write nothing.")
    ] = False,
    banks: Banks = None,
    rubrics: Rubrics = None,
    as_json: Json = False,
) -> None:
    """Make keys of what a panel says, with its agreement; items on which it does not agree are refused.

    Several experts may share a file, named in the column `expert`, or have a file each.
    """
    from assessor.adapters.content.panel_import import import_panel

    found = import_panel(files, *folders(banks, rubrics), track)
    path = None if dry_run else found.write()
    if as_json:
        overall = {category.value: asdict(one) for category, one in found.overall.items()}
        print_json({"items": [asdict(one) for one in found.items], "overall": overall, "written": path})
        return
    _print(found)
    typer.echo(f"Wrote {path}." if path else "Nothing was written.")


def _print(found: "PanelImport") -> None:
    rows = [
        (one.item, *_figures(one.agreement), "author's" if one.refused else "panel's") for one in found.items
    ]
    rows += [(f"all: {category}", *_figures(one), "") for category, one in found.overall.items()]
    print_table("What the panel says", _COLUMNS, rows)
    for one in found.items:
        if one.refused:
            gwet = one.agreement.gwet
            figure = "" if gwet is None else f" (Gwet's AC {gwet:.2f})"
            typer.echo(f"refused: {one.item}: {one.refused}{figure}", err=True)


def _figures(one: "PanelAgreement") -> tuple[str, ...]:
    statistics = ("-" if value is None else f"{value:.2f}" for value in (one.gwet, one.alpha))
    return (str(one.experts), *statistics, f"{one.alike:.0%}")
