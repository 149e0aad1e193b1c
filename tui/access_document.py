"""Access reports for programs: `maglia.access-report/1` and the list. The person is in neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from tui.access_model import Access, Case, Report, instant

SCHEMA = "maglia.access-report/1"
LIST_SCHEMA = "maglia.access-reports/1"


def report_document(report: Report) -> dict[str, object]:
    """Return all of a report; instants are ISO 8601 in UTC, days ISO 8601."""
    case, names = report.case, report.names
    return {
        "schema": SCHEMA,
        **_head(case),
        "complete": case.is_complete,
        "bodies_total": len(case.parts),
        "bodies_told": len(case.parts) - len(case.missing),
        "unnamed": [part.member for part in case.unnamed],
        "bodies": [
            {
                "member": part.member,
                "name": part.name,
                "contact": part.contact,
                "state": part.state,
                "code": part.code,
                "asked": _instant(part.time_ms),
                "log": part.reading
                and {
                    "entries": part.reading.entries,
                    "from": _instant(part.reading.first_ms),
                    "to": _instant(part.reading.last_ms),
                    "forgotten_months": list(part.reading.forgotten_months),
                    "archived": part.reading.archived,
                    "unreadable": part.reading.unreadable,
                    "policy_revision": part.reading.policy_revision,
                    "operators_named": part.reading.named,
                },
            }
            for part in case.parts
        ],
        "epochs": list(case.epochs),
        "all_keys_searched": case.covers_all_keys,
        "names_approved": asdict(case.names) if case.names else None,
        "accesses": [_access(one, names) for one in report.questions],
        "earlier_reports": [_access(one, names) for one in report.earlier],
    }


def list_document(cases: Sequence[Case]) -> dict[str, object]:
    """Return every request without what was found."""
    return {"schema": LIST_SCHEMA, "reports": [_head(case) for case in cases]}


def _head(case: Case) -> dict[str, object]:
    return {
        "case": case.name,
        "received": case.received,
        "due": case.due,
        "days_left": None if case.closed else case.days_left,
        "opened_by": case.opened_by,
        "extended": case.extended,
        "extension_reason": case.extension_reason,
        "closed": case.closed,
        "closed_by": case.closed_by,
    }


def _access(access: Access, known: Mapping[str, str]) -> dict[str, object]:
    return {
        "time": _instant(access.time_ms),
        "asker": access.asker,
        "asker_name": known.get(access.asker, ""),
        "answerer": access.answerer,
        "answerer_name": known.get(access.answerer, ""),
        "purpose": access.purpose,
        "facet": access.facet,
        "outcome": access.outcome,
        "categories": list(access.categories),
        "operator": access.operator,
        "told_by": list(access.told_by),
    }


def _instant(time_ms: int) -> str:
    at = instant(time_ms)
    return at.isoformat(timespec="seconds") if at else ""
