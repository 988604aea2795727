"""Questions in plain words: what is answered, what is declined, and that nothing breaks."""

from __future__ import annotations

import importlib.util
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from claude_kg import KnowledgeGraph
from claude_kg.ask import Asker
from claude_kg.ask.cues import read_cues
from claude_kg.ask.words import language
from claude_kg.errors import InputError

Run = Callable[..., CompletedProcess[str]]

_spec = importlib.util.spec_from_file_location("score", Path(__file__).with_name("score.py"))
assert _spec is not None
assert _spec.loader is not None
score = importlib.util.module_from_spec(_spec)
sys.modules["score"] = score
_spec.loader.exec_module(score)


@pytest.fixture(scope="module")
def vendor_asker(graph: KnowledgeGraph) -> Asker:
    return Asker(graph)


@pytest.fixture(scope="module")
def packaged() -> Asker:
    return Asker(KnowledgeGraph.load())


@pytest.mark.parametrize(
    ("part", "right", "wrong"),
    [
        ("tuning", 0.88, 0.05),
        ("unseen-3", 0.82, 0.08),
        ("own", 0.93, 0.03),
    ],
)
def test_most_questions_are_answered_right_and_few_wrong(
    packaged: Asker, part: str, right: float, wrong: float
) -> None:
    scored = score.score(packaged, score.questions(part))
    shares = {
        outcome: sum(entry.outcome == outcome for entry in scored) / len(scored)
        for outcome in ("right", "wrong")
    }
    assert shares["right"] >= right
    assert shares["wrong"] <= wrong


def test_another_vendor_is_asked_with_the_same_queries(vendor_asker: Asker) -> None:
    answer = vendor_asker.ask("How do I log in to Workshop?")
    assert answer.query == "access/authentication-methods"
    assert dict(answer.parameters) == {"product": "ex:workshop"}
    assert answer.verdict is None
    assert {row[1] for row in answer.evidence.rows} == {"badge", "token"}


def test_what_is_put_as_in_the_catalogue_is_known_whatever_is_named(vendor_asker: Asker) -> None:
    asked = "how do I log in to {}"
    for name in ("Workshop", "Drawing Room"):
        answer = vendor_asker.ask(asked.format(name))
        assert answer.covered
        assert answer.read_as is None
        assert answer.confidence > vendor_asker.ask(f"{asked.format(name)} as of now").confidence


def test_yes_and_no_come_from_the_rows(vendor_asker: Asker) -> None:
    assert vendor_asker.ask("can I use Workshop without a key?").verdict == "yes"
    assert vendor_asker.ask("Can I use Drawing Room with a token?").verdict == "no"


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("do I need a key for Workshop or not", "whether"),
        ("do I need a key for Workshop or a badge", "either"),
        ("does the drawing app or Drawing Room need a key", "whether"),
        # What is told of a failure asks for nothing.
        ("where do I get a key, can't find it in Workshop", "where"),
        ("can't Workshop do that", "whether"),
        ("Workshop shows my drawings on the phone. Normal?", "whether"),
    ],
)
def test_what_is_asked_for_is_read_from_the_words(
    vendor_asker: Asker, question: str, aspect: str
) -> None:
    assert vendor_asker.read(question).aspect == aspect


def test_a_denial_that_is_put_up_to_be_confirmed_turns_the_verdict(packaged: Asker) -> None:
    assert packaged.ask("Claude Desktop supports MCP, right?").verdict == "yes"
    assert packaged.ask("Claude Desktop doesn't support MCP, right?").verdict == "no"


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Is it true that Claude Desktop doesn't support MCP?", "no"),
        ("Claude Desktop doesn't support MCP, does it?", "yes"),
        ("My colleague says that Cline can use my Max subscription. Is he right?", "no"),
        ("My colleague says that Cline can use my Max subscription. He's wrong, isn't he?", "yes"),
        ("Is it a myth that Cline can use a Pro subscription?", "yes"),
        ("So my Pro plan gets me nothing in Cline, right?", "yes"),
        ("Claude Code sessions aren't visible on the web, are they?", "no"),
        ("Claude Code sessions aren't visible on the web. Agree?", "yes"),
    ],
)
def test_what_is_put_up_to_be_confirmed_or_doubted(
    packaged: Asker, question: str, verdict: str
) -> None:
    assert packaged.ask(question).verdict == verdict


