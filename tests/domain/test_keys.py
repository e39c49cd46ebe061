"""What a machine works out of a key: formulas, figures in texts, scores, glosses, transcriptions."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.code import CodeCall, CodeTest
from assessor.domain.key_check import News2Check
from assessor.domain.keys.arithmetic import FormulaError, evaluate, half_up
from assessor.domain.keys.definitions import uncallable
from assessor.domain.keys.glossing import misalignment
from assessor.domain.keys.news2 import points
from assessor.domain.keys.quoting import denies, figures, states
from assessor.domain.keys.transcription import foreign_sign


@pytest.mark.parametrize(
    ("formula", "values", "result", "places"),
    [
        ("500 / 4", {}, "125", 0),
        ("-2 ** 2", {}, "-4", 0),
        ("(1 + rate) ** years * capital", {"rate": 0.05, "years": 10, "capital": 1000}, "1628.89", 2),
        ("sqrt(height * weight / 3600)", {"height": 170, "weight": 70}, "1.82", 2),  # Mosteller
        ("(1 / 8 + 0) ** 0.5", {}, "0.354", 3),
        ("1 / 3 * 3", {}, "1", 9),
        ("1.15 * 100", {}, "115", 9),  # 114.99999999999999 in binary
        ("exp(log(7))", {}, "7", 9),
        ("min(3, 2, 5) + max(1, 4) - abs(-2)", {}, "4", 0),
        ("round(2.5) + round(2.345, 2)", {}, "5.35", 2),
    ],
)
def test_formulas_are_worked_out_in_decimal(
    formula: str, values: dict[str, float], result: str, places: int
) -> None:
    assert half_up(evaluate(formula, values), places) == Decimal(result)


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [("0.5", 0, "1"), ("-0.5", 0, "-1"), ("2.675", 2, "2.68"), ("1.005", 2, "1.01"), ("1.0049", 2, "1.00")],
)
def test_the_middle_is_rounded_away_from_zero(value: str, places: int, rounded: str) -> None:
    assert str(half_up(Decimal(value), places)) == rounded


@pytest.mark.parametrize(
    "formula",
    [
        "", "1 +", "x", "1 / 0", "log(0)", "sqrt(-1)", "9 ** 9 ** 9", "().__class__", "__import__('os')",
        "'a'", "True", "[1]", "1 if 1 else 2", "sum(1, 2)", "sqrt()", "sqrt(1, 2)", "round(1.5, 0.5)",
        "min(1)", "round(number=1)", "1; 2", "1 // 2", "7 % 2", "1 < 2", "(" * 250 + "1" + ")" * 250,
        "-" * 5000 + "1",
    ],
)  # fmt: skip
def test_what_is_no_formula_or_has_no_value_is_refused(formula: str) -> None:
    with pytest.raises(FormulaError):
        evaluate(formula, {})


@pytest.mark.parametrize("formula", ["1 / 0", "x / (1 - 1)"])
def test_who_writes_a_formula_is_told_what_is_wrong_with_it(formula: str) -> None:
    with pytest.raises(FormulaError, match=r"^divides by zero$"):
        evaluate(formula, {"x": 1})


@given(st.text(alphabet="0123456789+-*/(). xeminsqrt,", max_size=60))
def test_a_formula_is_worked_out_or_refused_and_nothing_else_happens(formula: str) -> None:
    try:
        value = evaluate(formula, {"x": 2.5})
    except FormulaError:
        return

    assert value.is_finite()


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6), st.integers(1, 4))
def test_whole_numbers_are_exact(a: int, b: int, power: int) -> None:
    # Up to 24 digits, which is what is kept of a result.
    assert evaluate("a * b - b ** n", {"a": a, "b": b, "n": power}) == a * b - b**power


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("42 drops", ["42"]),
        ("$1,234,567.50 and € 20", ["1234567.50", "20"]),
        ("1 250 mL", ["1250", "1", "250"]),
        ("take 2 500 mg tablets", ["2500", "2", "500"]),
        ("0,5 mL", ["0.5"]),
        ("a loss of −3.2% (-3.2)", ["-3.2", "-3.2"]),
        ("10-12 or 10–12", ["10", "12", "10", "12"]),
        ("1.5e-3 mol", ["0.0015"]),
        ("5mg, 7.", ["5", "7"]),
        ("B12, v2", []),
        ("twelve", []),
        ("- 42 drops", ["42"]),
        ("5%–6%, (−2) and =-3", ["5", "6", "-2", "-3"]),
        ("**42** | 7|", ["42", "7"]),
    ],
)
def test_figures_are_read_as_people_write_them(text: str, found: list[str]) -> None:
    assert [figure for figure, _ in figures(text)] == [Decimal(figure) for figure in found]


@pytest.mark.parametrize(
    ("text", "result", "decimals", "says", "says_another"),
    [
        ("that is 42 drops", "42", 0, True, False),
        ("that is 42.0 drops", "42", 1, True, False),
        ("about 41.67", "41.7", 1, True, False),
        ("about 41", "41.7", 1, False, True),
        ("it fell by 5.2%", "-5.2", 1, True, True),  # whether the sign is right, only its words can say
        ("it is -5.2%", "5.2", 1, False, True),
        ("forty-two", "42", 0, False, False),
    ],
)
def test_a_quote_states_the_result_or_another_figure(
    text: str, result: str, decimals: int, *, says: bool, says_another: bool
) -> None:
    assert states(text, Decimal(result), decimals) is says
    assert denies(text, Decimal(result), decimals) is says_another


@given(st.text(alphabet="0123456789.,eE+-−$ '%()x", max_size=600), st.integers(0, 9))
def test_any_text_can_be_looked_through(text: str, decimals: int) -> None:
    stated = states(text, Decimal(1), decimals)

    assert not (stated and not list(figures(text)))


WELL: dict[str, Any] = {
    "respiration": 16, "saturation": 97, "on_oxygen": False, "systolic": 120, "pulse": 70,
    "consciousness": "alert", "temperature": 37.0, "result": 0,
}  # fmt: skip

BANDS: list[tuple[str, dict[float, int]]] = [
    ("respiration", {0: 3, 8: 3, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3, 60: 3}),
    ("saturation", {80: 3, 91: 3, 92: 2, 93: 2, 94: 1, 95: 1, 96: 0, 100: 0}),
    ("systolic", {60: 3, 90: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3, 250: 3}),
    ("pulse", {30: 3, 40: 3, 41: 1, 50: 1, 51: 0, 90: 0, 91: 1, 110: 1, 111: 2, 130: 2, 131: 3, 180: 3}),
    (
        "temperature",
        {34: 3, 35.0: 3, 35.1: 1, 36.0: 1, 36.1: 0, 38.0: 0, 38.04: 0, 38.1: 1, 39.0: 1, 39.1: 2, 41: 2},
    ),
]


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [(parameter, value, expected) for parameter, band in BANDS for value, expected in band.items()],
)
def test_each_parameter_of_news2_has_its_bands(parameter: str, value: float, expected: int) -> None:
    found = points(News2Check(**{**WELL, parameter: value}))

    assert found == dict.fromkeys(found, 0) | {parameter: expected}


@pytest.mark.parametrize(
    ("saturation", "on_air", "on_oxygen"),
    [
        (83, 3, 3),
        (84, 2, 2),
        (86, 1, 1),
        (88, 0, 0),
        (92, 0, 0),
        (93, 0, 1),
        (95, 0, 2),
        (96, 0, 2),
        (97, 0, 3),
    ],
)
def test_the_second_scale_scores_too_much_oxygen(saturation: int, on_air: int, on_oxygen: int) -> None:
    second = WELL | {"scale": 2, "saturation": saturation}

    assert points(News2Check(**second))["saturation"] == on_air
    assert points(News2Check(**second | {"on_oxygen": True}))["saturation"] == on_oxygen


@pytest.mark.parametrize("state", ["confusion", "voice", "pain", "unresponsive"])
def test_whoever_is_not_alert_gets_three_points_and_oxygen_gives_two(state: str) -> None:
    found = points(News2Check(**WELL | {"consciousness": state, "on_oxygen": True}))

    assert (found["consciousness"], found["oxygen"]) == (3, 2)


@pytest.mark.parametrize(
    ("words", "gloss", "problem"),
    [
        ("ev-ler-im-de", "house-PL-1SG.POSS-LOC", None),
        ("j'=ai vu", "1SG=have.1SG see.PTCP", None),
        ("-ler", "-PL", None),
        ("ev‑ler", "house-PL", None),  # a hyphen that does not break
        ("ev-ler", "house", "word 1 'ev-ler' has 2 parts"),
        ("geldi", "come-PST", "word 1 'geldi' has 1 parts"),
        ("o geldi", "come", "2 words have 1 glosses"),
        ("ev=ler", "house-PL", "separates affixes (-) and clitics (=) otherwise"),
        ("ev--de", "house--LOC", "has an empty part"),
        ("ev-", "-LOC", "has an empty part"),
    ],
)
def test_glosses_stand_word_over_word_and_part_over_part(words: str, gloss: str, problem: str | None) -> None:
    found = misalignment(words, gloss)

    assert found == problem if problem is None or found is None else problem in found


@pytest.mark.parametrize(
    "text",
    ["ˈt͡ʃiːz", "bɔ̃ʒuʁ", "ɡʊtn̩ ˈmɔʁɡŋ̩", "ma˥ ma˧˥", "ǃxóõ", "ç", "kʼaˤ", "ɹ̩ʷ ‖ ə.ˈleɪ̯", "x̌a", "nʲet"],
)
def test_signs_of_the_alphabet_are_known_composed_or_not(text: str) -> None:
    assert foreign_sign(text) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ti:", "':' (COLON) at character 3; ː was probably meant"),
        ("'tea", "ˈ was probably meant"),
        ("ʤ", "d͡ʒ was probably meant"),
        ("žena", "ʒ was probably meant"),
        ("TV", "'T' (LATIN CAPITAL LETTER T)"),
        ("/ti/", "'/' (SOLIDUS) at character 1"),
        ("p4", "DIGIT FOUR"),
        ("\u0303a", "stands on nothing"),
    ],
)
def test_what_is_no_sign_is_named_with_what_was_meant(text: str, problem: str) -> None:
    assert problem in (foreign_sign(text) or "")


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("def f(): pass", ()),
        ("async def f(): pass", ()),
        ("class f: pass", ()),
        ("f = len", ()),
        ("f: object = len", ()),
        ("g = 1", ("f",)),
        ("if True:\n    def f(): pass", ("f",)),
        ("not Python at all", ()),  # it fails by itself, and that can be the point
    ],
)
def test_a_test_calls_what_the_code_defines(code: str, missing: tuple[str, ...]) -> None:
    assert uncallable(code, [CodeTest(call=CodeCall(function="f"))]) == missing
