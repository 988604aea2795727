"""Read a whole question, and tell how likely each form is to be meant.

A small transformer (the architecture of BERT: Devlin et al. 2019, arXiv:1810.04805), of which only
the way from text to likelihoods is here. ``make ask-train`` writes its weights: matrices of 8-bit
integers, each row with a scale of its own.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from claude_kg import files
from claude_kg.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from claude_kg.ask.forms import Form

    Floats = NDArray[np.float32]

WEIGHTS = files.QUERIES_FOLDER / "ask.npz"
"""The packaged weights."""

SHARPNESS = 8.0
"""By how much the mean of a text, of length 1, is stretched before it is compared with forms."""

LONGEST = 128
"""So many pieces of a text are read."""

_PIECE = re.compile(r"\w+|[^\w\s]")
_LONGEST_WORD = 40
_START, _END, _ODD, _INSIDE = "[CLS]", "[SEP]", "[UNK]", "##"


def pieces(text: str, vocabulary: Mapping[str, int]) -> list[int]:
    """The numbers of the pieces of a text: of each word the longest beginnings that are known.

    In small letters and without accents, as the WordPiece scheme of BERT has it.
    """
    plain = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn").replace("_", " _ ")
    found = [piece for word in _PIECE.findall(plain) for piece in _of_word(word, vocabulary)]
    # What is asked stands at the end of a long text.
    return [vocabulary[_START], *found[2 - LONGEST :], vocabulary[_END]]


def _of_word(word: str, vocabulary: Mapping[str, int]) -> list[int]:
    found: list[int] = []
    begin = 0
    while begin < len(word) and len(word) <= _LONGEST_WORD:
        before = _INSIDE if begin else ""
        end = next(
            (e for e in range(len(word), begin, -1) if before + word[begin:e] in vocabulary), None
        )
        if end is None:
            return [vocabulary[_ODD]]
        found.append(vocabulary[before + word[begin:end]])
        begin = end
    return found or [vocabulary[_ODD]]


def class_of(form: Form) -> str:
    """What a form is called in the weights, however many come before it."""
    return f"{form.query.name}#{form.phrasings[0].text}"


@dataclass(frozen=True)
class Likelihoods:
    """The natural logarithm of how likely each class is to be meant by a text."""

    logs: Mapping[str, float]

    def of(self, form: Form) -> float | None:
        """That of a form, or None where it was not learned."""
        return self.logs.get(class_of(form))

    @cached_property
    def outside(self) -> float:
        """How likely something is meant that is known not to be covered, from 0 to 1."""
        # Such forms are of no query, so the names of their classes begin after that of none.
        return sum(math.exp(log) for name, log in self.logs.items() if name.startswith("#"))

    def mean(self, other: Likelihoods) -> Likelihoods:
        """The mean of two readings of one text by one network."""
        logs = {
            name: math.log((math.exp(log) + math.exp(other.logs[name])) / 2)
            for name, log in self.logs.items()
        }
        return Likelihoods(logs)


@dataclass(frozen=True)
class Encoder:
    """The weights, by the names that they have in BERT, and what each class of the head is."""

    weights: Mapping[str, Floats]
    vocabulary: Mapping[str, int]
    classes: Sequence[str]
    layers: int
    heads: int

    def likelihoods(self, text: str) -> Likelihoods:
        """How likely each class is to be meant by a text."""
        w = self.weights
        tokens = pieces(text, self.vocabulary)
        state = w["words"][tokens] @ w["widen"] + w["places"][: len(tokens)]
        state = self._normed(state, "begin")
        for layer in range(self.layers):
            state = self._layer(state, f"{layer}.")
        mean = state.mean(axis=0)
        mean = mean / (np.linalg.norm(mean) + 1e-12)
        scores = w["head"] @ (SHARPNESS * mean) + w["head.bias"]
        scores = scores - scores.max()
        logs = scores - math.log(float(np.exp(scores).sum()))
        return Likelihoods(dict(zip(self.classes, logs.tolist(), strict=True)))

    def _layer(self, state: Floats, at: str) -> Floats:
        w, count = self.weights, len(state)

        def part(name: str) -> Floats:
            return (state @ w[at + name].T + w[at + name + ".bias"]).reshape(count, self.heads, -1)

        query, key, value = part("query"), part("key"), part("value")
        scores = np.einsum("qhd,khd->hqk", query, key) / math.sqrt(query.shape[2])
        scores = np.exp(scores - scores.max(axis=2, keepdims=True))
        scores /= scores.sum(axis=2, keepdims=True)
        told = np.einsum("hqk,khd->qhd", scores, value).reshape(count, -1)
        state = self._normed(state + told @ w[at + "told"].T + w[at + "told.bias"], at + "told")
        wide = state @ w[at + "wide"].T + w[at + "wide.bias"]
        wide = 0.5 * wide * (1 + np.tanh(math.sqrt(2 / math.pi) * (wide + 0.044715 * wide**3)))
        narrow = wide @ w[at + "narrow"].T + w[at + "narrow.bias"]
        return self._normed(state + narrow, at + "narrow")

    def _normed(self, state: Floats, name: str) -> Floats:
        mean = state.mean(axis=1, keepdims=True)
        spread = np.sqrt(((state - mean) ** 2).mean(axis=1, keepdims=True) + 1e-12)
        normed: Floats = (state - mean) / spread
        return normed * self.weights[name + ".gain"] + self.weights[name + ".shift"]


@lru_cache(maxsize=2)
def encoder(path: Path = WEIGHTS) -> Encoder:
    """The encoder of a file of weights, which is read once.

    Raises InputError where it is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            arrays: dict[str, Any] = {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(
            "holds no weights that can be read", "Install the package again", file=str(path)
        ) from error
    weights = {
        name: _widened(array, arrays.get(name + "/scale"))
        for name, array in arrays.items()
        if not name.endswith("/scale") and not name.startswith("@")
    }
    words = bytes(arrays["@vocabulary"]).decode().split("\n")
    return Encoder(
        weights,
        {word: number for number, word in enumerate(words)},
        tuple(bytes(arrays["@classes"]).decode().split("\n")),
        int(arrays["@layers"]),
        int(arrays["@heads"]),
    )


def _widened(array: Any, scale: Any) -> Floats:
    wide: Floats = array.astype(np.float32)
    return wide if scale is None else wide * scale.astype(np.float32)[:, None]
