"""What administrators do with accounts, and what each error says."""

from datetime import timedelta

import pytest

from assessor.adapters.passwords import Argon2Passwords
from assessor.domain.audit_log import Action
from assessor.domain.errors import Conflict, FieldProblem, Gone, InvalidInput, NotFound, Unauthenticated
from assessor.domain.roles import Role
from assessor.ports import ActFilter, Reviewer
from assessor.services.access import LOCK, LOCK_AFTER, account_of
from assessor.services.people import LINK, MAX_EMAIL_CHARS, MAX_NAME_CHARS, Duties, People
from tests.services import plays
from tests.world import SeededRandom, World

PASSWORD = "a long enough password"
REVIEWS = Duties((Role.REVIEWER,))
RUNS = Duties((Role.ADMIN,))
SECOND = timedelta(seconds=1)


@pytest.fixture
def people(world: World) -> People:
    return People(world.store, Argon2Passwords(), world.clock, SeededRandom(2))


async def joined(people: People, email: str, duties: Duties, by: str = "olga") -> Reviewer:
    _, token = await people.invite(by, "acme", email, "Ana", duties)
    return await people.join(token, PASSWORD)


async def act(people: People, way: str, person: Reviewer) -> None:
    """Do one of the things that an administrator of Acme can do with somebody."""
    duties = (REVIEWS,) if way == "change" else ()
    await getattr(people, way)("olga", "acme", person.id, *duties)


async def acts_on(world: World, person: Reviewer) -> list[tuple[str, str, dict[str, object]]]:
    records = await world.store.recorded(ActFilter("acme", subject=person.id))
    return [(one.actor, one.action, dict(one.detail or {})) for one in records[::-1]]


async def test_an_invitation_adds_an_account_without_a_password(world: World, people: People) -> None:
    duties = Duties((Role.AUDITOR, Role.REVIEWER), ("python", "law"), ("en",))

    person, token = await people.invite("olga", "acme", "  ana@acme.example ", " Ana ", duties)

    assert person.id.startswith("rev_")
    assert person == Reviewer(
        person.id,
        "acme",
        "ana@acme.example",
        "Ana",
        "",
        (Role.REVIEWER, Role.AUDITOR),
        ("python", "law"),
        ("en",),
    )
    assert await world.store.reviewer(person.id) == person
    assert await people.invited(token) == person
    assert await acts_on(world, person) == [
        (
            "olga",
            Action.REVIEWER_ADDED,
            {"roles": "reviewer auditor", "tracks": "python law", "languages": "en"},
        )
    ]


async def test_whoever_has_no_name_goes_by_the_address(people: People) -> None:
    person, _ = await people.invite("olga", "acme", "ana@acme.example", "  ", REVIEWS)

    assert person.name == "ana@acme.example"


NAME = FieldProblem("name", f"is longer than {MAX_NAME_CHARS} characters", "Shorten it.")
ROLES = FieldProblem("roles", "are missing", "Choose at least one.")
NO_ADDRESS = FieldProblem("email", "is not an e-mail address", "Write one like ana@example.org.")
TAKEN = FieldProblem("email", "has an account already", "Use another address.")
LONGEST = "a" * (MAX_EMAIL_CHARS - len("@example.org")) + "@example.org"


@pytest.mark.parametrize(
    ("email", "name", "duties", "problems"),
    [
        ("rita@acme.example", "Ana", REVIEWS, [TAKEN]),
        ("rita@acme.example", "a" * (MAX_NAME_CHARS + 1), Duties(()), [NAME, ROLES, TAKEN]),
        ("ana@example", "Ana", REVIEWS, [NO_ADDRESS]),
        ("ana @example.org", "Ana", REVIEWS, [NO_ADDRESS]),
        ("a" + LONGEST, "Ana", REVIEWS, [NO_ADDRESS]),
        (LONGEST, "a" * MAX_NAME_CHARS, Duties(()), [ROLES]),
    ],
)
async def test_every_wrong_field_of_an_invitation_is_told_at_once(
    world: World, people: People, email: str, name: str, duties: Duties, problems: list[FieldProblem]
) -> None:
    await plays.reviewer(world)

    with pytest.raises(InvalidInput) as refused:
        await people.invite("olga", "acme", email, name, duties)

    assert list(refused.value.problems) == problems