def test_things_named_in_one_breath_are_both_in_the_answer(packaged: Asker) -> None:
    answer = packaged.ask("Which domains do Claude Desktop and, respectively, the API use?")
    assert "claude.ai" in answer.answer
    assert "api.anthropic.com" in answer.answer


def test_what_follows_the_name_of_a_family_is_one_of_it(packaged: Asker) -> None:
    assert packaged.ask("Do Styles apply when I call Claude by API?").verdict == "no"
    assert packaged.ask("Do Styles apply in Claude on the web?").verdict == "yes"


@pytest.mark.parametrize("slip", ["mpc", "MCP", "supprot mcp"])
def test_a_slip_of_the_pen_is_read_as_what_is_meant(packaged: Asker, slip: str) -> None:
    answer = packaged.ask(f"does claude desktop support {slip}")
    assert (answer.verdict, answer.query) == ("yes", "features/availability")


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Erasing not available in Drawing Room?", "no"),
        ("I do not understand it, erasing is not in Drawing Room, right?", "no"),
        ("Can I use Workshop without a key so that nobody can not see it?", "yes"),
        ("Are Workshop and Drawing Room two different things?", "yes"),
        ("Are Workshop and Workshop two different things?", "no"),
        ("Could you list the plans with their prices?", None),
        ("ok, but which plans are there", None),
    ],
)
def test_what_is_denied_and_what_is_asked_for(
    vendor_asker: Asker, question: str, verdict: str | None
) -> None:
    answer = vendor_asker.ask(question)
    assert answer.covered
    assert answer.verdict == verdict


def test_what_bears_a_verdict_out_is_said_first(vendor_asker: Asker) -> None:
    verdicts = {"Does Workshop have Erasing?": "yes", "Does Workshop always have Erasing?": "no"}
    statuses = {"yes": "available", "no": "unavailable"}
    for question, verdict in verdicts.items():
        answer = vendor_asker.ask(question)
        assert answer.verdict == verdict
        assert statuses[verdict] in answer.evidence.rows[0]


def test_a_list_is_not_given_for_its_contrary(packaged: Asker) -> None:
    answer = packaged.ask("which features are not available in Claude Desktop")
    assert not answer.covered or "Artifacts" not in answer.answer


def test_no_bare_verdict_where_the_question_denies(packaged: Asker) -> None:
    assert packaged.ask("does claude code not work with pro").verdict is None


def test_a_tool_of_which_nothing_is_known_is_any_tool(vendor_asker: Asker) -> None:
    answer = vendor_asker.ask("Can Frobnicator run on my subscription?")
    assert answer.verdict == "no"
    assert answer.query == "third-parties/any-tool"
    assert any("Frobnicator" in note for note in answer.notes)


def test_what_alone_is_meant_and_not_known_is_not_answered_by_something_else(
    packaged: Asker,
) -> None:
    assert packaged.ask("does Pro include Claude Code").verdict == "yes"
    assert not packaged.ask("does the Team plan include Claude Code").covered


def test_what_the_graph_does_not_hold_is_declined_with_what_is_near(vendor_asker: Asker) -> None:
    answer = vendor_asker.ask("Does Workshop have a crystal ball and a refund policy?")
    assert not answer.covered
    assert answer.verdict is None
    assert len(answer.alternatives) == 3


def test_what_may_be_meant_is_answered_beside_a_refusal(packaged: Asker) -> None:
    question = "The bill for Claude is odd, and my aunt asks whether chats or keys did it"
    answer = packaged.ask(question)
    drafts = {draft.query: draft for draft in packaged.drafts(question)}
    assert not answer.covered
    for alternative in answer.alternatives:
        draft = drafts.get(alternative.query)
        assert bool(alternative.answer) == bool(draft and draft.confidence >= 0.4)


def test_an_answer_says_as_what_the_question_was_read(vendor_asker: Asker) -> None:
    answer = vendor_asker.ask("tell me, logging in to Workshop, how does one do it?")
    assert answer.read_as
    assert "Workshop" in answer.read_as
    assert "{" not in answer.read_as
    again = vendor_asker.ask(answer.read_as)
    assert (again.query, again.read_as) == (answer.query, None)


def test_a_word_in_brackets_belongs_to_the_name_before_it(packaged: Asker) -> None:
    assert packaged.ask("Does Claude (desktop) support MCP?").verdict == "yes"


