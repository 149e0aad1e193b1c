"""The tables of `docs/scale.md`: arithmetic from the published figures, for a district, a region, a country.

The page's words are written by hand; what stands between `<!-- NAME -->` and `<!-- end -->` is written here. `--check`
proves that it is what `docs/figures.json` makes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from figures import DOCS, Figures, put, read_figures, shown

PAGE = DOCS / "scale.md"

CHECKS_A_DAY = 20
"""Checks by a body on a working day, on average: an office that does fifty, a parish that does five."""
DAYS, PEAK_SHARE = 250, 0.2
"""Working days a year; the part of a day's checks that falls into its busiest hour."""
NEW_SHARE = 0.5
"""Checks on a person whose pseudonyms the asker does not keep: each is an evaluation."""
ROUND_TRIP_MS = 30.0
"""Between two bodies, or a body and the registry: ADSL and mobile lines of one country."""
HALF_LOAD = 0.5
"""A replica is planned to be busy half of the time in the busiest hour."""
CORES = 2
POLL_S = 60.0
_EVALUATED = 60
"""Keys in the set for which the registry was measured."""
_MOST_ANSWER = 192 * 1024
"""Bytes that the answer to one evaluation may have."""
_MIB, _GIB = 1 << 20, 1 << 30


@dataclass(frozen=True)
class Network:
    """So many districts of so many bodies each; whoever checks asks all other bodies of the own district."""

    name: str
    districts: int
    bodies: int

    @property
    def members(self) -> int:
        """Return all bodies."""
        return self.districts * self.bodies


def brief(value: float) -> str:
    """Return a number as people read it; of what is next to nothing only that."""
    return "under 0.01" if value < 0.01 else shown(value)


NETWORKS = (
    Network("a district", 1, 60),
    Network("Lombardy, by district", 91, 82),
    Network("Italy, by district", 600, 66),
    Network("Lombardy as one", 1, 7_500),
)


class Costs:
    """What was measured, as the arithmetic needs it. Seconds and bytes, for one of each."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        value = figures.value
        self.question_cpu_s = value("answering: embedded: decisions cached, 16 in flight: node's CPU") / 1e6
        self.asker_cpu_s = value("wide check: N=50: CPU of the asking node") / 1e3 / 50
        self.question_bytes = value("footprint: a question about 1, and its answer: bytes on the wire")
        self.asked_disk = value("log: asker, pseudonyms in a question: 1")
        self.answered_disk = value("log: answering body, pseudonyms in a question: 1")
        self.evaluation_disk = value("log: asker, each evaluation asked of the registry")
        self.poll_cpu_s = value("answering: bare: unary echo, 16 in flight: server's CPU") / 1e6
        self.multiply_s = 1 / value("pseudonyms: evaluate, N=100: 100 mult.") / 100
        self._evaluation_s = value("registry: SQLite, 1 process: evaluations, CPU") / 1e6
        self._evaluation_bytes = value("registry: SQLite, 1 process: an evaluation on the wire")

    def evaluation_cpu_s(self, bodies: int) -> float:
        """Return the registry's processor time for one person at so many bodies."""
        return self._evaluation_s + (bodies - _EVALUATED) * self.multiply_s

    def finalize_s(self, bodies: int) -> float:
        """Return the asker's processor time to verify and finalize: three multiplications for each body."""
        return 3 * bodies * self.multiply_s

    def evaluation_bytes(self, bodies: int) -> float:
        """Return the bytes of one evaluation on the wire: an element of 32 for each body, and the rest."""
        return self._evaluation_bytes + 32 * (bodies - _EVALUATED)

    def of_members(self, what: str, members: int) -> float:
        """Return a figure of the directory that was measured, for another number of members: all grow with it."""
        for rest, row in self._figures.starting("registry: directory: "):
            if match := re.fullmatch(rf"{what} of ([0-9,]+) members", rest):
                return float(row["value"]) * members / int(match[1].replace(",", ""))
        raise SystemExit(f"docs/figures.json has no figure of the {what}. Run: make bench figures")

    def verified_s(self, members: int) -> float:
        """Return the seconds that a node needs to verify, read and check a new directory."""
        names = (
            "fetched and verified the first time",
            "directory read",
            "evaluation keys read and checked",
            "key set of everybody, sums and digest, once a version",
        )
        measured = sum(self._figures.value(f"registry: directory: {name}") for name in names)
        return measured * members / self._measured_members()

    def _measured_members(self) -> int:
        rests = (rest for rest, _ in self._figures.starting("registry: directory: signed directory of "))
        return int(next(rests).split()[0].replace(",", ""))


@dataclass(frozen=True)
class Line:
    """One line of a table: what it says, and its value in each network."""

    words: str
    value: Callable[[Network], str]


