"""Answer questions in plain words from the graph, or say that it does not cover them."""

from claude_kg.ask.answer import Answer
from claude_kg.ask.engine import Asker, ask

__all__ = ["Answer", "Asker", "ask"]
