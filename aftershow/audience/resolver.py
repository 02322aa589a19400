"""What a name, a part of a group or a question in a condition stands for; whatever is unknown is refused."""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches

from jinja2 import nodes

from aftershow.audience.fields import FIELDS, GROUPS, answer, names
from aftershow.audience.questions import DAYS_SINCE, KINDS, QUESTIONS, Question, days_since, days_since_last
from aftershow.audience.syntax import column_of, mistake, require_storable
from aftershow.audience.terms import FieldTerm, Term, Type
from aftershow.errors import ExpressionError

_MOMENTS = tuple(name for name, fact in FIELDS.items() if fact.type is Type.MOMENT)

#: What a campaign gives names to, as questions call it (STEP, ARM), to the names that there are.
Names = Mapping[str, Collection[str]]

#: Names under which people look for fields that stand alone.
_OTHER_GROUPS = ("contact", "lead")


def fact_of(node: nodes.Name | nodes.Getattr | nodes.Getitem) -> FieldTerm:
    """Return the fact that a name or a part of a group stands for; raises ExpressionError for others."""
    if isinstance(node, nodes.Name):
        return _field(node)
    if not isinstance(node.node, nodes.Name) or node.node.name not in (*GROUPS, *_OTHER_GROUPS):
        raise _mistake(node, f"only {_listed(GROUPS)} have parts.")
    part = _part(node)
    return _answer(node, part) if node.node.name == "answers" else _member(node, node.node.name, part)


def term_of(node: nodes.Call, given: Names) -> Term:
    """Return the term for a question such as permission("email"), in a campaign that gives these names."""
    name = node.node.name if isinstance(node.node, nodes.Name) else ""
    if name != DAYS_SINCE and name not in QUESTIONS:
        raise _no_question(node, name)
    if len(node.args) != 1 or node.kwargs or node.dyn_args or node.dyn_kwargs:
        raise _mistake(node, f"{name} asks about one thing, as in {_example(name)}.")
    if name == DAYS_SINCE:
        return _days_since(node, node.args[0])
    return _asked(node, QUESTIONS[name], node.args[0], given)


def _field(node: nodes.Name) -> FieldTerm:
    name = node.name
    if name in FIELDS:
        return FIELDS[name]
    if name in GROUPS:
        raise _mistake(node, f"{name} has parts; say which, as in {_parts_of(name)[0]}.")
    if name in QUESTIONS or name == DAYS_SINCE:
        raise _mistake(node, f"{name} needs to know about what, as in {_example(name)}.")
    hint = suggestion(name, names()) or f' If it is text, put it in quotes: "{name}".'
    raise _mistake(node, f"there is no field {name}.{hint}")


def _part(node: nodes.Getattr | nodes.Getitem) -> str:
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        return node.arg.value
    raise _mistake(node, 'write the name of the part in quotes, as in answers["interested_in"].')


def _answer(node: nodes.Node, name: str) -> FieldTerm:
    if not name or set(name) & set('"\\'):
        raise _mistake(node, "the name of an answer is not empty and has no quotes or backslashes.")
    return answer(require_storable(node, name))


def _member(node: nodes.Node, group: str, part: str) -> FieldTerm:
    if group in _OTHER_GROUPS and part in FIELDS:
        raise _mistake(node, f"write {part} alone, without {group}.")
    if f"{group}.{part}" not in FIELDS:
        parts = [name.removeprefix(f"{group}.") for name in _parts_of(group)]
        hint = suggestion(part, parts, f"{group}.{{}}") or (f" It has {_listed(parts)}." if parts else "")
        raise _mistake(node, f"there is no field {group}.{part}.{hint}")
    return FIELDS[f"{group}.{part}"]


def _asked(node: nodes.Call, question: Question, word: nodes.Expr, given: Names) -> FieldTerm:
    words = question.words if question.words is not None else tuple(given[question.argument])
    if not words:
        where = "a step of a campaign" + (" that has a split" if question.argument == "ARM" else "")
        raise _mistake(node, f"{question.name} can be asked only in {where}.")
    return question.about_word(_word(node, question.name, word, words))


def _days_since(node: nodes.Call, argument: nodes.Expr) -> Term:
    if isinstance(argument, nodes.Name | nodes.Getattr | nodes.Getitem):
        fact = fact_of(argument)
        if fact.type is not Type.MOMENT:
            raise _mistake(argument, f"{fact.text} is {fact.type}; {DAYS_SINCE} needs a moment.")
        return days_since(fact)
    if isinstance(argument, nodes.Const) and argument.value in _MOMENTS:
        raise _mistake(argument, f"write {DAYS_SINCE}({argument.value}), without quotes.")
    return days_since_last(_word(node, DAYS_SINCE, argument, KINDS))


def _word(node: nodes.Call, name: str, word: nodes.Expr, words: Collection[str]) -> str:
    if not isinstance(word, nodes.Const) or not isinstance(word.value, str):
        raise _mistake(node, f"{name} asks about a word in quotes, as in {_example(name, words)}.")
    if word.value not in words:
        hint = suggestion(word.value, words, '"{}"') or f" There is {_listed(words)}."
        raise _mistake(word, f'{name} does not know "{word.value}".{hint}')
    return word.value


def _no_question(node: nodes.Call, name: str) -> ExpressionError:
    if name in FIELDS:
        return _mistake(node, f"{name} is asked without brackets.")
    if not name:
        return _mistake(node, f"this can't be called. {_questions()}")
    hint = suggestion(name, (*QUESTIONS, DAYS_SINCE)) or f" {_questions()}"
    return _mistake(node, f"there is no question {name}(…).{hint}")


def _questions() -> str:
    return f"Brackets stand only after {_listed((*QUESTIONS, DAYS_SINCE))}."


def suggestion(word: str, known: Iterable[str], form: str = "{}") -> str:
    """Return a sentence that names what was likely meant, after a space; nothing if nothing is near."""
    near = get_close_matches(word, list(known), n=1)
    return f" Did you mean {form.format(near[0])}?" if near else ""


def _example(name: str, words: Collection[str] = ()) -> str:
    known = words or (KINDS if name == DAYS_SINCE else QUESTIONS[name].words) or ("thanks",)
    return f'{name}("{next(iter(known))}")'


def _parts_of(group: str) -> list[str]:
    if group == "answers":
        return ["answers.interested_in"]
    return [name for name in FIELDS if name.startswith(f"{group}.")]


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _mistake(node: nodes.Node, what: str) -> ExpressionError:
    return mistake(column_of(node), what)
