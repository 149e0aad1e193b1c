"""Settings of the registry: flag > `MAGLIA_REGISTRY_*` > `registry.toml`; an unknown key is refused."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from maglia.core.endpoint import split_endpoint
from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private
from maglia.core.vocabulary import (
    APPLICATION_S,
    APPLICATIONS_AN_HOUR,
    APPLICATIONS_WAITING,
    CARD_OVERLAP_S,
    CHECKPOINT_S,
    LOGIN_SUMMARY_S,
    REGISTRY_ELEMENTS_A_DAY,
    REGISTRY_ENROLMENTS_A_DAY,
    SESSION_IDLE_S,
    TIMESTAMP_S,
    TOKEN_S,
)
from maglia.settings_error import settings_error

SETTINGS_FILE = "registry.toml"
_FORMS = dict.fromkeys(("peer", "front", "peer_listen", "front_listen"), "HOST:PORT") | {
    "database_url": "postgresql://HOST/NAME"
}
_PREFIX = "MAGLIA_REGISTRY_"
_POLICIES = Path(__file__).resolve().parent.parent / "policies"
_DATABASE = re.compile(r"postgresql(\+psycopg)?://\S+")


class Settings(BaseSettings):
    """Addresses are `HOST:PORT`, lifetimes are in seconds, limits are elements a day for one member and class.

    `peer` and `front` are what the network is told, and name every replica when there are several; each replica then
    says in `peer_listen` and `front_listen` which is its own. `database_url` is a PostgreSQL's address, its password
    perhaps in it: it has no flag, since other users can read a command line. Empty, it stands for SQLite in the folder.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True)

    network: str
    peer: str
    front: str
    peer_listen: str = ""
    front_listen: str = ""
    database_url: SecretStr = SecretStr("")
    policies: Path = _POLICIES
    timestamp_s: float = Field(TIMESTAMP_S, gt=0)
    token_s: float = Field(TOKEN_S, gt=0)
    card_overlap_s: float = Field(CARD_OVERLAP_S, ge=0)
    session_idle_s: float = Field(SESSION_IDLE_S, gt=0)
    checkpoint_s: float = Field(CHECKPOINT_S, gt=0)
    login_summary_s: float = Field(LOGIN_SUMMARY_S, gt=0)
    applications_waiting: int = Field(APPLICATIONS_WAITING, ge=0)
    applications_an_hour: int = Field(APPLICATIONS_AN_HOUR, ge=0)
    application_s: float = Field(APPLICATION_S, gt=0)
    elements_a_day: int = Field(REGISTRY_ELEMENTS_A_DAY, ge=0)
    enrolments_a_day: int = Field(REGISTRY_ENROLMENTS_A_DAY, ge=0)

    @property
    def database(self) -> str:
        """Return the address of the PostgreSQL, to be shown to nobody; empty for SQLite."""
        return self.database_url.get_secret_value()

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _DATABASE.fullmatch(value.get_secret_value()):
            raise ValueError("not the address of a PostgreSQL")
        return value

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
    """Return the settings in force for the registry in `folder`; raise `storage.missing` or as `settings_error`."""
    path = folder / SETTINGS_FILE
    if not path.is_file():
        raise MagliaError(Code.STORAGE_MISSING, path=str(folder), command="maglia-registry init")
    _check_environment()

    class _Here(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        return _Here(**{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]
    except ValueError as error:
        raise settings_error(error, path, _FORMS) from error


def _check_environment() -> None:
    """The library passes over unknown variables; a misspelt one must not go unnoticed."""
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith(_PREFIX) and name not in known:
            raise MagliaError(Code.INPUT_SETTING, field=name, source="environment")


def write_settings(folder: Path, network: str, peer: str, front: str, policies: Path | None) -> None:
    """Write the first settings file, mode 0600; addresses must name their port."""
    values = {"network": network, "peer": check_address(peer, "peer"), "front": check_address(front, "front")}
    if policies is not None:
        values["policies"] = str(policies.resolve())
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()]
    write_private(folder / SETTINGS_FILE, ("\n".join(lines) + "\n").encode())


def check_address(address: str, field: str) -> str:
    """Return `address` if it is `HOST:PORT` with a fixed port, or several of replicas; raise `input.field`."""
    try:
        split_endpoint(address)
    except ValueError as error:
        raise MagliaError(Code.INPUT_FIELD, field=field) from error
    return address
