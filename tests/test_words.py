"""Every finding has words, every sentence its Spanish, and both are plain: machine-checked, so that nothing slips through.

What a machine cannot check (is it kind? is it natural?) is in ``i18n/README.md``.
"""

from __future__ import annotations

import ast
import random
import re
import string
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from babel.messages.extract import extract_from_dir

from i18n import catalogue
from readiness import profile as profiles
from readiness.advice import NOT_TOLD, REASONS, Advice, CheckWords, advice_for, words_for
from readiness.advice.facts import FACT_VALUES, FACTS
from readiness.advice.outlook import COST, EVERY_OUTLOOK, HELPS, OutlookWords
from readiness.check import AnyCheck
from readiness.checks import CHECKS
from readiness.model import Failure, Finding, Status
from readiness.readings import Counted, FacePlace, Medium, Reached, Transport
from readiness.settings_pages import SettingsPage
from tests.readability import flesch_kincaid_grade, inflesz, sentences, words

ROOT: Final = Path(__file__).resolve().parent.parent
SPANISH: Final = ROOT / "i18n" / "es.po"

HARDEST_GRADE: Final = 5.0
LEAST_INFLESZ: Final = 70.0
MOST_WORDS: Final = 15
MOST_SENTENCES: Final = 2
MOST_STEPS: Final = 3

#: Sentences that are the same in Spanish.
SAME_IN_SPANISH: Final = {"No", "Video Visit Readiness", "no", "Wi-Fi", "VPN", "Proxy", "UDP", "TCP"}

FORBIDDEN_EN: Final = (
    r"devices?|initiali[sz]\w*|configur\w*|utili[sz]\w*|bandwidth|latency|throughput|errors?|fail\w*|invalid|denied|denies|"
    r"illegal|fatal|attack\w*|router|gateway|dns|ip|proxy|tls|ssl|certificates?|encrypt\w*|drivers?|hardware|resolution|"
    r"frames?|adapter|forgot\w*|wrongly|mistake"
)
FORBIDDEN_ES: Final = (
    r"dispositivos?|inicializ\w*|configure|configurar|utili[cz]\w*|ancho de banda|latencia|error\w*|fall[óa]\w*|inválid\w*|"
    r"denegad\w*|ilegal|fatal|ataque\w*|enrutador\w*|puerta de enlace|dns|ip|proxy|tls|ssl|certificados?|cifrad\w*|"
    r"controlador\w*|hardware|resolución|fotogramas?|adaptador\w*|olvid\w*|ordenador|móvil|bocina(?!\))"
)
#: Forms of tú, vos and vosotros that no word for usted looks like.
NOT_USTED: Final = (
    r"tú|tu|tus|tuy[oa]s?|ti|contigo|te|vos|vosotr[oa]s|os|vuestr[oa]s?|puedes|tienes|quieres|debes|necesitas|ves|oyes|"
    r"estás|eres|has|vas|sabes|dices|haces|haz|ten|pon|intenta|presiona|escribe|conéctate|siéntate|acércate|oíste|viste|"
    r"hiciste|hablaste|conectaste"
)


def by_id(check: AnyCheck) -> str:
    return check.id


every_check: Final = pytest.mark.parametrize("check", CHECKS, ids=by_id)


def findings() -> Iterator[tuple[str, Advice]]:
    for check in CHECKS:
        for name, advice in words_for(check.id).findings.items():
            yield f"{check.id}.{name}", advice


def everything_said(advice: Advice) -> tuple[str, ...]:
    return (advice.text, *advice.steps, advice.agent, advice.confirm)


every_finding: Final = pytest.mark.parametrize(
    ("finding_id", "advice"), list(findings()), ids=[name for name, _ in findings()]
)


# --- Every finding has words, and only findings do ---------------------------------------------------------------------


def named_in_source(check: AnyCheck) -> set[str]:
    """The names that a check's source gives to ``self.finding`` as they are."""
    tree = ast.parse((ROOT / "readiness" / "checks" / f"{check.id}.py").read_text("utf-8"))
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "finding"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


#: What facts may be, well inside and well outside of every limit, by type.
VALUES: Final[Mapping[Any, tuple[Any, ...]]] = {
    bool: (True, False),
    int: (0, 1, 2, 3, 4, 30, 480, 1280, 5000),
    float: (-95.0, -70.0, -50.0, -20.0, 0.0, 0.2, 0.7, 1.5, 4.0, 8.0, 30.0, 60.0, 95.0, 200.0, 9000.0),
    str: (
        "",
        "Zoom",
        "10.19045",
        "11.26100",
        "6.1",
        "15.1",
        "safari",
        "chrome",
        "msie",
        "firefox",
        "152.0.1",
        "1.0",
        "lost",
    ),
}


