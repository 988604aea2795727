"""Turn results into text: the only place that knows what output looks like."""
