"""A temporary certificate authority (CA), for clients that accept only HTTPS."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cheroot.ssl.builtin import BuiltinSSLAdapter

from cioform.core.errors import UsageError
from cioform.core.lazy_modules import lazy_module

if TYPE_CHECKING:
    import trustme
else:
    trustme = lazy_module("trustme")

HOST_NAMES = ("localhost", "127.0.0.1")
CA_FILE = "ca.pem"


def make_ssl_adapter(folder: Path) -> tuple[BuiltinSSLAdapter, Path]:
    """Return the TLS adapter of a loopback server, and the path of the CA certificate.

    The CA certificate, which clients must trust, is written to `folder`. Private keys are kept in
    a temporary folder only. Raises UsageError if trustme is not installed.
    """
    authority = _make_authority()
    folder.mkdir(parents=True, exist_ok=True)
    ca_file = folder / CA_FILE
    authority.cert_pem.write_to_path(str(ca_file))
    return _adapter(authority.issue_cert(*HOST_NAMES)), ca_file


def _adapter(certificate: trustme.LeafCert) -> BuiltinSSLAdapter:
    with TemporaryDirectory() as temporary_folder:
        chain_file = Path(temporary_folder, "chain.pem")
        key_file = Path(temporary_folder, "key.pem")
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(str(chain_file), append=True)
        certificate.private_key_pem.write_to_path(str(key_file))
        return BuiltinSSLAdapter(str(chain_file), str(key_file))


def _make_authority() -> trustme.CA:
    try:
        return trustme.CA()
    except ImportError as error:
        raise UsageError.of(
            "Missing package",
            "Serving over TLS needs the package trustme, which is not installed. Install it "
            "with\n\n    pip install 'cioform[tls]'",
        ) from error
