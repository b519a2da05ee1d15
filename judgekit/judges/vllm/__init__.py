"""The judge that is a local vLLM engine: prompts to tokens, the engine, label probabilities from its logits."""