def load(costs: Costs) -> list[Line]:
    """Return what a network asks of its nodes and of its registry."""

    def checks_s(network: Network) -> float:
        return network.members * CHECKS_A_DAY * PEAK_SHARE / 3600

    def questions_s(network: Network) -> float:
        """Of one node: as many as it asks, since everybody asks alike."""
        return CHECKS_A_DAY * PEAK_SHARE / 3600 * (network.bodies - 1)

    def cores(network: Network) -> float:
        evaluating = checks_s(network) * NEW_SHARE * costs.evaluation_cpu_s(network.bodies)
        return evaluating + network.members / POLL_S * costs.poll_cpu_s

    def replicas(network: Network) -> str:
        needed = math.ceil(cores(network) / (CORES * HALF_LOAD))
        return f"{needed} (2 so that one may fail)" if needed < 2 else str(needed)

    def registry_bits(network: Network) -> float:
        return checks_s(network) * NEW_SHARE * costs.evaluation_bytes(network.bodies) * 8

    return [
        Line("bodies", lambda network: f"{network.members:,}"),
        Line("asked in a check", lambda network: f"{network.bodies - 1:,}"),
        Line("checks a day", lambda network: f"{network.members * CHECKS_A_DAY:,}"),
        Line("checks a second, busiest hour", lambda network: brief(checks_s(network))),
        Line("registry: evaluations a second, busiest hour", lambda network: brief(checks_s(network) * NEW_SHARE)),
        Line("registry: processor for an evaluation, ms", lambda n: brief(costs.evaluation_cpu_s(n.bodies) * 1e3)),
        Line("registry: cores busy, busiest hour", lambda network: brief(cores(network))),
        Line(f"registry: replicas of {CORES} cores, half busy", replicas),
        Line("registry: Mbit/s, busiest hour", lambda network: brief(registry_bits(network) / 1e6)),
        Line("registry: log, GiB a year", lambda network: brief(_yearly_evaluations(network, costs) / _GIB)),
        Line("node: questions answered a second, busiest hour", lambda network: brief(questions_s(network))),
        Line("node: of one core", lambda n: f"{brief(100 * questions_s(n) * costs.question_cpu_s)} %"),
        Line("node: kbit/s, asking and answering", lambda n: brief(2 * questions_s(n) * costs.question_bytes * 8e-3)),
        Line("node: log, GiB a year", lambda network: brief(_yearly_log(network, costs) / _GIB)),
    ]


def _yearly_evaluations(network: Network, costs: Costs) -> float:
    return network.members * CHECKS_A_DAY * DAYS * NEW_SHARE * costs.evaluation_disk


def _yearly_log(network: Network, costs: Costs) -> float:
    """Return the bytes that a node's log grows by in a year: what it asks, and as many questions answered."""
    questions = CHECKS_A_DAY * DAYS * (network.bodies - 1)
    return (
        questions * (costs.asked_disk + costs.answered_disk) + CHECKS_A_DAY * DAYS * NEW_SHARE * costs.evaluation_disk
    )


def waiting(costs: Costs) -> list[Line]:
    """Return what an operator waits for, and what every node must hold."""

    def evaluated_ms(network: Network) -> float:
        both = costs.evaluation_cpu_s(network.bodies) + costs.finalize_s(network.bodies)
        return ROUND_TRIP_MS + both * 1e3

    def asked_ms(network: Network) -> float:
        return ROUND_TRIP_MS + (costs.asker_cpu_s * (network.bodies - 1) + costs.question_cpu_s) * 1e3

    def evaluation(network: Network) -> str:
        answer = 32 * network.bodies
        return f"{answer / 1024:.0f} KiB" + (", more than an answer may have" if answer > _MOST_ANSWER else "")

    return [
        Line("a person known to the asker, ms", lambda network: f"{asked_ms(network):,.0f}"),
        Line("a person new to the asker, ms", lambda network: f"{evaluated_ms(network) + asked_ms(network):,.0f}"),
        Line("elements of one evaluation", evaluation),
        Line("signed directory, MiB", lambda network: brief(costs.of_members("signed directory", network.members))),
        Line("evaluation keys, MiB", lambda network: brief(costs.of_members("evaluation keys", network.members))),
        Line("verified and read by a node, s", lambda network: brief(costs.verified_s(network.members))),
        Line("polls a second at the registry", lambda network: brief(network.members / POLL_S)),
    ]


def table(lines: Sequence[Line]) -> str:
    """Return a table in Markdown, a column for each network."""
    head = "| | " + " | ".join(network.name for network in NETWORKS) + " |"
    rule = "|---" * (len(NETWORKS) + 1) + "|"
    rows = [f"| {line.words} | " + " | ".join(line.value(network) for network in NETWORKS) + " |" for line in lines]
    return "\n".join([head, rule, *rows])


def assumptions() -> str:
    """Return what is assumed and not measured."""
    return "\n".join(
        [
            f"- A body checks {CHECKS_A_DAY} persons on a working day, {DAYS} days a year; {PEAK_SHARE:.0%} of a day's",
            "  checks fall into its busiest hour. Everybody asks alike: a node answers as many questions as it asks.",
            f"- {NEW_SHARE:.0%} of the checks are about somebody whose pseudonyms the asker does not keep.",
            f"- A round trip between two bodies takes {ROUND_TRIP_MS:.0f} ms.",
            f"- A replica of the registry has {CORES} cores and is half busy.",
            *(f"- {one.name[0].upper()}{one.name[1:]}: {one.districts:,} x {one.bodies:,} bodies." for one in NETWORKS),
        ]
    )


def page(figures: Figures, words: str) -> str:
    """Return the page with its tables written anew."""
    costs = Costs(figures)
    made = {"assumptions": assumptions(), "load": table(load(costs)), "waiting": table(waiting(costs))}
    for name, content in made.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        words, found = between.subn(rf"\g<1>{content}\n\g<2>", words)
        if found != 1:
            raise SystemExit(f"docs/scale.md has no place for its table {name!r}")
    return words


def main() -> None:
    """Run from the command line."""
    put(PAGE, page(read_figures(), PAGE.read_text("utf-8")), "scale.py")


if __name__ == "__main__":
    main()