def test_of_many_disagreements_those_nearest_to_the_question_are_told(kg: Run) -> None:
    question = "How many Claude Code prompts do I get with Pro?"
    text = kg("ask", question).stdout
    data = json.loads(kg("ask", "-f", "json", question).stdout)
    assert len(data["disputed"]) > 3
    assert text.count("Disputed: ") == 3
    assert "prompts does a subscription allow?" in text
    assert f"farther from the question: {len(data['disputed']) - 3} " in text


def test_a_table_of_many_columns_is_told_row_by_row(kg: Run) -> None:
    text = kg("ask", "How many Claude Code prompts do I get with Pro?").stdout
    assert max(map(len, text.splitlines())) <= 100
    assert "10 to 40 prompts in 5 hours" in text
    assert any(line.split() == ["least", "10"] for line in text.splitlines())


def test_the_query_of_an_answer_can_be_run_again(kg: Run) -> None:
    done = kg("ask", "-f", "json", "Where does Claude Code save its sessions?")
    assert done.returncode == 0
    data = json.loads(done.stdout)
    assert set(data) >= {
        *("answer", "verdict", "covered", "evidence", "sources", "disputed", "query"),
        *("parameters", "confidence", "alternatives"),
    }
    given = [
        part for name, value in data["parameters"].items() for part in ("-p", f"{name}={value}")
    ]
    again = kg("query", data["query"], *given, "-f", "csv")
    assert again.returncode == 0
    assert "~/.claude/projects/" in again.stdout


