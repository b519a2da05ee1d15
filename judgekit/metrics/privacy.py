"""Is the unlearned model told apart from one that never saw the data? Membership inference and KS tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from judgekit.metrics.likelihood import truth_ratio_folded


def membership_auc(forget_scores: ArrayLike, holdout_scores: ArrayLike) -> float:
    """AUC of telling forget from holdout items by a loss-like score: P(forget < holdout) + P(equal)/2.

    Range [0, 1]; 1 = the forget items are far more likely to the model (known), 0.5 = no sign of membership.
    Source: open-unlearning's convention (MUSE reports 1 - this).

    Parameters
    ----------
    forget_scores, holdout_scores : arrays of shape (n,) and (m,)
        Attack scores, lower = more like training data.
    """
    forget = np.asarray(forget_scores, dtype=float)
    holdout = np.sort(np.asarray(holdout_scores, dtype=float))
    if not (forget.size and holdout.size):
        raise ValueError(f"AUC needs both sides: got {forget.size} forget and {holdout.size} holdout scores")
    above = holdout.size - np.searchsorted(holdout, forget, side="right")
    above_or_equal = holdout.size - np.searchsorted(holdout, forget, side="left")
    return float((above.sum() + above_or_equal.sum()) / (2 * forget.size * holdout.size))


def privacy_leakage(auc: float, reference_auc: float = 0.5, eps: float = 0.0) -> float:
    """((1 - auc) - (1 - ref)) / (1 - ref + eps) * 100, with AUCs as in `membership_auc`.

    Range [-100, inf); best 0. Negative = under-unlearned (still recognized), positive = over-unlearned
    (conspicuously unlikely). `reference_auc` is the retrained model's, or 0.5 where there is none: the two
    are not comparable. Source: MUSE (Shi et al. 2025), eq. 2; open-unlearning adds eps = 1e-10.
    """
    reference = 1.0 - reference_auc
    return ((1.0 - auc) - reference) / (reference + eps) * 100.0


def forget_quality_raw(ratios: ArrayLike, retrained_ratios: ArrayLike) -> float:
    """p-value of the two-sample Kolmogorov-Smirnov test on raw truth ratios R against the retrained model's.

    Range [0, 1]; higher = not told apart from the model that never saw the data. It is the same for R and
    1/R. It is a p-value: it falls with the number of items, so figures of different forget sets cannot be
    compared. Source: TOFU; open-unlearning `forget_quality`.

    Parameters
    ----------
    ratios, retrained_ratios : arrays of shape (n,) and (m,)
        `truth_ratio` of the forget items under each model.
    """
    from scipy.stats import ks_2samp

    return float(ks_2samp(np.asarray(ratios, dtype=float), np.asarray(retrained_ratios, dtype=float)).pvalue)


def forget_quality_folded(ratios: ArrayLike, retrained_ratios: ArrayLike) -> float:
    """The same test on the folded ratios min(R, 1/R), as ECO's code computes forget quality.

    Folding hides on which side of 1 a ratio lies. Never set beside `forget_quality_raw`: on one pair of TOFU
    logs the raw p-value is 1.8e-21 and the folded one 7.4e-15.
    """
    return forget_quality_raw(truth_ratio_folded(ratios), truth_ratio_folded(retrained_ratios))
