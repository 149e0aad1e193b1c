"""A whole node goes by the rules that its registry published: its operators' rights, and how long records answer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import grpc
import pytest

from maglia.core.errors import Code, MagliaError
from maglia.v1 import operator_pb2 as pb
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.status import error_of
from node.folder import ADMIN_FILE
from tests.integration.node_world import joined, rules_of
from tests.integration.registry_world import NETWORK, POLICIES, make_template, served


def unusual(folder: Path) -> Path:
    """Return rules that let nobody verify a log, and do not say how long what is not shared is kept."""
    shutil.copytree(POLICIES, folder)
    doors, terms = (folder / "maglia" / name / "data.json" for name in ("doors", "terms"))
    granted, kept = json.loads(doors.read_text()), json.loads(terms.read_text())
    granted["node_front"]["OperatorService/VerifyLog"] = []
    del kept["node"]["other_aid"]
    doors.write_text(json.dumps(granted))
    terms.write_text(json.dumps(kept))
    return folder


async def test_what_the_published_rules_do_not_grant_is_refused_and_what_they_lack_is_told(tmp_path: Path) -> None:
    template = make_template(tmp_path / "registry", unusual(tmp_path / "policies"))
    async with served(template) as world:
        [site] = await joined(world, tmp_path, "mensa-est")
        async with site.serving():
            admin = json.loads((site.folder / ADMIN_FILE).read_text())
            auth = (("authorization", f"Bearer {admin['token']}"),)
            certificate = site.keys.front.certificate
            async with open_channel(admin["front"], site.member, NETWORK, certificate) as channel:
                node = OperatorServiceStub(channel)
                status = await node.GetStatus(pb.GetStatusRequest(), metadata=auth)
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await node.VerifyLog(pb.VerifyLogRequest(), metadata=auth)
            with pytest.raises(MagliaError) as told:
                await rules_of(site.folder, site.settings(), world.known, site.keys)
    assert error_of(refused.value).code is Code.SESSION_ROLE
    assert list(status.problems) == [Code.POLICY_RETENTION]
    assert told.value.code is Code.POLICY_RETENTION  # as the doctor shows it
