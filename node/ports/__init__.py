"""What the node's work needs from the outside, as protocols; `app` chooses who fulfils them."""

from node.ports.access_peers import AccessPeers
from node.ports.clock import Clock, utc_day
from node.ports.evaluator import TRACING, Evaluating, Evaluator
from node.ports.log import Log, LogReader, LogState, Room
from node.ports.peers import Peers, RefusedError, SignedAnswer, SilentError
from node.ports.policy import Policy, Ruling
from node.ports.referral_peers import ReferralLine, ReferralPeers
from node.ports.store import Store
from node.ports.trust import Gossip, Trust

__all__ = [
    "TRACING",
    "AccessPeers",
    "Clock",
    "Evaluating",
    "Evaluator",
    "Gossip",
    "Log",
    "LogReader",
    "LogState",
    "Peers",
    "Policy",
    "ReferralLine",
    "ReferralPeers",
    "RefusedError",
    "Room",
    "Ruling",
    "SignedAnswer",
    "SilentError",
    "Store",
    "Trust",
    "utc_day",
]
