"""What ACCESSI works with once somebody is there: gRPC, SQLAlchemy, the rules' engine come with it.

The screen is painted before: an auditor's passphrase is asked for without waiting for these.
"""

from __future__ import annotations

from tui.audit.anomalies_text import anomaly_table, notes, partial_line
from tui.audit.anomalies_text import head_line as signals_line
from tui.audit.day import compare, find_signals, logs_read, pull_all, search_logs, search_whole, unread_of
from tui.audit.findings_text import finding_table, head_line, verdict_line
from tui.audit.log_text import partial_reading, read_line
from tui.audit.search import Query
from tui.audit.search_text import search_table
from tui.audit.verify_text import verify_table
from tui.screens.accesses import rows
from tui.screens.accesses.opened import difference_window, entries_of, entry_window, following

__all__ = [
    "Query",
    "anomaly_table",
    "compare",
    "difference_window",
    "entries_of",
    "entry_window",
    "find_signals",
    "finding_table",
    "following",
    "head_line",
    "logs_read",
    "notes",
    "partial_line",
    "partial_reading",
    "pull_all",
    "read_line",
    "rows",
    "search_logs",
    "search_table",
    "search_whole",
    "signals_line",
    "unread_of",
    "verdict_line",
    "verify_table",
]