@pytest.mark.parametrize(
    "question",
    [
        "I pay $200 for Max, scripts ran with my key. Why did that not go to my plan?",
        # Two known words are as near to "raises".
        (
            "The Messages API: why is content a list and not a string? "
            "resp.content.text raises an error"
        ),
    ],
)
def test_one_question_always_has_one_answer(kg: Run, tmp_path: Path, question: str) -> None:
    answers = {
        kg(
            *("ask", "-f", "json", question),
            env={"PYTHONHASHSEED": seed, "CLAUDE_KG_CACHE_DIR": str(tmp_path / seed)},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1
    assert json.loads(answers.pop())["question"] == question


def test_an_ambiguous_name_is_said_to_be_read_in_one_way(packaged: Asker) -> None:
    notes = packaged.ask("What is Claude?").notes
    assert any("web application" in note for note in notes)


def test_what_a_story_asks_is_recognised_by_a_few_words(vendor_asker: Asker) -> None:
    answer = vendor_asker.ask(
        "I have been on Patron since spring, and my team likes it. Yesterday I set up Cline on the "
        "new laptop and it wants an API key, although I pay. Can it not just use my subscription?"
    )
    assert (answer.verdict, answer.query) == ("no", "third-parties/any-tool")
    assert any("Cline" in note for note in answer.notes)


def test_a_number_is_compared_with_what_the_graph_says(vendor_asker: Asker) -> None:
    other = vendor_asker.ask("Is Patron 30 dollars a month?")
    assert (other.verdict, other.query) == ("no", "billing/plans")
    # The call gives the rows of the evidence, and not those with another price.
    assert dict(other.parameters) == {"plan": "ex:plan-patron"}
    assert vendor_asker.ask("Is the context window of Drawing Room 1000 tokens?").verdict == "yes"


def test_one_no_is_a_no_to_a_question_about_all(vendor_asker: Asker) -> None:
    assert vendor_asker.ask("Does Workshop have Erasing?").verdict == "yes"
    assert vendor_asker.ask("Does Workshop always have Erasing?").verdict == "no"


def test_a_cue_of_words_that_say_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="even though"):
        read_cues([{"all": [["even though"]]}], language())


def test_a_disputed_fact_is_said_to_be_disputed(packaged: Asker) -> None:
    answer = packaged.ask("How do I log in to Claude Code?")
    assert answer.disputed


def test_declining_is_exit_1_and_a_missing_question_exit_2(kg: Run) -> None:
    declined = kg("ask", "What is the weather in Zurich?")
    assert declined.returncode == 1
    assert declined.stdout.startswith("The graph does not cover that.")
    assert kg("ask").returncode == 2
    empty = kg("ask", "  ")
    assert empty.returncode == 2
    assert empty.stderr.count("\n") == 1


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_every_format_holds_the_answer_and_the_query(kg: Run, form: str) -> None:
    done = kg("ask", "-f", form, "which", "plan", "is", "the", "cheapest?")
    assert done.returncode == 0
    assert "Free" in done.stdout
    assert "billing/plans" in done.stdout


HOSTILE = [
    "SELECT * WHERE { ?s ?p ?o } ; DROP ALL",
    'kg:claude> } INSERT DATA { <a> <b> "c" } #',
    "can {product} do {feature}?",
    "\x00\x1b[31mis\x07 claude code\u202e free?",
    "Клод умеет рисовать?",
    "克劳德多少钱",
    "'\"`$(rm -rf /)`\"'",
    "?" * 500 + "a",
    "((((((((((",
    "[x](y) <script>alert(1)</script>",
    "claude " * 250,
    "\ud800 lone surrogate",
    "since 2.1.97 it forgets 1.000.000, 1,,2 or 3,000.5k tokens",
]


@pytest.mark.parametrize("question", HOSTILE)
def test_a_strange_question_is_answered_or_declined(vendor_asker: Asker, question: str) -> None:
    try:
        answer = vendor_asker.ask(question)
    except InputError:
        return
    assert answer.answer
    assert not any(character in answer.question for character in "\x00\x1b\x07\u202e")


@pytest.mark.parametrize("question", ["", "   ", "?!", "\x00", "a" * 100_000, "why " * 30_000])
def test_no_words_or_too_many_are_refused(vendor_asker: Asker, question: str) -> None:
    with pytest.raises(InputError):
        vendor_asker.ask(question)


def test_the_printed_call_is_quoted_for_a_shell(vendor_asker: Asker) -> None:
    from claude_kg.render.answers import call_of

    call = call_of(vendor_asker.ask("How do I log in to Workshop?"))
    assert shlex.split(call) == [
        *("claude-kg", "query", "access/authentication-methods"),
        *("-p", "product=ex:workshop"),
    ]


def test_what_does_not_fit_is_told_where_it_does(packaged: Asker) -> None:
    answer = packaged.ask("does a repository of 600k tokens fit in Claude Desktop")
    assert answer.verdict == "no"
    elsewhere = {row[0] for table in answer.further for row in table.rows}
    assert elsewhere
    assert elsewhere.isdisjoint(row[0] for row in answer.evidence.rows)


def test_a_name_of_several_things_means_each(packaged: Asker) -> None:
    for product in ("Claude Desktop", "the Claude API"):
        assert packaged.ask(f"does {product} use https").verdict == "yes"


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("is Pro cheaper than Team", "yes"),
        ("does Team cost less than Pro", "no"),
        ("is Team more expensive than Pro", "yes"),
        ("does Pro cost more than Team", "no"),
    ],
)
def test_of_two_numbers_either_may_be_said_to_be_the_smaller(
    packaged: Asker, question: str, verdict: str
) -> None:
    assert packaged.ask(question).verdict == verdict


def test_what_is_only_told_is_not_agreed_with(packaged: Asker) -> None:
    answer = packaged.ask(
        "Auth conflict: Both a token (claude.ai) and an API key (ANTHROPIC_API_KEY) are set. "
        "This may lead to unexpected behavior."
    )
    assert (answer.verdict, answer.query) == (None, "access/precedence")


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("is Claude Code free", "no"),
        ("is Claude Desktop free?", "yes"),
        ("does the $20 plan include Claude Code", "yes"),
        ("Is it a security problem when I commit the API key?", "yes"),
        ("can I commit my key to a public repo?", "no"),
        ("Is the five hour limit per device?", "no"),
        ("are batch results returned right away", "no"),
        ("is the Batch API asynchronous", "yes"),
        ("does the API return 429 when I go too fast", "yes"),
        ("will the browser chat show a 429 when I am over the limit", "no"),
    ],
)
def test_the_contrary_of_what_is_asked_elsewhere_has_the_contrary_answer(
    packaged: Asker, question: str, verdict: str
) -> None:
    assert packaged.ask(question).verdict == verdict


def test_a_phrasing_with_one_slot_is_found_among_those_with_two(vendor_asker: Asker) -> None:
    assert vendor_asker.ask("what do I get with Patron").query == "billing/plan-contents"
