"""Which plan a file is read by: what is asked for now, over what is kept under a name."""

from __future__ import annotations

from maglia.core.errors import Code, MagliaError
from node.domain.forms import echo
from node.domain.import_plan import Plan, check_name, check_plan
from node.importing.columns import OPTIONAL, REQUIRED
from node.ports import Store


def plan_of(store: Store, asked: Plan, template: str) -> Plan:
    """Return what is asked for, over the template of that name; raise `input.template`, `input.map`."""
    plan = check_plan(asked, (*REQUIRED, *OPTIONAL))
    if not template:
        return plan
    kept = {one.name: one.plan for one in store.templates()}
    if template not in kept:
        raise MagliaError(Code.INPUT_TEMPLATE, name=echo(template), allowed=", ".join(kept) or "-")
    return plan.over(kept[template])


def save_template(store: Store, name: str, plan: Plan, actor: str) -> None:
    """Keep a plan under a name; raise `input.field`."""
    store.save_template(check_name(name), plan, actor)
