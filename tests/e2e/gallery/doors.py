"""A demonstration with its three doors, in a folder of its own: only there a page says that it is one."""

from pathlib import Path

from assessor.services.access import Scope
from assessor.services.order import Order
from assessor.simulation.candidate import WEAK
from assessor.simulation.playing import begin
from assessor.web import demo
from tests.web.site import PILOT, serving


async def seed_doors(folder: Path) -> None:
    """Bring a demonstration to where a simulated case is finished and somebody has begun another."""
    async with serving(folder, demonstration=True) as site:
        access = site.services.access
        tenant = await access.add_tenant(demo.TENANT, "Demonstration platform", PILOT)
        key = await access.add_key(demo.TENANT, tuple(Scope), livemode=False)
        (folder / demo.KEY_FILE).write_text(key.secret)
        player = await begin(site.services, tenant, demo.NOT_QUALIFIED, demo.FORM, demo.TRACK, WEAK)
        await player.interview()
        await player.tasks()
        await player.submit()
        begun = Order(
            candidate_ref="visitor-of-the-gallery", track=demo.TRACK, form=demo.FORM, livemode=False
        )
        await site.services.ordering.order(tenant, begun)
