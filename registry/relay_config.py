"""Settings of a relay: flag > `MAGLIA_RELAY_*` > `relay.toml`; an unknown key is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import check_network_name, check_relay_name
from maglia.core.keystore import write_private
from maglia.core.relay_file import check_one_address
from maglia.settings_error import settings_error
from maglia.wire.relay import MAX_CARRIED

SETTINGS_FILE = "relay.toml"
_FORMS = dict.fromkeys(("public", "nodes", "public_listen", "nodes_listen"), "HOST:PORT")
_PREFIX = "MAGLIA_RELAY_"


class Settings(BaseSettings):
    """Where a relay listens, and what it carries for one member. Addresses are `HOST:PORT`, times are in seconds.

    `public` and `nodes` are what the relay file tells; behind a router that forwards its ports, `public_listen` and
    `nodes_listen` say where the relay itself listens.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    network: str
    name: str
    public: str
    nodes: str
    public_listen: str = ""
    nodes_listen: str = ""
    directory_poll_s: float = Field(2.0, gt=0)
    """How often the registry is asked for news: whoever is suspended is out within this time and what a call takes."""
    beat_s: float = Field(10.0, gt=0, le=60)
    """Node and relay say to each other this often that they are there; three that are missing end the attendance."""
    hello_s: float = Field(5.0, gt=0)
    """How long a caller may take to name whom it calls, and a node to prove who it is."""
    pickup_s: float = Field(4.0, gt=0)
    """How long a caller waits for the node to take it."""
    idle_s: float = Field(150.0, gt=0)
    """A connection on which nothing passed for so long is closed; warm streams send something every 30 s."""
    connections: int = Field(5_000, gt=0)
    """Callers' connections at once, of all members: every body keeps one open to every body that it asks."""
    address_connections: int = Field(2_500, gt=0)
    """The same from one network address: many hosted bodies may call from one."""
    member_connections: int = Field(500, gt=1, le=MAX_CARRIED)
    """Callers' connections at once, of one member; from one network address at most half of them."""
    member_openings: int = Field(50, gt=1)
    """New connections of one member in a second; from one network address at most half of them."""
    member_bytes_a_second: int = Field(2_000_000, ge=65_536)
    """Bytes carried for one member in a second, both ways together; a connection above it is slowed, not closed."""
    attendances_a_minute: int = Field(60, gt=0)
    """Nodes that dial out from one network address in a minute."""
    status_s: float = Field(2.0, gt=0)
    """How often the relay writes how it fares, for `maglia-registry relay status`."""

    @field_validator("public", "nodes")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return check_one_address(value)

    @field_validator("public_listen", "nodes_listen")
    @classmethod
    def _is_address_or_empty(cls, value: str) -> str:
        return check_one_address(value) if value else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - named by the library
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - named by the library
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags first, then the environment, then the file that `load_settings` names."""
        file = TomlConfigSettingsSource(settings_cls, settings_cls.model_config.get("toml_file"))
        return init_settings, env_settings, file


def load_settings(folder: Path, **flags: object) -> Settings:
    """Return the settings in force for the relay in `folder`; raise `storage.missing` or as `settings_error`."""
    path = folder / SETTINGS_FILE
    if not path.is_file():
        raise MagliaError(Code.STORAGE_MISSING, path=str(folder), command="maglia-registry relay init")
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith(_PREFIX) and name not in known:
            raise MagliaError(Code.INPUT_SETTING, field=name, source="environment")

    class _Here(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        return _Here(**{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]
    except ValueError as error:
        raise settings_error(error, path, _FORMS) from error


def write_settings(folder: Path, network: str, name: str, public: str, nodes: str) -> None:
    """Write the first settings file, mode 0600; raise `input.field` for a name or an address that is none."""
    addresses = {"public": public, "nodes": nodes}
    for field, address in addresses.items():
        try:
            check_one_address(address)
        except ValueError as error:
            raise MagliaError(Code.INPUT_FIELD, field=field) from error
    values = {"network": check_network_name(network), "name": check_relay_name(name), **addresses}
    write_private(
        folder / SETTINGS_FILE,
        "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items()).encode(),
    )
