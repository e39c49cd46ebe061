"""Studies on disk, and the cuts of tracks that name them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest
import yaml

from assessor.adapters.content import check, shipped_content
from assessor.adapters.shipped import shipped
from assessor.adapters.standards import read_ratings, write_study
from assessor.domain.errors import InvalidInput
from assessor.domain.standard_setting import StandardSetting
from assessor.services.standards import measurement_error, set_standard

ITEMS = ("sft-naive-aware", "sft-log-parser", "sft-merge-bookings")
SHARES = {
    "ada": (0.55, 0.5, 0.45),
    "ben": (0.6, 0.5, 0.5),
    "cleo": (0.5, 0.55, 0.4),
    "dora": (0.5, 0.45, 0.5),
}


def csv_of(shares: Mapping[str, tuple[float, ...]], whole: float = 1) -> str:
    lines = ["judge,round,item,rating"]
    lines += [
        f"{judge},1,{item},{share * whole:g}"
        for judge, given in shares.items()
        for item, share in zip(ITEMS, given, strict=True)
    ]
    return "\n".join(lines) + "\n"


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    file = tmp_path / "ratings.csv"
    file.write_text(csv_of(SHARES))
    return file


def python_alone(root: Path) -> tuple[Path, Path]:
    """Copy one track with its rubrics, to change it; return the folders of banks and rubrics."""
    for name in ("question_banks", "rubrics"):
        copytree(shipped(name) / "python", root / name / "python")
    return root / "question_banks", root / "rubrics"


async def held(ratings: Path, level: str = "entry") -> StandardSetting:
    library = await shipped_content().library()
    given = read_ratings(ratings, percent=False)
    return set_standard(library, "python", "panel-1", date(2026, 11, 20), given, level)


async def test_a_study_on_shipped_items_has_a_cut_an_error_and_a_measurement_error(ratings: Path) -> None:
    study = await held(ratings)

    assert -1.5 < study.ability < 1.5
    assert 0 < study.standard_error < 0.3
    assert 0.1 < study.measurement_error < 0.7
    assert {one.item for one in study.items} == set(ITEMS)


async def test_an_ability_far_from_the_items_is_measured_less_well() -> None:
    library = await shipped_content().library()

    assert measurement_error(library, "python", 2.8) > measurement_error(library, "python", 0.2)


def test_percent_and_shares_are_the_same_ratings(ratings: Path, tmp_path: Path) -> None:
    other = tmp_path / "percent.csv"
    other.write_text(csv_of(SHARES, 100))

    percent, shares = read_ratings(other, percent=True), read_ratings(ratings, percent=False)

    assert [one.share for one in percent] == pytest.approx([one.share for one in shares])


@pytest.mark.parametrize("bad", ["1.2", "nan", "-0.1", "", "half"])
def test_a_rating_that_is_no_share_is_named_with_its_line(ratings: Path, bad: str) -> None:
    ratings.write_text(ratings.read_text().replace("0.45\n", f"{bad}\n", 1))

    with pytest.raises(InvalidInput) as refused:
        read_ratings(ratings, percent=False)

    assert "line 4: 'ada', '1', 'sft-merge-bookings'" in str(refused.value)


async def test_a_track_takes_the_cut_of_its_study_and_no_other(ratings: Path, tmp_path: Path) -> None:
    banks, rubrics = python_alone(tmp_path)
    study = await held(ratings)
    (banks / "python" / "standards").mkdir()
    record = banks / "python" / "standards" / "panel-1.yaml"
    write_study(study, record)
    cut = {
        "ability": round(study.ability, 3),
        "standard_error": round(study.standard_error, 3),
        "method": "angoff",
        "record": "panel-1",
        "rationale": "Four judges, one round, rated on their own.",
    }

    def problems(**changes: object) -> list[str]:
        track = banks / "python" / "track.yaml"
        track.write_text(yaml.safe_dump({**yaml.safe_load(track.read_text()), "cut": {**cut, **changes}}))
        return [f"{one.field}: {one.problem}" for one in check(banks, rubrics).errors]

    assert problems() == []
    assert problems(ability=cut["ability"] - 0.1)[0].startswith("cut.ability: is ")  # type: ignore[operator]
    assert problems(record="panel-2") == ["cut.record: there is no standards/panel-2.yaml"]
    assert problems(method="authored")[0].startswith("cut.record: name the study")
    assert any("4 judges are few" in one.problem for one in check(banks, rubrics).warnings) is False
    assert problems() == []
    assert any("4 judges are few" in one.problem for one in check(banks, rubrics).warnings)

    record.write_text(record.read_text().replace("share: 0.55", "share: 0.95", 1))
    assert any("rounds: do not follow" in one or one.startswith("rounds") for one in problems())


async def test_a_level_takes_the_cut_of_a_study_that_was_held_for_it(ratings: Path, tmp_path: Path) -> None:
    banks, rubrics = python_alone(tmp_path)
    study = await held(ratings, "specialist")
    (banks / "python" / "standards").mkdir()
    write_study(study, banks / "python" / "standards" / "panel-1.yaml")
    track = banks / "python" / "track.yaml"
    plain = {key: value for key, value in yaml.safe_load(track.read_text()).items() if key != "levels"}
    cut = {
        "ability": round(study.ability, 3),
        "standard_error": round(study.standard_error, 3),
        "method": "angoff",
        "record": "panel-1",
        "rationale": "Four judges, one round, rated on their own.",
    }
    low = {"ability": -1.0, "standard_error": 0.1, "rationale": "Set by the author of these tests."}

    def problems(**changes: object) -> list[str]:
        track.write_text(yaml.safe_dump({**plain, "cut": low, **changes}))
        return [f"{one.field}: {one.problem}" for one in check(banks, rubrics).errors]

    assert problems(levels={"specialist": cut}) == []
    assert problems(levels={"expert": cut}) == [
        "levels.expert.record: is of a study for the level 'specialist', and stands at 'expert'"
    ]
    assert problems(cut=cut) == [
        "cut.record: is of a study for the level 'specialist', and stands at 'entry'"
    ]
    moved = problems(levels={"specialist": {**cut, "ability": study.ability + 0.1}})
    assert moved[0].startswith("levels.specialist.ability: is ")


async def test_a_level_that_there_is_not_is_refused_with_those_there_are(ratings: Path) -> None:
    with pytest.raises(InvalidInput, match="'master' is not a level"):
        await held(ratings, "master")


async def test_a_record_is_written_once(ratings: Path, tmp_path: Path) -> None:
    study = await held(ratings)
    write_study(study, tmp_path / "one.yaml")

    with pytest.raises(InvalidInput, match="exists already"):
        write_study(study, tmp_path / "one.yaml")
