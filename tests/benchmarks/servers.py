"""Starts null servers, and the environment that subjects find them in."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Server:
    """A null server that runs.

    Attributes:
        url: where it listens.
        environment: of a process that uses it: dummy credentials, and whom to trust.
    """

    url: str
    environment: Mapping[str, str]


@contextmanager
def null_server(*, tls: bool) -> Iterator[Server]:
    """Run a null server; over TLS with a certificate that is made for it."""
    with tempfile.TemporaryDirectory() as folder:
        trusted, own = Path(folder, "ca.pem"), Path(folder, "server.pem")
        if tls:
            make_certificates(trusted, own)
        command = [sys.executable, "-m", "tests.benchmarks.null_server"]
        command += ["--certificate", str(own)] if tls else []
        with subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdin
            assert process.stdout
            try:
                port = int(process.stdout.readline())
                url = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
                yield Server(url, environment(Path(folder), trusted if tls else None))
            finally:
                process.stdin.close()


def environment(folder: Path, trusted: Path | None) -> Mapping[str, str]:
    """This process's, with dummy credentials, and an authority that each library finds in its own way.

    Modules are compiled into the folder, as those of an installed package are: what compiling takes is not measured.
    """
    given = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    given |= {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }
    return (
        given if trusted is None else given | {"AWS_CA_BUNDLE": str(trusted), "SSL_CERT_FILE": str(trusted)}
    )


def make_certificates(trusted: Path, own: Path) -> None:
    """Write an authority of our own, and a server's certificate and key that it signed."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.now(UTC)
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("authority", "localhost")}
    names = {name: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in keys}

    def certificate(name: str, *extensions: tuple[x509.ExtensionType, bool]) -> bytes:
        builder = x509.CertificateBuilder(names["authority"], names[name], keys[name].public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=7))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        signed = builder.sign(keys["authority"], hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)

    hosts = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    trusted.write_bytes(certificate("authority", (x509.BasicConstraints(ca=True, path_length=0), True)))
    own.write_bytes(
        certificate("localhost", (x509.BasicConstraints(ca=False, path_length=None), True), (hosts, False))
        + keys["localhost"].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
