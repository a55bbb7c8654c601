"""Certificates: an authority of the emulator's own, made once, that can vouch for this machine's loopback only.

Its key stays in a folder that only its owner reads. Whoever trusts the authority trusts it for `localhost`, 127.0.0.1
and ::1 and nothing else: the certificate says so itself, and libraries refuse any other name that it signs.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cloison.model.errors import CloisonError

FOLDER = "CLOISON_STATE"
"""Environment variable that names another folder for what stays between starts."""
AUTHORITY_YEARS = 5
SERVER_DAYS = 90
_LEFT_DAYS = 30
"""An authority with fewer days left is made anew."""
_KNOWN = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems keep the authorities that they trust: Debian, Red Hat, SUSE, BSD and macOS."""


class Authority:
    """The emulator's own certificate authority."""

    def __init__(self, folder: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self.folder = folder
        self.certificate = certificate
        self._key = key

    @property
    def file(self) -> Path:
        """Its certificate, to be trusted."""
        return self.folder / "ca" / "ca.pem"

    def serving(self, into: Path) -> tuple[Path, Path]:
        """A certificate for the loopback names and its key, as files in a folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName("localhost")]
        names += [x509.IPAddress(ipaddress.ip_address(one)) for one in ("127.0.0.1", "::1")]
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(_named("localhost"))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=SERVER_DAYS))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        certificate, secret = into / "server.pem", into / "server.key"
        certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        _write_secret(secret, _pem(key))
        return certificate, secret

    def bundle(self) -> Path:
        """The authorities that this system trusts and ours, in one file: for tools that read one file only."""
        own = self.file.read_bytes()
        found = _system()
        pieces = [found.rstrip() + b"\n"] if found else []
        path = self.folder / "bundle.pem"
        _replace(path, b"".join([*pieces, own]))
        return path


def folder_of(given: str | Path | None = None) -> Path:
    """The folder for what stays: as given, as CLOISON_STATE says, or the custom of the system."""
    told = given or os.environ.get(FOLDER)
    if told:
        return Path(told)
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "cloison"


def authority(folder: Path) -> Authority:
    """The authority of a folder, made when there is none yet. Raises CloisonError E404 where it cannot be kept."""
    try:
        found = _read(folder)
        if found is not None:
            return found
        _make(folder)
        made = _read(folder)
    except OSError as problem:
        raise CloisonError(
            "E404",
            f"{folder} cannot hold the emulator's certificates",
            because=(problem.strerror or str(problem)).lower(),
            help=f"name a folder that you may write to with {FOLDER}",
            file=str(folder),
        ) from problem
    if made is None:
        raise CloisonError(
            "E404", f"{folder} holds certificates that cannot be read", help="remove the folder"
        )
    return made


def _read(folder: Path) -> Authority | None:
    """The authority that is there; None for none, or for one that cannot be used much longer."""
    home = folder / "ca"
    try:
        certificate = x509.load_pem_x509_certificate((home / "ca.pem").read_bytes())
        key = serialization.load_pem_private_key((home / "ca.key").read_bytes(), None)
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return None
    if certificate.not_valid_after_utc < datetime.now(UTC) + timedelta(days=_LEFT_DAYS):
        return None
    return Authority(folder, certificate, key)


def _make(folder: Path) -> None:
    """An authority, put in place as a whole: when two start at once, the second takes what the first made."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    with tempfile.TemporaryDirectory(dir=folder, prefix="ca-") as temporary:
        home = Path(temporary) / "ca"
        home.mkdir(mode=0o700)
        (home / "ca.pem").write_bytes(_signed(key).public_bytes(serialization.Encoding.PEM))
        _write_secret(home / "ca.key", _pem(key))
        target = folder / "ca"
        if target.is_dir() and _read(folder) is None:
            target.rename(Path(temporary) / "old")
        try:
            home.rename(target)
        except OSError:
            if _read(folder) is None:
                raise


def _signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    now = datetime.now(UTC)
    name = _named("Cloison emulator on this machine")
    permitted: list[x509.GeneralName] = [x509.DNSName("localhost")]
    permitted += [x509.IPAddress(ipaddress.ip_network(one)) for one in ("127.0.0.1/32", "::1/128")]
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_secret(path: Path, text: bytes) -> None:
    """Write a file that only its owner reads, from its first byte on."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)


def _replace(path: Path, text: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside.write_bytes(text)
    beside.replace(path)


def _system() -> bytes:
    """The authorities that this system trusts, as PEM; nothing where it keeps them elsewhere than in a file."""
    places = ssl.get_default_verify_paths()
    files = [places.cafile, places.openssl_cafile, *_KNOWN]
    for one in files:
        if one and Path(one).is_file():
            return Path(one).read_bytes()
    spec = importlib.util.find_spec("certifi")
    if spec is not None and spec.origin:
        beside = Path(spec.origin).with_name("cacert.pem")
        return beside.read_bytes() if beside.is_file() else b""
    return b""
