"""A certificate authority that lives as long as a server: for clients that only speak https."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cheroot.ssl.builtin import BuiltinSSLAdapter

from cioform.core import heavy
from cioform.core.errors import UsageError

if TYPE_CHECKING:
    import trustme
else:
    trustme = heavy.module("trustme")

HOST_NAMES = ("localhost", "127.0.0.1")
CA_FILE = "ca.pem"


def make_ssl_adapter(folder: Path) -> tuple[BuiltinSSLAdapter, Path]:
    """What makes a server speak TLS under the names of loopback, and the file of the authority
    that clients must trust, written in `folder`. The keys are written nowhere that stays."""
    try:
        authority = trustme.CA()
    except ImportError as missing:
        raise UsageError.of(
            "Extra not installed",
            "Serving over TLS makes certificates with trustme, which is not installed. Install "
            "it with\n\n    pip install 'cioform[tls]'",
        ) from missing
    certificate = authority.issue_cert(*HOST_NAMES)
    folder.mkdir(parents=True, exist_ok=True)
    trusted = folder / CA_FILE
    authority.cert_pem.write_to_path(str(trusted))
    with TemporaryDirectory() as place:
        chain, key = Path(place, "chain.pem"), Path(place, "key.pem")
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(str(chain), append=True)
        certificate.private_key_pem.write_to_path(str(key))
        adapter = BuiltinSSLAdapter(str(chain), str(key))
    return adapter, trusted
