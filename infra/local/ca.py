"""A certificate authority for development: its certificate, and one of the broker with its key.

For a machine of one's own, and for trials. Where districts connect over a network, take certificates of the authority
that they trust already: the settings are the same.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from infra.local.endpoints import write_private

Key = ec.EllipticCurvePrivateKey
CA_DAYS, BROKER_DAYS = 3_650, 397
BACK = timedelta(minutes=5)  # for clocks that are not quite the same


@dataclass(frozen=True)
class Made:
    """Where the files are: to trust, to show, and the key that goes with it (mode 0600)."""

    ca: Path
    certificate: Path
    key: Path


def make(folder: Path, hosts: Iterable[str]) -> Made:
    """Make a broker's certificate for these names and addresses; the authority too, if the folder has none yet.

    Raises:
        OSError: the folder cannot be written.
        ValueError: the authority's files in it cannot be read, or a name cannot be one.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca_file, ca_key_file = folder / "ca.pem", folder / "ca.key"
    if ca_file.exists() and ca_key_file.exists():
        ca, ca_key = _load(ca_file, ca_key_file)
    else:
        ca_key = ec.generate_private_key(ec.SECP256R1())
        ca = _authority(ca_key)
        write_private(ca_key_file, _pem(ca_key))
        ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, hosts, ca, ca_key)
    made = Made(ca_file, folder / "broker.pem", folder / "broker.key")
    write_private(made.key, _pem(key))
    made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return made


def _authority(key: Key) -> x509.Certificate:
    name = _name("Crossbeat development CA")
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        _builder(name, name, key, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _certificate(key: Key, hosts: Iterable[str], ca: x509.Certificate, ca_key: Key) -> x509.Certificate:
    # Kafka's broker is its own client too, so the certificate is for both.
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    return (
        _builder(_name("crossbeat broker"), ca.subject, key, BROKER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(issuer, critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _builder(subject: x509.Name, issuer: x509.Name, key: Key, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACK)
        .not_valid_after(now + timedelta(days=days))
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(key: Key) -> str:
    kind = serialization.PrivateFormat.PKCS8  # the only one that Kafka reads
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()).decode()


def _load(certificate: Path, key: Path) -> tuple[x509.Certificate, Key]:
    loaded = serialization.load_pem_private_key(key.read_bytes(), None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{key} is no key that was made here: give another folder")
    return x509.load_pem_x509_certificate(certificate.read_bytes()), loaded
