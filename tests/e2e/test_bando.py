"""A call for applicants with the commands an officer has: a node killed in the middle, a console interrupted."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from maglia.core.entry import Entry, EntryKind
from maglia.processes import kill
from maglia.wire.entries import decode_entry
from tests.clerk import fictional_code
from tests.e2e.live import LiveNetwork

pytestmark = pytest.mark.xdist_group("small")

PATIENCE_S = 60.0
FACET = "food_voucher"


def asker(network: LiveNetwork) -> str:
    return str(network.sheet["procedures"][0]["members"][0])


def procedure(network: LiveNetwork) -> str:
    return str(network.sheet["procedures"][0]["id"])


def file_of(folder: Path, first: int, count: int = 20) -> Path:
    """Write a file of so many persons, a row that is not valid, and one person twice."""
    codes = [fictional_code(number) for number in range(first, first + count)]
    rows = ["codice;nucleo", *(f"{code};N{place}" for place, code in enumerate(codes)), "XQZ;N1", f"{codes[0]};N2"]
    path = folder / "domande.csv"
    path.write_text("\n".join(rows))
    return path


def entries(network: LiveNetwork, member: str, *kinds: EntryKind) -> list[Entry]:
    """Return entries under calls for applicants in a node's log."""
    database = Path(network.node(member)["data_dir"]) / "node.db"
    with closing(sqlite3.connect(database)) as connection:
        leaves = [row[0] for row in connection.execute("SELECT leaf FROM log_entry ORDER BY idx")]
    found = [decode_entry(leaf) for leaf in leaves]
    return [entry for entry in found if entry.kind in kinds]


def answers(network: LiveNetwork, member: str) -> list[Entry]:
    """Return what a body answered under the procedure."""
    return [one for one in entries(network, member, EntryKind.ANSWERED) if one.procedure == procedure(network)]


