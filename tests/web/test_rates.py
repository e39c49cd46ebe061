"""How many requests a key may send."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.web.rates import MAX_KEPT, RateLimited, Rates, Standing
from tests.web.site import serving


class Watch:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def rates(per_minute: int = 60, burst: int = 3) -> tuple[Rates, Watch]:
    watch = Watch()
    return Rates(per_minute, burst, now=watch), watch


def test_a_burst_passes_at_once_and_the_next_one_has_to_wait() -> None:
    found, _ = rates()

    passed = [found.take("a") for _ in range(3)]

    assert passed == [Standing(2, 1), Standing(1, 2), Standing(0, 3)]
    with pytest.raises(RateLimited) as refused:
        found.take("a")
    assert refused.value.retry_after == 1


def test_tokens_flow_back_with_time_up_to_the_burst() -> None:
    found, watch = rates()
    for _ in range(3):
        found.take("a")

    watch.at += 1.0
    assert found.take("a").left == 0
    watch.at += 3600
    assert found.standing("a") == Standing(3, 0)


def test_each_key_has_a_bucket_of_its_own() -> None:
    found, _ = rates(burst=1)
    found.take("a")

    assert found.take("b").left == 0


def test_a_flood_of_keys_does_not_fill_the_memory() -> None:
    found, _ = rates()

    for number in range(MAX_KEPT + 10):
        found.take(f"key-{number}")

    assert len(found._buckets) == MAX_KEPT


def test_the_key_that_was_asked_for_longest_ago_makes_room() -> None:
    found, _ = rates()
    for number in range(MAX_KEPT):
        found.take(f"key-{number}")
    found.standing("key-0")

    found.take("one more")

    assert [found.knows(name) for name in ("key-0", "key-1", "key-2", "one more")] == [
        True,
        False,
        True,
        True,
    ]


def test_only_a_key_that_was_let_in_is_known() -> None:
    found, _ = rates()
    assert not found.knows("a")

    found.take("a")

    assert found.knows("a")
    assert not found.knows("b")


def test_a_key_that_nobody_has_used_has_all_of_its_burst() -> None:
    found, _ = rates(per_minute=30, burst=4)

    assert found.standing("a") == Standing(4, 0)
    assert found.take("a") == Standing(3, 2)


@pytest.mark.parametrize(
    ("per_minute", "burst", "policy"),
    [(60, 3, '"key";q=3;w=3'), (7, 3, '"key";q=3;w=26'), (600, 1, '"key";q=1;w=1')],
)
def test_the_policy_says_in_how_many_seconds_the_burst_flows_back(
    per_minute: int, burst: int, policy: str
) -> None:
    assert rates(per_minute, burst)[0].policy == policy


@pytest.mark.parametrize(("seconds", "told"), [(1, "1 second,"), (2, "2 seconds,")])
def test_the_wait_is_told_in_seconds(seconds: int, told: str) -> None:
    text = f"This key has sent too many requests. Wait {told} then try again."

    assert str(RateLimited(seconds)) == text


@given(
    per_minute=st.integers(1, 6000),
    burst=st.integers(1, 50),
    pauses=st.lists(st.floats(0, 10), max_size=200),
)
def test_no_more_pass_than_the_burst_and_what_has_flowed_back(
    per_minute: int, burst: int, pauses: list[float]
) -> None:
    found, watch = rates(per_minute, burst)
    passed = 0

    for pause in pauses:
        watch.at += pause
        with suppress(RateLimited):
            found.take("a")
            passed += 1

    assert passed <= burst + sum(pauses) * per_minute / 60 + 1e-6


def test_the_wait_that_is_told_is_long_enough() -> None:
    found, watch = rates(per_minute=7, burst=1)
    found.take("a")
    with pytest.raises(RateLimited) as refused:
        found.take("a")

    watch.at += refused.value.retry_after

    assert found.take("a").left == 0


async def test_every_answer_tells_what_is_left_and_beyond_it_there_is_429(tmp_path: Path) -> None:
    async with serving(tmp_path, api_requests_per_minute=1, api_burst=3) as site:
        platform = await site.platform()
        async with site.program(**platform.headers) as api:
            paths = ("/v1/tracks", "/v1/tracks/none", "/v1/assessments/none/verdict", "/v1/tracks")
            answers = [await api.get(path) for path in paths]
        async with site.program() as nobody:
            unknown = await nobody.get("/v1/tracks")

    assert [answer.status_code for answer in answers] == [200, 404, 404, 429]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"key";q=3;w=180'}
    left = [answer.headers["ratelimit"].split(";")[1] for answer in answers]
    assert left == ["r=2", "r=1", "r=0", "r=0"]
    assert answers[-1].json()["code"] == "rate-limited"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert unknown.headers["ratelimit-policy"] == '"key";q=3;w=180'
    assert "ratelimit" not in unknown.headers
