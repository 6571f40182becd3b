"""What `class_weight` makes of the weights of labels."""

from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from .._sklearn import Real


def weigh_classes(class_weight: Any, classes: Any, labels: Any, weight: Any) -> Any:
    """Multiply the weight of every label by that of its class.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        "balanced" weighs all classes alike in sum, counting the labels by
        their weights, which scikit-learn's own does not.
    classes : ndarray of shape (n_classes,)
    labels : ndarray of shape (n,), dtype int64
        Index of the class of each label.
    weight : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    ValueError
        A weight is no finite number of at least 0, all are 0, or a name is
        that of no class while a class has no weight; the message names the
        class.
    """
    if class_weight is None:
        return weight
    if class_weight == "balanced":
        mass = np.bincount(labels, weights=weight, minlength=len(classes))
        of_class = mass.sum() / (len(classes) * np.maximum(mass, np.finfo(float).tiny))
    else:
        for label, given in class_weight.items():
            if not isinstance(given, Real) or not 0 <= given < np.inf:
                raise ValueError(
                    f"class_weight gives the class {label!r} the weight {given!r}: a weight is a finite "
                    "number of at least 0"
                )
        strange = [label for label in class_weight if label not in classes.tolist()]
        if strange and not set(classes.tolist()) <= class_weight.keys():  # classes that y lacks are fine
            raise ValueError(
                f"class_weight names the class {strange[0]!r}, which is none of y, {classes.tolist()}: "
                "correct it"
            )
        of_class = compute_class_weight(class_weight, classes=classes, y=classes[np.unique(labels)])
        if not of_class.any():
            raise ValueError(
                f"class_weight gives every class, {classes.tolist()}, the weight 0: give one of them a "
                "higher weight, or nothing is learned"
            )
    return weight * of_class[labels]