async def test_the_longest_name_and_address_are_taken(people: People) -> None:
    person, _ = await people.invite("olga", "acme", LONGEST, "a" * MAX_NAME_CHARS, REVIEWS)

    assert (person.email, len(person.name)) == (LONGEST, MAX_NAME_CHARS)


async def test_members_are_those_of_the_platform_each_with_their_lock(world: World, people: People) -> None:
    await world.access.add_tenant("other", "Other", world.tenant.policy)
    rita = await plays.reviewer(world)
    world.clock.turn(SECOND)
    await plays.reviewer(world, "other", "otto@other.example")
    ana = await joined(people, "ana@acme.example", REVIEWS)
    for _ in range(LOCK_AFTER):
        with pytest.raises(Unauthenticated):
            await world.access.sign_in(" ANA@acme.example", "wrong")

    members = await people.members("acme")

    assert [(one.reviewer, one.locked_until) for one in members] == [
        (rita, None),
        (ana, world.clock.now() + LOCK),
    ]


async def test_a_link_works_until_its_term_ends_and_not_after(world: World, people: People) -> None:
    person, token = await people.invite("olga", "acme", "ana@acme.example", "Ana", REVIEWS)

    world.clock.turn(LINK - SECOND)
    assert await people.invited(token) == person
    world.clock.turn(SECOND)

    with pytest.raises(Gone) as ended:
        await people.invited(token)
    assert str(ended.value) == (
        "This link was used, replaced, or has run out. Ask an administrator for a new one."
    )


async def test_a_new_link_ends_the_one_before(world: World, people: People) -> None:
    person, first = await people.invite("olga", "acme", "ana@acme.example", "Ana", REVIEWS)

    again, second = await people.link("olga", "acme", person.id)

    assert again == person
    assert await people.invited(second) == person
    with pytest.raises(Gone):
        await people.invited(first)
    assert [action for _, action, _ in await acts_on(world, person)] == [
        Action.REVIEWER_ADDED,
        Action.REVIEWER_LINKED,
    ]


async def test_a_session_is_no_link(world: World, people: People) -> None:
    rita = await plays.reviewer(world)
    session = await world.access.sign_in(rita.email, PASSWORD)

    with pytest.raises(Gone):
        await people.invited(session)


async def test_a_link_is_no_session(world: World, people: People) -> None:
    _, token = await people.invite("olga", "acme", "ana@acme.example", "Ana", REVIEWS)

    with pytest.raises(Unauthenticated):
        await world.access.reviewer(token)


async def test_joining_uses_the_link_up_ends_sessions_and_forgets_wrong_passwords(
    world: World, people: People
) -> None:
    rita = await plays.reviewer(world)
    session = await world.access.sign_in(rita.email, PASSWORD)
    for _ in range(LOCK_AFTER):
        with pytest.raises(Unauthenticated):
            await world.access.sign_in(rita.email, "wrong")
    _, token = await people.link("olga", "acme", rita.id)

    with pytest.raises(InvalidInput):
        await people.join(token, "short")
    await people.join(token, "another password, long")

    with pytest.raises(Gone):
        await people.join(token, PASSWORD)
    with pytest.raises(Unauthenticated):
        await world.access.reviewer(session)
    with pytest.raises(Unauthenticated):
        await world.access.sign_in(rita.email, PASSWORD)
    await world.access.sign_in(rita.email, "another password, long")


async def test_other_duties_replace_the_old_ones(world: World, people: People) -> None:
    ana = await joined(people, "ana@acme.example", Duties((Role.REVIEWER,), ("python",), ("en",)))

    changed = await people.change("olga", "acme", ana.id, Duties((Role.SENIOR,), (), ("de", "es")))

    assert (changed.roles, changed.tracks, changed.languages) == ((Role.SENIOR,), (), ("de", "es"))
    assert await world.store.reviewer(ana.id) == changed
    assert (await acts_on(world, ana))[-1] == (
        "olga",
        Action.ROLES_CHANGED,
        {"roles": "senior", "tracks": "", "languages": "de es"},
    )
    with pytest.raises(InvalidInput) as refused:
        await people.change("olga", "acme", ana.id, Duties(()))
    assert list(refused.value.problems) == [ROLES]


