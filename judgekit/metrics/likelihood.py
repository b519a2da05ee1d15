"""Measures from recorded losses: probability, truth ratio, perplexity.

A *loss* is always the mean negative log-likelihood per answer token, teacher-forced. All functions work
elementwise on arrays of items. `eps` is the constant some evaluation code adds to a denominator: 0 in TOFU
and Closer Look, `OPEN_UNLEARNING_EPS` in open-unlearning. It is not harmless: where an answer has probability
1e-7 it moves the truth ratio in the fourth digit, so a log is only reproduced with the constant it was
written with.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

OPEN_UNLEARNING_EPS = 1e-10


def _array(values: ArrayLike) -> FloatArray:
    return np.asarray(values, dtype=float)


def probability(loss: ArrayLike) -> FloatArray:
    """Length-normalized answer probability, exp(-loss): the geometric mean of the token probabilities.

    Range (0, 1]; higher = the answer is better known (bad on forget, good elsewhere).
    Source: TOFU (Maini et al. 2024), section 2.2.1.
    """
    return _array(np.exp(-_array(loss)))


def normalized_probability(right: ArrayLike, wrong: ArrayLike, eps: float = 0.0) -> FloatArray:
    """Probability of the right answer among the offered ones, p / (p + sum of wrong p + eps).

    Range [0, 1]; higher = better known. Source: TOFU section 2.2.1 (real authors, world facts).

    Parameters
    ----------
    right : array of shape (n,)
        Probability of the right answer (from `probability`).
    wrong : array of shape (n, k)
        Probabilities of k wrong answers.
    """
    p = _array(right)
    return _array(p / (p + _array(wrong).sum(axis=-1) + eps))


def truth_ratio(right_loss: ArrayLike, wrong_losses: ArrayLike, eps: float = 0.0) -> FloatArray:
    """R = geometric-mean probability of the wrong answers / (probability of the right paraphrase + eps).

    Range [0, inf); R < 1: the right answer is preferred. The raw R is what the KS test of forget quality
    compares. Note that TOFU's own logs call R `truth_ratio`, while its aggregation works on 1/R.
    Source: TOFU eq. 1 with the mean in log space, as its code and all later code compute it.

    Parameters
    ----------
    right_loss : array of shape (n,)
        Loss of the paraphrased right answer.
    wrong_losses : array of shape (n, k)
        Losses of k perturbed answers.
    """
    right, wrong = _array(right_loss), _array(wrong_losses).mean(axis=-1)
    if eps == 0.0:  # in log space, where no denominator can underflow
        return _array(np.exp(right - wrong))
    return _array(np.exp(-wrong) / (np.exp(-right) + eps))


def truth_ratio_clipped(ratio: ArrayLike) -> FloatArray:
    """max(0, 1 - R): form one, for data that should be known.

    Range [0, 1]; higher = the right answer is preferred more (kept). Source: TOFU, retain/authors/facts.
    """
    return _array(np.maximum(0.0, 1.0 - _array(ratio)))


def truth_ratio_folded(ratio: ArrayLike, eps: float = 0.0) -> FloatArray:
    """min(R, 1/(R + eps)): form two, for the forget set.

    Range [0, 1]; higher = right and wrong answers are equally likely (more forgotten). A model that prefers
    the wrong answers scores as low as one that prefers the right one. Source: TOFU forget set; ECO,
    open-unlearning.
    """
    r = _array(ratio)
    with np.errstate(divide="ignore"):
        return _array(np.minimum(r, 1.0 / (r + eps)))


def truth_ratio_known(ratio: ArrayLike) -> FloatArray:
    """1 - min(R, 1/R): the folded form flipped, so that higher = still knows.

    Range [0, 1]. Source: Closer Look (Yuan et al. 2025), the truth ratio inside its Forget Efficacy.
    """
    return 1.0 - truth_ratio_folded(ratio)


def truth_ratio_share(right_loss: ArrayLike, wrong_losses: ArrayLike, eps: float = 0.0) -> FloatArray:
    """p_right / (p_right + p_wrong + eps): form three, a share instead of a ratio.

    Range [0, 1]; higher = the right answer is preferred. Source: open-unlearning (aggregator `prob_mean`).
    Shapes as in `truth_ratio`.
    """
    right = np.exp(-_array(right_loss))
    wrong = np.exp(-_array(wrong_losses).mean(axis=-1))
    return _array(right / (right + wrong + eps))


def perplexity(loss: ArrayLike) -> FloatArray:
    """exp(loss) of a text under a reference model that the file recorded.

    Range [1, inf); higher = less fluent. Source: ECO, UWC, UniErase. Which reference model it is belongs
    beside the figure: perplexities of different models are not comparable.
    """
    return _array(np.exp(_array(loss)))
