"""The network that reads whole questions: its pieces of words, its likelihoods, its classes."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from claude_kg import KnowledgeGraph
from claude_kg.ask import Asker
from claude_kg.ask.encoder import LONGEST, class_of, encoder, pieces
from claude_kg.errors import InputError

FEW = 5
VOCABULARY = {"[CLS]": 0, "[SEP]": 1, "[UNK]": 2, "work": 3, "##shop": 4, "##s": 5, "?": 6, "a": 7}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Workshops?", [0, 3, 4, 5, 6, 1]),
        ("WÓRK", [0, 3, 1]),
        ("a zebra", [0, 7, 2, 1]),
        ("", [0, 1]),
        ("a" * 1000, [0, 2, 1]),
    ],
)
def test_a_text_is_read_in_the_longest_pieces_that_are_known(
    text: str, expected: list[int]
) -> None:
    assert pieces(text, VOCABULARY) == expected


def test_of_a_long_text_the_end_is_read() -> None:
    found = pieces("work " * 500 + "a?", VOCABULARY)
    assert len(found) == LONGEST
    assert found[-3:] == [7, 6, 1]


@pytest.mark.parametrize(
    "text",
    ["Where are my Claude Code sessions kept?", "?", "克劳德多少钱", "x" * 2000, "why " * 500],
)
def test_the_likelihoods_of_all_forms_add_up_to_1(text: str) -> None:
    found = encoder().likelihoods(text).logs
    assert math.isclose(sum(map(math.exp, found.values())), 1, abs_tol=1e-3)


def test_nearly_all_forms_are_known_by_names_of_their_own() -> None:
    forms = Asker(KnowledgeGraph.load()).forms
    classes = [class_of(form) for form in forms]
    assert len(set(classes)) == len(classes)
    known = set(classes) & set(encoder().classes)
    assert len(known) >= 0.95 * len(classes), "many forms are new: run make ask-train"


def test_a_phrasing_is_most_times_among_what_is_likeliest() -> None:
    forms = [form for form in Asker(KnowledgeGraph.load()).forms if not form.is_uncovered]
    found = 0
    for form in forms:
        text = form.phrasings[-1].text.replace("{", "the ").replace("}", "")
        likely = encoder().likelihoods(text).logs
        best = sorted(likely, key=lambda name: -likely[name])[:FEW]
        found += class_of(form) in best
    assert found >= 0.8 * len(forms)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no archive", b"\x93NUMPY"])
def test_weights_that_cannot_be_read_are_bad_input(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ask.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="Install the package again"):
        encoder(path)