async def test_an_account_that_ends_signs_out_and_its_link_ends(world: World, people: People) -> None:
    rita = await plays.reviewer(world)
    session = await world.access.sign_in(rita.email, PASSWORD)
    _, token = await people.link("olga", "acme", rita.id)
    at = world.clock.now()

    ended = await people.disable("olga", "acme", rita.id)
    world.clock.turn(SECOND)
    again = await people.disable("olga", "acme", rita.id)

    assert (ended.disabled_at, again.disabled_at) == (at, at)
    with pytest.raises(Gone):
        await people.invited(token)
    let_in = await people.enable("olga", "acme", rita.id)
    assert let_in == rita
    with pytest.raises(Unauthenticated, match="Sign in first"):
        await world.access.reviewer(session)
    assert [action for _, action, _ in await acts_on(world, rita)][-3:] == [
        Action.REVIEWER_REMOVED,
        Action.REVIEWER_REMOVED,
        Action.REVIEWER_ADDED,
    ]


async def test_lifting_a_lock_lets_the_right_password_in(world: World, people: People) -> None:
    rita = await plays.reviewer(world)
    for _ in range(LOCK_AFTER):
        with pytest.raises(Unauthenticated):
            await world.access.sign_in(rita.email, "wrong")

    assert await people.unlock("olga", "acme", rita.id) == rita

    await world.access.sign_in(rita.email, PASSWORD)
    assert await world.store.locked_until(account_of(rita.email), world.clock.now()) is None
    assert (await acts_on(world, rita))[-2][1] == Action.REVIEWER_UNLOCKED


@pytest.mark.parametrize("way", ["change", "disable"])
@pytest.mark.parametrize("other", ["none", "a reviewer", "disabled", "not joined", "of another platform"])
async def test_the_last_administrator_stays(world: World, people: People, way: str, other: str) -> None:
    ana = await joined(people, "ana@acme.example", RUNS)
    if other == "a reviewer":
        await joined(people, "ben@acme.example", REVIEWS)
    elif other == "disabled":
        ben = await joined(people, "ben@acme.example", RUNS)
        await people.disable("olga", "acme", ben.id)
    elif other == "not joined":
        await people.invite("olga", "acme", "ben@acme.example", "Ben", RUNS)
    elif other == "of another platform":
        await world.access.add_tenant("other", "Other", world.tenant.policy)
        await world.access.add_reviewer("other", "otto@other.example", "Otto", PASSWORD, RUNS.roles)

    with pytest.raises(Conflict) as refused:
        await act(people, way, ana)

    assert str(refused.value) == (
        "Ana is the only administrator. Make somebody else one first, who has joined."
    )
    assert await world.store.reviewer(ana.id) == ana


@pytest.mark.parametrize("way", ["change", "disable"])
async def test_an_administrator_goes_when_there_is_another(world: World, people: People, way: str) -> None:
    ana = await joined(people, "ana@acme.example", RUNS)
    await joined(people, "ben@acme.example", RUNS)

    await act(people, way, ana)

    after = await world.store.reviewer(ana.id)
    assert Role.ADMIN not in after.roles or after.disabled_at == world.clock.now()


async def test_an_administrator_alone_may_get_more_duties(people: People) -> None:
    ana = await joined(people, "ana@acme.example", RUNS)

    changed = await people.change("olga", "acme", ana.id, Duties((Role.REVIEWER, Role.ADMIN)))

    assert set(changed.roles) == {Role.REVIEWER, Role.ADMIN}


@pytest.mark.parametrize("way", ["link", "change", "disable", "enable", "unlock"])
async def test_who_belongs_to_another_platform_is_not_there(world: World, people: People, way: str) -> None:
    await world.access.add_tenant("other", "Other", world.tenant.policy)
    otto = await plays.reviewer(world, "other", "otto@other.example")

    with pytest.raises(NotFound, match=otto.id):
        await act(people, way, otto)

    assert await world.store.reviewer(otto.id) == otto
    assert not await world.store.recorded(ActFilter("other", subject=otto.id))
