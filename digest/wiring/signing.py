"""Load the keys that sign mails; `cryptography` is asked for only when there are some."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from digest.config import Config, DkimSettings
from digest.config.dkim import key_name
from digest.core.dkim import Algorithm, Signer, signatures
from digest.errors import ConfigError
from digest.wiring.clock import Clock, clock_from

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_LEAST_BITS, _MOST_BITS = 1024, 4096  # what receivers verify (RFC 8301, 3.2)
_MOST_BYTES = 65_536

Sign = Callable[[bytes, bytes], bytes]
"""Takes a mail's head and body, and returns the fields to put before the head, or b""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key of ``[smtp.dkim]``, loaded.

    Attributes:
        signer: signs with it.
        bits: its length; of interest for RSA.
        public: what DNS is to publish of it.
    """

    signer: Signer
    bits: int
    public: bytes = field(repr=False)


def signer_of(config: Config, clock: Clock | None = None) -> Sign:
    """Return what signs a mail; without ``[smtp.dkim]`` it returns no signature.

    Args:
        config: names the keys.
        clock: tells when a mail is signed; None is the machine's.

    Raises:
        ConfigError: a key cannot be used, or `cryptography` is not installed.
    """
    signers = tuple(key.signer for key in signing_keys(config))
    if not signers:
        return lambda _head, _body: b""
    now = clock or clock_from(None)
    return lambda head, body: signatures(head, body, signers=signers, now=now())


def signing_keys(config: Config) -> list[SigningKey]:
    """Return the keys of ``[smtp.dkim]``, in its order.

    Raises:
        ConfigError: with a line for each key that cannot be used.
    """
    keys, problems = [], []
    for number, settings in enumerate(config.smtp.dkim if config.smtp else (), start=1):
        path = config.path(settings.key_file)
        try:
            keys.append(_loaded(_read(path), settings))
        except ImportError:
            mend = "run `pip install 'papercourier[dkim]'`"
            where = config.where("smtp.dkim")
            raise ConfigError([f"{where}: needs cryptography; {mend}"]) from None
        except OSError as error:
            problem = f"cannot be read: {error.strerror}"
        except ValueError as error:
            problem = str(error)
        else:
            continue
        where = config.where(key_name(number, "key_file", config))
        problems.append(f"{where}: {path}: {problem}")
    if problems:
        raise ConfigError(problems)
    return keys


def _read(path: Path) -> bytes:
    """Return a key file's content, which nobody but its owner may read."""
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise ValueError(f"others can read it; run `chmod 600 {path}`")
        return file.read(_MOST_BYTES)


def _loaded(pem: bytes, settings: DkimSettings) -> SigningKey:
    """Return the key in a PEM file, PKCS#8 or PKCS#1."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError:
        raise ValueError(
            "is encrypted; allowed: a key without a passphrase, in a file of mode 600"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("holds no private key; allowed: PEM, RSA or Ed25519") from None
    if isinstance(key, RSAPrivateKey):
        return _rsa(key, settings)
    if isinstance(key, Ed25519PrivateKey):
        return _ed25519(key, settings)
    raise ValueError("is another kind of key; allowed: RSA or Ed25519")


def _rsa(key: "RSAPrivateKey", settings: DkimSettings) -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    if not _LEAST_BITS <= key.key_size <= _MOST_BITS:
        raise ValueError(
            f"RSA of {key.key_size} bits is not verified by receivers; allowed: 2048 bits, "
            f"or {_LEAST_BITS} to {_MOST_BITS}"
        )
    sign = partial(key.sign, padding=PKCS1v15(), algorithm=Prehashed(SHA256()))
    return SigningKey(
        signer=_signer(settings, Algorithm.RSA, sign),
        bits=key.key_size,
        public=key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )


def _ed25519(key: "Ed25519PrivateKey", settings: DkimSettings) -> SigningKey:
    return SigningKey(
        signer=_signer(settings, Algorithm.ED25519, key.sign),
        bits=256,
        public=key.public_key().public_bytes_raw(),  # no ASN.1 around it (RFC 8463, 4.2)
    )


def _signer(settings: DkimSettings, algorithm: Algorithm, sign: Callable[[bytes], bytes]) -> Signer:
    return Signer(
        domain=settings.domain,
        selector=settings.selector,
        algorithm=algorithm,
        sign=sign,
        lifetime=settings.lifetime,
    )
