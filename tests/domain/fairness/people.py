"""Courses in numbers."""

from assessor.domain.fairness import Course


def courses(**groups: tuple[int, int]) -> list[Course]:
    """Return so many of so many who were qualified, by sex."""
    return [
        Course(
            began=True,
            submitted=True,
            qualified_by_rule=place < passed,
            final=place < passed,
            score=70.0 if place < passed else 50.0,
            groups={} if group == "unknown" else {"sex": group},
        )
        for group, (passed, n) in groups.items()
        for place in range(n)
    ]
