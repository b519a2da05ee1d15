"""Labels of several people as a table (items, annotators) of label numbers, -1 where one did not label the item."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.arrays import Floats, Ints

MISSING = -1
NO_MAJORITY = -2


def checked(labels: ArrayLike) -> Ints:
    """The table as integers.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.

    Raises
    ------
    ValueError
        It is no table, or holds something else than label numbers.
    """
    table = np.asarray(labels)
    if table.ndim != 2 or not np.issubdtype(table.dtype, np.integer) or table.size == 0:
        raise ValueError("labels must be a table (items, annotators) of label numbers, -1 where missing")
    if table.min() < MISSING:
        raise ValueError(f"label {table.min()} found: labels are 0, 1, ... and -1 where missing")
    return table.astype(np.intp)


def counted(table: Ints, n_labels: int | None = None) -> Ints:
    """How often each item got each label.

    Parameters
    ----------
    table : (items, annotators) int
        As `checked` gives it.
    n_labels : int, optional
        How many labels there are; by default those up to the greatest that occurs, at least two.

    Returns
    -------
    (items, labels) int
    """
    columns = max(int(table.max()) + 1, n_labels or 0, 2)
    return np.stack([np.sum(table == label, axis=1) for label in range(columns)], axis=1)


def majority(labels: ArrayLike) -> Ints:
    """The most frequent label of each item.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.

    Returns
    -------
    (items,) int
        A label; -2 where the most frequent ones are tied; -1 where nobody labeled.

    Examples
    --------
    >>> majority([[1, 1, 0], [0, 1, -1], [-1, -1, -1]]).tolist()
    [1, -2, -1]
    """
    votes = counted(checked(labels))
    most = votes.max(axis=1)
    found = np.where(np.sum(votes == most[:, None], axis=1) > 1, NO_MAJORITY, votes.argmax(axis=1))
    return np.where(most == 0, MISSING, found)


def by_unit(values: Floats, questions: ArrayLike | None) -> Floats:
    """Sums of each question's rows, which are drawn together; the rows themselves where every item stands alone.

    Parameters
    ----------
    values : (items, columns) float
    questions : (items,), optional
        What each item answers.

    Returns
    -------
    (units, columns) float
    """
    if questions is None:
        return values
    unit = np.unique(np.asarray(questions), return_inverse=True)[1]
    sums = np.zeros((int(unit.max()) + 1, values.shape[1]))
    np.add.at(sums, unit, values)
    return sums