Maker = Callable[[random.Random], Any]


@cache
def maker(kind: Any) -> Maker:
    """What makes up values of a type, as a reading may hold them."""
    if get_origin(kind) in {Union, UnionType}:
        makers = [maker(choice) for choice in get_args(kind) if choice is not NoneType]
        return lambda chance: None if chance.random() < 0.15 else chance.choice(makers)(chance)
    if get_origin(kind) is tuple:
        item = maker(get_args(kind)[0])
        return lambda chance: tuple(item(chance) for _ in range(chance.choice((0, 0, 1, 2))))
    if kind not in VALUES and issubclass(kind, msgspec.Struct):
        fields = {name: maker(hint) for name, hint in get_type_hints(kind).items() if name in kind.__struct_fields__}
        return lambda chance: kind(**{name: make(chance) for name, make in fields.items()})
    values = VALUES.get(kind) or tuple(kind)
    return lambda chance: chance.choice(values)


def judged(check: AnyCheck) -> Iterator[Finding]:
    """What thousands of made-up readings are judged to be, by what every shipped profile demands."""
    chance = random.Random(check.id)
    known = {other.id: other.requires for other in CHECKS}
    requirements = [profiles.load(name, known).requirement(check.id, check.requires) for name in profiles.shipped()]
    requirements.append(check.requires())
    kind: Any = check.reads
    make = maker(kind)
    for _ in range(16000):
        reading = make(chance)
        if chance.random() < 0.6:
            reading = msgspec.structs.replace(reading, failure=None)
        yield from check.judge(reading, chance.choice(requirements), date(2026, 11, 21))


@cache
def found(check: AnyCheck) -> tuple[Finding, ...]:
    """The findings of a check, each once for every set of values that it comes with, and for every status."""
    different = {(finding.id, finding.status, frozenset(finding.params)): finding for finding in judged(check)}
    return tuple(different.values())


@every_check
def test_every_finding_has_words_and_no_words_are_without_a_finding(check: AnyCheck) -> None:
    told = {f"{check.id}.{name}" for name in words_for(check.id).findings}
    named = {f"{check.id}.{name}" for name in named_in_source(check)}
    reached = {finding.id for finding in found(check)}
    assert told >= {f"{check.id}.ok", f"{check.id}.not_checked"}
    assert named <= told, "the source names a finding that has no words"
    assert reached <= told, "a reading leads to a finding that has no words"
    assert told <= reached, "words that nothing leads to"


@every_check
def test_words_quote_only_values_that_the_finding_always_has(check: AnyCheck) -> None:
    for finding in found(check):
        quoted = set().union(*map(placeholders, everything_said(advice_for(finding.id))))
        assert quoted <= set(finding.params), finding


@every_check
def test_every_question_has_words(check: AnyCheck) -> None:
    source = (ROOT / "readiness" / "checks" / f"{check.id}.py").read_text("utf-8")
    asked = set(re.findall(rf'"{check.id}\.(\w+)"', source))
    questions = words_for(check.id).questions
    assert set(questions) == asked
    for question in questions.values():
        assert question.text.endswith("?")
        assert question.cannot_tell
        assert question.skip


def test_unknown_checks_and_findings_are_said_to_be_unknown() -> None:
    with pytest.raises(LookupError, match="no words for the check 'kettle'"):
        words_for("kettle")
    with pytest.raises(LookupError, match=r"no check can be called '\.\.evil'"):
        words_for("..evil")
    with pytest.raises(LookupError, match="no words for the check 'facts'"):
        words_for("facts")  # a file beside the words that holds none
    with pytest.raises(LookupError, match="no words for the check 'kettle'"):
        advice_for("kettle.ok")
    with pytest.raises(LookupError, match=r"no words for the finding 'camera\.boiling'"):
        advice_for("camera.boiling")


