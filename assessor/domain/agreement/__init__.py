"""Statistics of agreement, pure and small. Each says where its formula is from.

Ratings that do not determine a number raise Undetermined; `measured` turns that into a Measure without a
value, which carries the reason. Nothing here rounds up.
"""

from assessor.domain.agreement.alpha import Metric, krippendorff_alpha
from assessor.domain.agreement.bootstrap import LEAST_FOR_INTERVAL, RESAMPLES, measured
from assessor.domain.agreement.compared import Compared, compare, compare_parts
from assessor.domain.agreement.dif import Dif, Stratum, chi_squared, mantel_haenszel
from assessor.domain.agreement.difference import standardised_difference
from assessor.domain.agreement.exact import fisher_exact
from assessor.domain.agreement.gwet import gwet_ac
from assessor.domain.agreement.kappa import cohen_kappa, quadratic_kappa, weighted_kappa
from assessor.domain.agreement.proportions import Measure, true_negative_rate, true_positive_rate, wilson
from assessor.domain.agreement.ratings import Rating, Undetermined, Units, counted

__all__ = [
    "LEAST_FOR_INTERVAL",
    "RESAMPLES",
    "Compared",
    "Dif",
    "Measure",
    "Metric",
    "Rating",
    "Stratum",
    "Undetermined",
    "Units",
    "chi_squared",
    "cohen_kappa",
    "compare",
    "compare_parts",
    "counted",
    "fisher_exact",
    "gwet_ac",
    "krippendorff_alpha",
    "mantel_haenszel",
    "measured",
    "quadratic_kappa",
    "standardised_difference",
    "true_negative_rate",
    "true_positive_rate",
    "weighted_kappa",
    "wilson",
]
