"""The judge that is a local vLLM engine: prompts to tokens, the engine, label probabilities from its logits.

Here: everything that knows of vLLM. Not here: the annotators that are asked (:mod:`judgekit.judges.annotators`).
"""