def test_a_fault_inside_a_file_of_words_is_not_taken_for_a_missing_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> CheckWords:
        raise ModuleNotFoundError("No module named 'other'", name="other")

    monkeypatch.setattr("readiness.advice.import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="other"):
        words_for("camera")


def test_every_reason_has_a_sentence() -> None:
    assert set(REASONS) == {failure.value for failure in Failure}


def test_facts_that_have_a_name_are_facts_of_a_reading_and_their_values_have_words() -> None:
    assert set(FACTS) <= {field for check in CHECKS for field in check.reads.__struct_fields__}
    assert set(FACT_VALUES) == {
        value.value for kind in (Counted, FacePlace, Medium, Reached, Transport) for value in kind
    }


def test_values_that_may_be_unknown_are_values_that_are_quoted() -> None:
    quoted = set().union(*(placeholders(text) for _, advice in findings() for text in everything_said(advice)))
    assert set(NOT_TOLD) <= quoted


# --- Every finding is told well -----------------------------------------------------------------------------------------


@every_finding
def test_a_finding_says_what_to_do(finding_id: str, advice: Advice) -> None:
    good = finding_id.endswith((".ok", ".online"))
    assert len(advice.steps) <= MOST_STEPS
    assert len(set(advice.steps)) == len(advice.steps)
    assert bool(advice.steps) is not good, "steps belong to what can be mended, and only to that"
    assert advice.fixable or not good
    assert advice.confirm.endswith("?")
    assert advice.settings is None or advice.settings in set(SettingsPage)
    for message in (advice.text, *advice.steps):
        assert message.endswith((".", "{reason}"))
    assert advice.agent.endswith((".", "?"))
    assert ("{reason}" in advice.text) is finding_id.endswith((".not_checked", ".not_measured"))


def test_what_was_not_measured_is_never_called_good() -> None:
    unknown = {finding.id for check in CHECKS for finding in found(check) if finding.status is Status.UNKNOWN}
    assert unknown >= {
        "camera.not_checked",
        "microphone.no_speech",
        "speaker.not_confirmed",
        "operating_system.unknown",
        "bandwidth.server_unreachable",
        "bandwidth.not_measured",
    }
    for finding_id in unknown:
        text = f"{advice_for(finding_id).text} {advice_for(finding_id).agent}".lower()
        assert not re.search(r"\b(works|is (fine|good|fast|ready)|well)\b", text), finding_id
        assert re.search(r"\b(not|yet|may)\b", text), finding_id


def test_our_fault_is_called_ours_and_an_old_flyer_is_no_fault_of_the_reader() -> None:
    assert "our fault, not yours" in advice_for("bandwidth.server_unreachable").text
    assert "not your fault" in advice_for("browser.internet_explorer").text
    assert "flyer" in advice_for("browser.internet_explorer").text
    assert "not your fault" in REASONS["crashed"]
    assert "not your fault" in REASONS["server_unreachable"]


# --- Every sentence has its Spanish -------------------------------------------------------------------------------------


def placeholders(sentence: str) -> set[str]:
    """The values in a sentence: names in braces, and Python's older marks with a percent sign."""
    braces = {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
    return braces | set(re.findall(r"%(?:\(\w+\))?[rsd]", sentence))


@cache
def extracted() -> frozenset[str]:
    """Every sentence that is marked in the program."""
    sources = [("readiness/**.py", "python"), ("ui/**.py", "python")]
    return frozenset(
        str(message)
        for _, _, message, _, _ in extract_from_dir(
            str(ROOT), sources, {}, keywords={"N_": None}, strip_comment_tags=True
        )
    )


@cache
def spanish() -> dict[str, str]:
    return {entry.sentence: entry.translations.get(0, "") for entry in entries()}


def entries() -> list[catalogue.Entry]:
    return [entry for entry in catalogue.read(SPANISH.read_text("utf-8")) if entry.sentence]


def test_every_marked_sentence_is_in_the_catalogue_and_nothing_else_is() -> None:
    assert len(extracted()) > 300
    assert extracted() - set(spanish()) == set(), "run: python3 dev.py i18n"
    assert set(spanish()) - extracted() == set(), "run: python3 dev.py i18n"


def test_every_sentence_is_translated_by_a_person() -> None:
    assert [entry.sentence for entry in entries() if not entry.translated] == []
    assert [entry.sentence for entry in entries() if entry.fuzzy] == []
    assert "#~" not in SPANISH.read_text("utf-8"), "obsolete entries are dropped"


def test_every_mark_can_be_extracted() -> None:
    """Not inside an f-string, where the extraction does not look, and not around what is no sentence."""
    marked: set[str] = set()
    for file in [*(ROOT / "readiness").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                (sentence,) = node.args
                assert isinstance(sentence, ast.Constant), f"{file}:{node.lineno}: no plain sentence is marked"
                marked.add(str(sentence.value))
    assert marked - extracted() == set()


def test_values_and_spaces_survive_translation() -> None:
    for english, translated in spanish().items():
        assert placeholders(english) == placeholders(translated), english
        assert (
            english[: len(english) - len(english.lstrip())] == translated[: len(translated) - len(translated.lstrip())]
        )
        assert english[len(english.rstrip()) :] == translated[len(translated.rstrip()) :], english
        assert "  " not in translated.strip(), english


def test_spanish_is_spanish() -> None:
    assert {english for english, translated in spanish().items() if english == translated} <= SAME_IN_SPANISH
    for english, translated in spanish().items():
        assert translated.count("¿") == len(re.findall(r"[\w)}]\?", translated)), translated
        assert english.endswith(".") is translated.endswith("."), translated
        assert english.endswith("?") is translated.endswith("?"), translated
        assert not re.search(r"[A-Za-z] (the|and|your|of|is|not) [A-Za-z]", translated), translated


def test_spanish_says_usted() -> None:
    for translated in spanish().values():
        assert not word_of(NOT_USTED, translated), translated


def test_profiles_say_usted_too() -> None:
    for file in (ROOT / "readiness" / "profiles").glob("*.toml"):
        for text in spanish_in(tomllib.loads(file.read_text("utf-8"))):
            assert not word_of(NOT_USTED, text), f"{file.name}: {text}"


def spanish_in(value: object) -> Iterator[str]:
    """The Spanish texts in the data of a profile."""
    if isinstance(value, dict):
        if isinstance(value.get("es"), str):
            yield value["es"]
        for part in value.values():
            yield from spanish_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from spanish_in(part)


# --- Both languages are plain ------------------------------------------------------------------------------------------


def in_spanish(messages: Iterable[str]) -> tuple[str, ...]:
    return tuple(spanish()[message] for message in messages)


def joined(*messages: str) -> str:
    return " ".join(messages).replace("{reason}", "")


def word_of(pattern: str, text: str) -> str | None:
    """The word of ``text`` that is one of a pattern's, if any."""
    match = re.search(rf"(?<![\w/.])(?:{pattern})(?![\w/])", text, re.IGNORECASE)
    return match.group() if match else None


def to_patients() -> Iterator[str]:
    """Every sentence that a person at home reads or hears."""
    for check in CHECKS:
        check_words = words_for(check.id)
        yield from (check_words.name, check_words.prompt)
        for question in check_words.questions.values():
            yield from (question.text, question.cannot_tell, question.skip)
    for _, advice in findings():
        yield from everything_said(advice)
    for said in EVERY_OUTLOOK:
        yield from (said.text, said.agent)
    yield from HELPS.values()
    yield COST
    yield from REASONS.values()
    yield from NOT_TOLD.values()


@pytest.mark.parametrize("said", EVERY_OUTLOOK, ids=lambda said: said.text)
def test_a_headline_of_the_line_is_easy_to_read(said: OutlookWords) -> None:
    for message in (said.text, said.agent):
        assert flesch_kincaid_grade(message) <= HARDEST_GRADE, message
        assert inflesz(spanish()[message]) >= LEAST_INFLESZ, spanish()[message]


def test_what_helps_on_a_line_is_easy_to_read() -> None:
    helps = (*HELPS.values(), COST)
    assert flesch_kincaid_grade(joined(*helps)) <= HARDEST_GRADE
    assert inflesz(joined(*in_spanish(helps))) >= LEAST_INFLESZ


@every_finding
def test_a_finding_is_easy_to_read(finding_id: str, advice: Advice) -> None:
    to_person, on_the_phone = (advice.text, *advice.steps), (advice.agent, advice.confirm)
    for said in (to_person, on_the_phone):
        assert flesch_kincaid_grade(joined(*said)) <= HARDEST_GRADE, joined(*said)
        assert inflesz(joined(*in_spanish(said))) >= LEAST_INFLESZ, joined(*in_spanish(said))


def test_questions_prompts_and_reasons_are_easy_to_read() -> None:
    asked = [
        text
        for check in CHECKS
        for text in (words_for(check.id).prompt, *(q.text for q in words_for(check.id).questions.values()))
    ]
    for said in (asked, list(REASONS.values())):
        assert flesch_kincaid_grade(" ".join(said)) <= HARDEST_GRADE
        assert inflesz(" ".join(in_spanish(said))) >= LEAST_INFLESZ


def test_sentences_are_short_and_few() -> None:
    for english in to_patients():
        for message in (english, spanish()[english]):
            assert all(len(words(sentence)) <= MOST_WORDS for sentence in sentences(message)), message
            reasons = REASONS.values() if "{reason}" in message else ("",)
            most = MOST_SENTENCES + (1 if "{reason}" in message else 0)  # a reason may say whose fault it is
            for reason in reasons:
                assert len(sentences(message.replace("{reason}", reason))) <= most, message


def test_no_word_needs_explaining() -> None:
    for english in to_patients():
        # What stands on a switch is called as it is called there.
        for forbidden, message in ((FORBIDDEN_EN, english), (FORBIDDEN_ES, spanish()[english])):
            assert not word_of(forbidden, re.sub("“[^”]+”", "", message)), message


def test_a_speaker_is_called_by_both_of_its_spanish_names_where_a_finding_first_names_it() -> None:
    for advice in words_for("speaker").findings.values():
        translated = " ".join(in_spanish((advice.text, *advice.steps)))
        first = re.search(r"altavoz(?: \(bocina\))?", translated)
        assert first is None or "bocina" in first.group() or "audífonos o un altavoz" in translated
