"""People who write nearly the same to the same task."""

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.item import Category
from assessor.services.order import Order
from tests.world import World

WRITTEN = """
Before I touch the function I would write down what the caller expects, because the traceback only
tells where it broke and not why. Then I would reproduce the fault with the smallest input that
still shows it, freeze that as a failing test, and bisect the recent commits until one of them turns
the test red. Only after that would I change the code, in one small step, and look whether the test
and all of its neighbours pass. At last I would tell the person who reported it what was wrong, how
we noticed, and which other places in the service I have checked.
""".strip().replace("\n", " ")
ELSEWISE = """
My first step is a conversation with whoever saw the failure: which version, which data, since when.
Logs of that hour usually narrow things down to one request, and replaying this request against a
copy of production shows the broken invariant quickly. I fix the invariant where it is established
rather than where it is consumed, add a guard that refuses bad rows at the border, and deploy behind
a flag so that we can go back within a minute if I am wrong.
""".strip().replace("\n", " ")


async def handed_in(
    world: World, reference: str, text: str, item_id: str | None = None, *, livemode: bool = True
) -> Assessment:
    """Let somebody write a text to an ideal response and submit; to `item_id`, where it is named."""
    order = Order(candidate_ref=reference, track="python", form="short", livemode=livemode)
    ordered = await world.ordering.order(world.tenant, order)
    if item_id not in {None, sft_of(ordered.assessment)}:
        return await handed_in(world, f"{reference}-else", text, item_id, livemode=livemode)
    assessment, _ = await world.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])
    await world.conversing.begin(assessment.id)
    await world.conversing.settled(assessment.id)
    await world.answering.hand_in(assessment.id, sft_of(assessment), {"text": text})
    finished = e.InterviewFinished(reason="complete")
    await world.log.change(assessment.id, lambda _a, _now: [finished])
    await world.answering.submit(assessment.id)
    return await world.log.load(assessment.id)


def sft_of(assessment: Assessment) -> str:
    """Return the item of the ideal response."""
    return next(one.item_id for one in assessment.form.tasks if one.category is Category.SFT)
