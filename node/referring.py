"""Puts together what sends persons to other bodies and takes those that others send."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial

from maglia.v1.referral_desk_pb2_grpc import add_ReferralDeskServiceServicer_to_server
from maglia.v1.referral_pb2_grpc import add_ReferralServiceServicer_to_server
from node.doors import AddService
from node.foundation import Foundation
from node.network.referrals import ReferralCalls
from node.pseudonyms import Pseudonyms
from node.referrals.courier import Courier, CourierTimes
from node.referrals.desk import ReferralDesk
from node.referrals.receiving import Receiving
from node.referrals.rules import ReferralRules
from node.rpc.referral import ReferralDoor
from node.rpc.referral_desk import ReferralDeskDoor
from node.serving import run_beside


def peer_referrals(base: Foundation) -> AddService:
    """Return the service at which other bodies tell of persons sent."""
    received_by = base.settings.member, base.store, base.entries, base.policy, base.trust, base.clock
    door = ReferralDoor(base.network, base.keys.identity, Receiving(*received_by), base.refusals)
    return partial(add_ReferralServiceServicer_to_server, door)


def referral_courier(stack: AsyncExitStack, base: Foundation) -> Courier:
    """Start telling other bodies of persons sent, and return what tells them."""
    settings, me, trust = base.settings, base.settings.member, base.trust
    rules = ReferralRules(base.store, base.policy, base.clock)
    calls = ReferralCalls(base.network, base.keys.identity, base.card.tls, trust.peer, settings.deadline_s)
    times = CourierTimes(settings.referral_every_s, settings.referral_s)
    told_by = me, base.store, base.entries, trust, calls, rules, base.clock, base.open_questions
    courier = Courier(*told_by, times)
    run_beside(stack, courier.run())
    return courier


def desk_referrals(base: Foundation, pseudonyms: Pseudonyms, courier: Courier) -> AddService:
    """Return the service at which operators send persons and answer about those received."""
    me, trust = base.settings.member, base.trust
    rules = ReferralRules(base.store, base.policy, base.clock)
    served_by = me, base.store, base.entries, base.policy, trust, pseudonyms, rules, courier
    desk = ReferralDesk(*served_by, base.clock, base.keys.budget_key)
    return partial(add_ReferralDeskServiceServicer_to_server, ReferralDeskDoor(desk, trust.last_known, base.refusals))