@contextmanager
def frozen(network: LiveNetwork, member: str) -> Iterator[Callable[[], None]]:
    """Let a node hear and answer nothing; yield what wakes it."""
    pid = network.process(member).pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield lambda: os.kill(pid, signal.SIGCONT)
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def checking(network: LiveNetwork, path: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run `maglia bando check` beside the test."""
    node = network.node(asker(network))
    program = Path(sys.executable).parent / "maglia"
    asked = ("--procedure", procedure(network), "--facet", FACET, "--json", *options)
    environment = {**os.environ, "MAGLIA_PASSWORD": node["operators"][0]["password"]}
    command = [str(program), "--profile", node["profile"], "bando", "check", str(path), *asked]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        try:
            yield run
        finally:
            run.kill()


def replies(network: LiveNetwork, of: str) -> int:
    """Return how many replies of one body the asker has stored."""
    database = Path(network.node(asker(network))["data_dir"]) / "node.db"
    with closing(sqlite3.connect(database)) as connection:
        count: int = connection.execute("SELECT count(*) FROM batch_reply WHERE member = ?", (of,)).fetchone()[0]
    return count


def wait_for_reply(network: LiveNetwork, of: str, before: int) -> None:
    """Wait until the asker has stored what one body answered."""
    until = time.monotonic() + PATIENCE_S
    while replies(network, of) == before:
        assert time.monotonic() < until, "no reply"
        time.sleep(0.05)


def warm(network: LiveNetwork, folder: Path, person: int) -> None:
    """Have streams to both bodies open: one that is frozen is then waited for, where it would not be found."""
    path = folder / "prima.csv"
    path.write_text(f"codice;nucleo\n{fictional_code(person)};N1")
    asked = ("--procedure", procedure(network), "--facet", FACET, "--json")
    for _ in range(5):
        ended = network.console(asker(network), "bando", "check", str(path), *asked)
        if ended.document["partial"] == 0:
            return
        network.console(asker(network), "bando", "retry", ended.document["id"], "--json")
    raise AssertionError(ended)


def batches(network: LiveNetwork) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = network.console(asker(network), "bando", "list", "--json").document["batches"]
    return found


def test_a_node_killed_in_the_middle_asks_nobody_again_who_answered(bodies: LiveNetwork, tmp_path: Path) -> None:
    network = bodies
    me = asker(network)
    quick, slow = (member for member in network.members() if member != me)
    path, out = file_of(tmp_path, 0), tmp_path / "esiti.csv"
    warm(network, tmp_path, 50)
    before = replies(network, quick)
    answered = len(answers(network, quick))
    with frozen(network, slow), checking(network, path) as run:
        wait_for_reply(network, quick, before)
        kill(network.process(me))
        run.communicate(timeout=PATIENCE_S)
        assert run.returncode == 3
    network.start(me)
    batch = batches(network)[0]
    assert (batch["state"], batch["rejected"], batch["rows"]) == ("paused", 2, 22)
    ranking = tmp_path / "elenco.csv"
    ended = network.console(
        me, "bando", "resume", batch["id"], "--out", str(out), "--graduatoria", str(ranking), "--json"
    )
    assert ended.status == 12, ended
    document = ended.document
    assert (document["schema"], document["state"], document["none"], document["partial"]) == (
        "maglia.bando/1",
        "done",
        20,
        0,
    )
    asked = Counter(entry.peer for entry in entries(network, me, EntryKind.ASKED) if entry.check_id == batch["id"])
    assert asked == {quick: 1, slow: 2}
    assert len(answers(network, quick)) - answered == 1
    ends = [entry.code for entry in entries(network, me, EntryKind.END_STATE) if entry.check_id == batch["id"]]
    assert sorted(ends) == ["", "", "interrupted"]
    evaluated = [entry for entry in entries(network, me, EntryKind.EVALUATION) if entry.check_id == batch["id"]]
    assert sum(entry.count for entry in evaluated) == 20
    _check_files(out, ranking, ranking.with_name("elenco-chiave.csv"))


def _check_files(out: Path, ranking: Path, key: Path) -> None:
    for path in (out, ranking, key):
        assert path.stat().st_mode & 0o777 == 0o600
    rows = [line.split(";") for line in out.read_text("utf-8-sig").splitlines()]
    assert rows[0][:5] == ["riga", "codice", "nucleo", "esito", "enti"]
    assert Counter(row[3] for row in rows[1:]) == {"NESSUNO": 20, "SCARTATA": 2}
    assert {row[4] for row in rows[1:]} == {"2 su 2", ""}
    assert "la stessa persona è già alla riga 2" in rows[-1][5].lower()
    published, secret = ranking.read_text("utf-8-sig"), key.read_text("utf-8-sig")
    assert len(published.splitlines()) == 21
    protocols = [line.split(";")[1] for line in published.splitlines()[1:]]
    assert len(set(protocols)) == 20
    for row in rows[1:21]:
        assert row[1] not in published
        assert row[1] in secret
        assert row[7] in protocols


def test_ctrl_c_pauses_and_the_same_command_goes_on(bodies: LiveNetwork, tmp_path: Path) -> None:
    network = bodies
    me = asker(network)
    quick, slow = (member for member in network.members() if member != me)
    path = file_of(tmp_path, 100)
    warm(network, tmp_path, 150)
    before = replies(network, quick)
    with frozen(network, slow) as wake, checking(network, path) as run:
        wait_for_reply(network, quick, before)
        run.send_signal(signal.SIGINT)
        time.sleep(0.5)
        wake()
        said, told = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == 130, f"{told}{said}"
    document = json.loads(said)
    assert document["schema"] == "maglia.bando/1"
    with checking(network, path) as again:
        said, told = again.communicate(timeout=PATIENCE_S)
    assert (again.returncode, json.loads(said)["id"], json.loads(said)["none"]) == (12, document["id"], 20), told
    asked = [entry for entry in entries(network, me, EntryKind.ASKED) if entry.check_id == document["id"]]
    assert sorted(entry.peer for entry in asked) == sorted([quick, slow])
    shown = network.console(me, "bando", "show", document["id"])
    assert shown.status == 12
    assert all(len(line) <= 80 for line in shown.out.splitlines()), shown.out
    assert "SCARTATA" in shown.out
    for number in range(100, 120):
        assert fictional_code(number) not in shown.out + said
    deleted = network.console(me, "bando", "delete", document["id"], "--yes")
    assert deleted.status == 0
    gone = network.console(me, "bando", "show", document["id"])
    assert gone.status == 2
    assert "maglia bando list" in gone.err


@pytest.fixture
def bodies(small: LiveNetwork) -> LiveNetwork:
    return small
