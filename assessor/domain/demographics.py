"""What candidates say of themselves, if they want to: for checking fairness, and for nothing else.

The categories are those of the EEO-1 report, which New York City's rules on automated employment decision
tools ask for (6 RCNY 5-300 and 5-301), and a further one where those know only two sexes. A declaration
never enters an assessment's log or a prompt, and nobody who scores sees it.
"""

from enum import StrEnum

from assessor.domain.value import Value


class Sex(StrEnum):
    """What the EEO-1 report calls sex."""

    FEMALE = "female"
    MALE = "male"
    ANOTHER = "another"


class Race(StrEnum):
    """What the EEO-1 report calls race and ethnicity; one of these."""

    HISPANIC = "hispanic_or_latino"
    WHITE = "white"
    BLACK = "black_or_african_american"
    PACIFIC = "native_hawaiian_or_pacific_islander"
    ASIAN = "asian"
    NATIVE = "american_indian_or_alaska_native"
    SEVERAL = "two_or_more_races"


SEX_NAMES: dict[Sex, str] = {
    Sex.FEMALE: "Female",
    Sex.MALE: "Male",
    Sex.ANOTHER: "Non-binary, or another",
}
RACE_NAMES: dict[Race, str] = {
    Race.HISPANIC: "Hispanic or Latino",
    Race.WHITE: "White (not Hispanic or Latino)",
    Race.BLACK: "Black or African American (not Hispanic or Latino)",
    Race.PACIFIC: "Native Hawaiian or Other Pacific Islander (not Hispanic or Latino)",
    Race.ASIAN: "Asian (not Hispanic or Latino)",
    Race.NATIVE: "American Indian or Alaska Native (not Hispanic or Latino)",
    Race.SEVERAL: "Two or More Races (not Hispanic or Latino)",
}


class Declaration(Value):
    """What one person said of themselves. None: they prefer not to say."""

    sex: Sex | None = None
    race: Race | None = None

    @property
    def groups(self) -> dict[str, str]:
        """Return the group by characteristic, of what was said: `{"sex": "Female"}`."""
        said = {
            "sex": SEX_NAMES[self.sex] if self.sex else None,
            "race_ethnicity": RACE_NAMES[self.race] if self.race else None,
        }
        return {characteristic: group for characteristic, group in said.items() if group}


CHARACTERISTICS = ("sex", "race_ethnicity")
"""In the order in which reports give them."""
