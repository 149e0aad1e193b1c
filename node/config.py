"""A node's settings: flag > `MAGLIA_NODE_*` > `node.toml`; unknown keys are refused."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from maglia.core.endpoint import split_endpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.vocabulary import (
    ANSWERS_A_DAY,
    CARD_OVERLAP_S,
    CARD_RENEW_S,
    CARD_S,
    CHECKPOINT_S,
    COSIGNATURE_MAX_S,
    DEADLINE_S,
    DEGRADED_S,
    DIRECTORY_POLL_S,
    DISK_RESERVE_BYTES,
    LOG_MONTHS,
    PROVISIONAL_S,
    REASK_S,
    SESSION_IDLE_S,
    SIGNALS_S,
)
from maglia.settings_error import settings_error

SETTINGS_FILE = "node.toml"
_FORMS = {"peer": "HOST:PORT", "front": "HOST:PORT", "database_url": "postgresql://HOST/NAME"}


def check_endpoint(address: str) -> str:
    """Return `address` if it is one `HOST:PORT` with a port from 1 to 65535; else raise `ValueError`."""
    if len(split_endpoint(address)) > 1:
        raise ValueError("one address only")
    return address


def read_endpoint(address: str) -> str:
    """Return `address` as `check_endpoint` does; raise `input.field` for what a person typed and is none."""
    try:
        return check_endpoint(address)
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field="front") from error


Endpoint = Annotated[str, AfterValidator(check_endpoint)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
WholeSeconds = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """Where a node listens, and its numbers. Lifetimes are in seconds, so that tests can divide them."""

    model_config = SettingsConfigDict(env_prefix="MAGLIA_NODE_", extra="forbid", frozen=True, hide_input_in_errors=True)

    member: str
    peer: Endpoint
    """`HOST:PORT` of the peer port; other bodies connect there, unless `via` names a relay."""
    front: Endpoint
    """`HOST:PORT` of the front port; this body's consoles connect there."""
    remote: bool = False
    """Whether consoles come from anywhere: then nobody logs in without an enrolled one and its second factor."""
    via: Path | None = None
    """A relay's file: others reach this node through that relay, and `peer` is an address of this machine alone.

    A relative path begins at the node's folder.
    """
    engine: Literal["auto", "opa", "embedded"] = "auto"
    opa_address: str | None = None
    """`HOST:PORT` of an OPA server that somebody else runs; its token is in the keystore's environment."""
    opa_token: SecretStr = SecretStr("")
    day: date | None = None
    """A fixed calendar day, for demonstrations: it decides windows and ages, never an expiry."""
    provisional_s: Seconds = PROVISIONAL_S
    deadline_s: Seconds = DEADLINE_S
    session_idle_s: Seconds = SESSION_IDLE_S
    directory_poll_s: Seconds = DIRECTORY_POLL_S
    checkpoint_s: Seconds = CHECKPOINT_S
    cosignature_max_s: Seconds = COSIGNATURE_MAX_S
    degraded_s: Seconds = DEGRADED_S
    signals_s: Seconds = SIGNALS_S
    reask_s: Seconds = REASK_S
    """How long silent bodies are asked again, and a deferred check waits for the network."""
    reask_every_s: Seconds = 15.0
    answering_s: Seconds = 600.0
    """How often it is looked whether a day's counts of how others answered are to be told to the registry."""
    referral_s: Seconds = REASK_S
    """How long another body's node is tried that should be told of a person sent."""
    referral_every_s: Seconds = 60.0
    card_s: WholeSeconds = CARD_S
    card_renew_s: WholeSeconds = CARD_RENEW_S
    card_overlap_s: Seconds = CARD_OVERLAP_S
    log_check_s: Seconds = 10.0
    """How long a start waits for the log to be recomputed; a longer log is read on while the node serves."""
    log_months: Annotated[int, Field(gt=0, le=600)] = LOG_MONTHS
    """How long the log is kept: then its entries are archived, and the keys that open whom they are about destroyed."""
    disk_reserve_bytes: Annotated[int, Field(ge=0)] = DISK_RESERVE_BYTES
    """Kept for this body's own last entries, and as much again left free by others; 0 keeps none. SQLite only."""
    answers_a_day: Annotated[int, Field(ge=0)] = ANSWERS_A_DAY
    database_url: SecretStr = SecretStr("")
    """A PostgreSQL's address, its password perhaps in it, so without a flag; empty for SQLite in the node's folder."""

    @property
    def database(self) -> str:
        """Return the address of the PostgreSQL, to be shown to nobody; empty for SQLite."""
        return self.database_url.get_secret_value()

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(postgresql(\+psycopg)?://\S+)?", value.get_secret_value()):
            raise ValueError("not the address of a PostgreSQL")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave out sources that nobody asked for."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(folder: Path, **flags: Any) -> Settings:
    """Read the settings of the node in `folder`; raise `storage.missing` or as `settings_error`."""
    path = folder / SETTINGS_FILE
    if not path.is_file():
        raise MagliaError(Code.STORAGE_MISSING, path=path.name, command="maglia-node init")

    class Located(Settings):
        model_config = SettingsConfigDict(env_prefix="MAGLIA_NODE_", extra="forbid", frozen=True, toml_file=path)

    try:
        return Located(**{name: value for name, value in flags.items() if value is not None})
    except ValueError as error:
        raise settings_error(error, path, _FORMS) from error
