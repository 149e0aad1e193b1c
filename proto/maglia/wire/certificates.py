"""Self-signed TLS certificates, pinned by their exact bytes: no authority signs them (design 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from maglia.core.identity import party_uri, server_name
from maglia.core.secret import Secret

_CLOCK_SLACK = timedelta(hours=1)


@dataclass(frozen=True)
class TlsIdentity(Secret):
    """A certificate (PEM) and its private key (PEM, secret)."""

    certificate: bytes
    private_key: bytes = field(repr=False)

    @property
    def der(self) -> bytes:
        """Return the certificate as DER."""
        return pem_to_der(self.certificate)


def make_certificate(party: str, network: str, lifetime_s: int, now: float) -> TlsIdentity:
    """Return a fresh EC P-256 key and its self-signed certificate, valid for `lifetime_s` seconds from `now`."""
    key = ec.generate_private_key(ec.SECP256R1())
    number = x509.random_serial_number()
    # A name of its own for each certificate: TLS looks roots up by name, and would take the former for the renewed one.
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, party[:64]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"{number:x}"),
        ]
    )
    start = datetime.fromtimestamp(now, UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(number)
        .not_valid_before(start - _CLOCK_SLACK)
        .not_valid_after(start + timedelta(seconds=lifetime_s))
        .add_extension(x509.SubjectAlternativeName(_names(party, network)), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return TlsIdentity(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _names(party: str, network: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(party_uri(party, network)), x509.DNSName(server_name(party, network))]


def is_certificate_of(der: bytes, party: str, network: str) -> bool:
    """Return whether the DER bytes are a certificate that names this party and nobody else."""
    try:
        names = _load(der).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return False
    return list(names) == _names(party, network)


def is_own_certificate(der: bytes) -> bool:
    """Return whether a certificate holds an EC P-256 key and was signed by it: whoever made it has that key."""
    try:
        certificate = _load(der)
        public = certificate.public_key()
        certificate.verify_directly_issued_by(certificate)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1)


def certificate_end(der: bytes) -> datetime:
    """Return when a certificate ends; raise `ValueError` when the bytes are none."""
    return _load(der).not_valid_after_utc


def pem_to_der(pem: bytes) -> bytes:
    """Return the DER bytes of a PEM certificate."""
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)


def der_to_pem(der: bytes) -> bytes:
    """Return the PEM form of a DER certificate; raise `ValueError` when it isn't one."""
    return _load(der).public_bytes(serialization.Encoding.PEM)


def _load(der: bytes) -> x509.Certificate:
    """Return a certificate; raise `ValueError`, also for a version that there is not: the library tells it apart."""
    try:
        return x509.load_der_x509_certificate(der)
    except x509.InvalidVersion as error:
        raise ValueError("a version of certificates that there is not") from error
