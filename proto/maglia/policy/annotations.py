"""The rules of a bundle as their authors wrote them: name, place, METADATA, and the conditions one by one.

Reads the Rego that `opa fmt` writes, without OPA: every top-level statement starts in the first column. What it cannot
take apart it leaves whole, so that a rule is at worst explained by less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_HEAD = re.compile(r"(?P<default>default )?(?P<name>[a-z_][a-z0-9_]*)(?:\((?P<params>[^)]*)\))?")
_KEY = re.compile(r'^(?: contains |\[)"(?P<key>[^"]+)"')
_IF = re.compile(r" if\b")
_QUOTED = re.compile(r'"(?:\\.|[^"\\\n])*"|`[^`]*`|#[^\n]*')
"""Strings and comments: what brackets and words inside them mean nothing."""
_NUMBER = r"[0-9]+(?:\([0-9a-z]+\))*"
_ARTICLE = re.compile(rf"(?:Law rules?|(?:GDPR )?art\.) {_NUMBER}(?:(?:, | and ){_NUMBER})*", re.IGNORECASE)


@dataclass(frozen=True)
class Note:
    """METADATA: title in English and Italian (`custom: titolo`), and the description, which names law and article."""

    title: str = ""
    titolo: str = ""
    description: str = ""

    @property
    def articles(self) -> tuple[str, ...]:
        """Return the law rules and articles that the description names, as written, in order."""
        return tuple(dict.fromkeys(_ARTICLE.findall(self.description)))


@dataclass(frozen=True)
class Rule:
    """One statement of a rule; a rule of several has several of these, and the METADATA before the first is theirs."""

    package: str
    name: str
    file: str
    line: int
    head: str
    params: tuple[str, ...] = ()
    key: str = ""
    """The constant it contributes, as in `violations contains "policy.role"`."""
    conditions: tuple[str, ...] = ()
    note: Note = field(default_factory=Note)

    @property
    def full_name(self) -> str:
        """Return `ask.role_allowed`, as people quote it."""
        return f"{self.package.removeprefix('maglia.')}.{self.name}"

    @property
    def is_default(self) -> bool:
        """Return whether it only says what holds when nothing else does."""
        return self.head.startswith("default ")

    def text(self, *more: str) -> str:
        """Return the statement in Rego, with `more` conditions."""
        conditions = (*self.conditions, *more)
        return self.head + (f" if {{\n\t{_NEWLINE.join(conditions)}\n}}" if conditions else "")


_NEWLINE = "\n\t"


@dataclass(frozen=True)
class Module:
    """One `.rego` file."""

    package: str
    file: str
    imports: tuple[str, ...]
    rules: tuple[Rule, ...]
    note: Note


def read_rules(files: Mapping[str, bytes]) -> tuple[Rule, ...]:
    """Return the rules of a bundle's files, in the order of files and lines."""
    return tuple(rule for module in read_modules(files) for rule in module.rules)


def read_modules(files: Mapping[str, bytes]) -> tuple[Module, ...]:
    """Return the `.rego` files of a bundle, tests apart."""
    return tuple(
        _module(name, content.decode(errors="replace"))
        for name, content in sorted(files.items())
        if name.endswith(".rego") and not name.endswith("_test.rego")
    )


def read_statements(text: str) -> Iterator[tuple[str, str]]:
    """Yield the top-level statements of a `.rego` text without comments, each with the name that it begins with."""
    for _, statement, _ in _statements(text):
        words = statement.removeprefix("default ")
        found = re.match(r"\w+", words)
        yield (found[0] if found else words), without_comments(statement)


def without_comments(text: str) -> str:
    """Return the text without comments, lines that hold nothing else, and spaces at the ends of lines."""
    bare = _QUOTED.sub(lambda found: "" if found[0].startswith("#") else found[0], text)
    return "\n".join(line.rstrip() for line in bare.splitlines() if line.strip())


def _module(file: str, text: str) -> Module:
    package, note, imports, rules = "", Note(), [], list[Rule]()
    for line, statement, written in _statements(text):
        word, _, rest = statement.partition(" ")
        if word == "package":
            package, note = rest.strip(), written or Note()
        elif word == "import":
            imports.append(rest.strip())
        elif (found := _HEAD.match(statement)) is not None:
            before = rules[-1].note if rules and rules[-1].name == found["name"] else Note()
            rules.append(_rule(package, file, line, statement, found, written or before))
    return Module(package, file, tuple(imports), tuple(rules), note)


def _rule(package: str, file: str, line: int, statement: str, found: re.Match[str], note: Note) -> Rule:
    masked = blanked(statement)
    split = next((one.start() for one in _IF.finditer(masked) if _depth(masked[: one.start()]) == 0), len(statement))
    body = statement[split:].removeprefix(" if").strip()
    key = _KEY.match(statement[found.end() : split])
    return Rule(
        package=package,
        name=found["name"],
        file=file,
        line=line,
        head=statement[:split].strip(),
        params=tuple(name.strip() for name in (found["params"] or "").split(",") if name.strip()),
        key=key["key"] if key else "",
        conditions=tuple(_conditions(body)),
        note=note,
    )


def _statements(text: str) -> Iterator[tuple[int, str, Note | None]]:
    """Yield line number, text and METADATA of each top-level statement."""
    comments: list[str] = []
    begun: list[str] = []
    start, note = 0, None
    for number, line in enumerate(text.splitlines(), 1):
        if begun:
            begun.append(line)
        elif line.startswith("#"):
            comments.append(line.removeprefix("#").removeprefix(" "))
            continue
        elif line.strip():
            begun, start, note = [line], number, _note(comments)
        comments = []
        if begun and _depth(blanked("\n".join(begun))) <= 0:
            yield start, "\n".join(begun), note
            begun = []


def _note(comments: list[str]) -> Note | None:
    """Return what a METADATA block says, None without one; of YAML only what `policies/` uses."""
    if "METADATA" not in comments:
        return None
    said: dict[str, str] = {}
    key = ""
    for line in comments[comments.index("METADATA") + 1 :]:
        name, colon, value = line.strip().partition(":")
        if colon and re.fullmatch("[a-z_]+", name) and (line[0] != " " or name == "titolo"):
            key = name
            said[key] = value.strip().removeprefix("|").strip('"')
        elif key:
            said[key] = f"{said[key]} {line.strip()}".strip()
    return Note(said.get("title", ""), said.get("titolo", ""), said.get("description", ""))


def _conditions(body: str) -> Iterator[str]:
    """Yield the expressions of a body in order: one for each line at the outermost level of its braces."""
    if not body:
        return
    inner = body[1:-1] if body.startswith("{") and body.endswith("}") else body
    expression = ""
    for part in re.split(r"\n|;", inner) if "\n" in inner else [inner]:
        expression = f"{expression}\n{part}" if expression else part
        if _depth(blanked(expression)) == 0:
            if expression.strip():
                yield expression.strip()
            expression = ""


def blanked(text: str) -> str:
    """Return the text with strings and comments blanked, of the same length."""
    return _QUOTED.sub(lambda found: " " * len(found[0]), text)


def _depth(masked: str) -> int:
    return sum(masked.count(one) for one in "({[") - sum(masked.count(one) for one in ")}]")
