"""`signals`: how often people set aside what rules noticed, and which rules are off."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor.cli.app import app
from assessor.cli.output import Json, print_json, print_table, settings

if TYPE_CHECKING:
    from assessor.domain.signal_rule import Overturned
    from assessor.services.signal_rules import Standing


@app.command()
def signals(
    tenant: Annotated[str, typer.Option(help="Only this platform; all by default.")] = "",
    as_json: Json = False,
) -> None:
    """Show how often people set aside what a rule noticed in candidates' words, and which rules are off.

    A rule that is wrong too often is switched off by itself; a person switches it on again at
    /review/quality/signals.
    """
    found = asyncio.run(_standings(tenant))
    rows = [(platform, one) for platform, standings in found.items() for one in standings]
    if as_json:
        print_json([_document(platform, one) for platform, one in rows])
        return
    print_table("Rules that notice", ("Platform", "Rule", "Set aside", "State"), [_row(*one) for one in rows])


async def _standings(tenant: str) -> "dict[str, tuple[Standing, ...]]":
    from assessor.bootstrap import signal_rules

    async with signal_rules(settings()) as (store, rules):
        platforms = [await store.tenant(tenant)] if tenant else await store.tenants()
        return {one.id: await rules.look(one.id) for one in platforms}


def _row(platform: str, one: "Standing") -> tuple[str, ...]:
    state = "on" if one.is_on else "OFF"
    since = f" since {one.switched.at:%Y-%m-%d %H:%M}" if one.switched else ""
    return platform, one.rule, _share(one.overturned), f"{state}{since}"


def _share(one: "Overturned") -> str:
    if one.interval is None:
        return "nobody has looked yet"
    low, high = one.interval
    return f"{one.aside} of {one.looked} ({low:.0%} to {high:.0%})"


def _document(platform: str, one: "Standing") -> dict[str, Any]:
    low, high = one.overturned.interval or (None, None)
    return {
        "tenant": platform,
        "rule": one.rule,
        "looked": one.overturned.looked,
        "set_aside": one.overturned.aside,
        "share": one.overturned.share,
        "low": low,
        "high": high,
        "is_on": one.is_on,
        "since": one.switched.at.isoformat() if one.switched else None,
    }
