"""From an empty folder to an applicant: the keys, the network, the application as it was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import check_member_id
from maglia.core.keystore import check_new_passphrase, make_folder, write_private
from maglia.core.network_file import NetworkFile, decode_network_file
from maglia.core.relay_file import encode_relay_file
from maglia.core.vocabulary import CARD_S
from maglia.v1.enrolment_pb2 import Application
from node.application import Value
from node.config import SETTINGS_FILE, check_endpoint
from node.keys import Keys, make_keys, save_keys
from node.network import registry
from node.via import read_relay_file

NETWORK_FILE = "network.json"
APPLICATION_FILE = "application.bin"
RELAY_FILE = "relay.json"


def init(
    folder: Path,
    network_file: Path,
    member: str,
    peer: str,
    front: str,
    passphrase: str,
    relay_file: Path | None = None,
    *,
    remote: bool = False,
) -> NetworkFile:
    """Make a node's folder with fresh keys; raise `storage.exists` rather than touch an old one.

    With a relay's file, which is kept in the folder, others will reach the node through that relay; with `remote`,
    consoles come from anywhere, each enrolled. Raises `input.field`, `input.file`, `input.file_content` and
    `input.passphrase` too. Nothing is written before everything is known to be right.
    """
    check_new_passphrase(passphrase)
    values: dict[str, str | bool] = {
        "member": check_member_id(member),
        "peer": _endpoint("peer", peer),
        "front": _endpoint("front", front),
    }
    try:
        content = network_file.read_bytes()
        network = decode_network_file(content)
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=network_file.name) from error
    except MagliaError as error:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=network_file.name, cause=str(error)) from error
    relay = read_relay_file(relay_file, network.network) if relay_file else None
    if (folder / SETTINGS_FILE).exists():
        raise MagliaError(Code.STORAGE_EXISTS, path=str(folder))
    make_folder(folder)
    save_keys(folder, make_keys(member, network.network, CARD_S), passphrase)
    write_private(folder / NETWORK_FILE, content)
    if relay is not None:
        write_private(folder / RELAY_FILE, encode_relay_file(relay))
        values["via"] = RELAY_FILE
    if remote:
        values["remote"] = True
    (folder / SETTINGS_FILE).write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items()))
    return network


def load_network(folder: Path) -> NetworkFile:
    """Return the network that the node in `folder` belongs to."""
    path = folder / NETWORK_FILE
    if not path.is_file():
        raise MagliaError(Code.STORAGE_MISSING, path=path.name, command="maglia-node init")
    return decode_network_file(path.read_bytes())


async def apply(
    folder: Path, network: NetworkFile, member: str, fields: Mapping[str, Value], keys: Keys
) -> tuple[str, str]:
    """File the application; return the fingerprint to read aloud, and the state. Raises what the registry refuses."""
    application = Application(network=network.network, member=member)
    for name, value in fields.items():
        if isinstance(value, list):
            getattr(application, name).extend(value)
        else:
            setattr(application, name, value)
    application.identity_key = keys.identity.public
    application.log_key = keys.log.public
    answer = await registry.apply(network, application, keys.identity)
    write_private(folder / APPLICATION_FILE, application.SerializeToString())
    return answer


def _endpoint(field: str, address: str) -> str:
    try:
        return check_endpoint(address)
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field=field) from error
