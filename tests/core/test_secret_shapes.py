"""Credentials are found by their shape, in time that grows with the text, and little else is."""

from __future__ import annotations

import base64
import hashlib
import random
import string
from time import process_time
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cioform.core.diagnostic import Location
from cioform.core.secrets.secret import Secret
from cioform.core.secrets.secret_scan import find_secrets
from cioform.core.secrets.secret_shapes import (
    find_secret_shapes,
    has_secret_shape,
    hide_secret_shapes,
)

A: Final = string.ascii_letters + string.digits
RANDOM: Final = random.Random(7)
PLACEHOLDER: Final = "sensitive.crm_token.0123456789abcdef"


def letters(count: int, among: str = A) -> str:
    """Return random characters with a digit."""
    return "".join(RANDOM.choices(among, k=count - 1)) + "7"


def joined(*parts: str) -> str:
    """Return a credential, which no file of this project contains as a whole."""
    return "".join(parts)


PEM: Final = joined(
    "-----BEGIN RSA PRIVATE", " KEY-----\n", letters(64), "\n", letters(20), "==\n",
    "-----END RSA PRIVATE KEY-----",
)  # fmt: skip
CREDENTIALS: Final = {
    joined("sa_", "live_", letters(24)): "a service account token",
    joined("sa_", "sandbox_", letters(8)): "a service account token",
    joined("Bearer ", letters(30)): "an authorization header",
    joined("ghp_", letters(36)): "a GitHub token",
    joined("gho_", letters(36)): "a GitHub token",
    joined("ghu_", letters(36)): "a GitHub token",
    joined("ghs_", letters(36)): "a GitHub token",
    joined("ghr_", letters(76)): "a GitHub token",
    joined("github_", "pat_", letters(22), "_", letters(59)): "a GitHub token",
    joined("glpat", "-", letters(20)): "a GitLab token",
    joined("glpat", "-", letters(27), ".01.", letters(9)): "a GitLab token",
    joined("xoxb", "-123456789012-1234567890123-", letters(24)): "a Slack token",
    joined("xoxp", "-123456789012-123456789012-123456789012-", letters(32)): "a Slack token",
    joined("xoxe.", "xoxp-1-", letters(60)): "a Slack token",
    joined("xapp", "-1-A0123456789-1234567890123-", letters(64)): "a Slack token",
    joined("https://hooks.slack", ".com/services/T012345678/B012345678/", letters(24)):
        "a Slack webhook",
    joined("AKIA", letters(16, string.ascii_uppercase)): "an AWS access key",
    joined("ASIA", letters(16, string.ascii_uppercase)): "an AWS access key",
    PEM: "a private key",
    joined("-----BEGIN", " PRIVATE KEY-----\\n", letters(64)): "a private key",
    joined("-----BEGIN OPENSSH", " PRIVATE KEY-----\n", letters(64)): "a private key",
    joined("-----BEGIN PGP", " PRIVATE KEY BLOCK-----\n", letters(64)): "a private key",
    joined("sk_", "live_", letters(24)): "a Stripe key",
    joined("rk_", "live_", letters(24)): "a Stripe key",
    joined("SG.", letters(22), ".", letters(43)): "a SendGrid key",
    joined("SK", letters(32, "0123456789abcdef")): "a Twilio key",
    joined("AIza", letters(35)): "a Google API key",
    joined("npm_", letters(36)): "an npm token",
    joined("pypi-", "AgEIcHlwaS5vcmc", letters(70)): "a PyPI token",
    joined("shpat_", letters(32, "0123456789abcdef")): "a Shopify token",
    joined("sk-", letters(48)): "an API key",
    joined("sk-proj-", letters(60), "_", letters(20)): "an API key",
    joined("sk-ant-api03-", letters(93), "-", letters(6), "AA"): "an API key",
    joined("eyJ", letters(30), ".eyJ", letters(60), ".", letters(43)): "a JSON Web Token",
    joined("https://acme:", "hunter2@db.acme.test/x"): "a URL with a password",
    joined("postgres://acme:", "p-w.d%21@db:5432/x"): "a URL with a password",
    joined("redis://:", "hunter2@cache:6379"): "a URL with a password",
}  # fmt: skip


@pytest.mark.parametrize("text", CREDENTIALS, ids=list(map(str, range(len(CREDENTIALS)))))
@pytest.mark.parametrize(
    "around", ["{}", "token: {}\n", 'a="{}">', "x\n  key={}, y", "`{}`", "é {}"]
)
def test_credentials_are_found_and_hidden(text: str, around: str) -> None:
    whole = around.format(text)
    [found] = find_secret_shapes(whole)
    assert found.shape.what == CREDENTIALS[text]
    hidden = hide_secret_shapes(whole)
    assert "***" in hidden
    assert not has_secret_shape(hidden)
    assert text[-12:-3] not in hidden or "@" in text
    assert "hunter2" not in hidden


ORDINARY: Final = {
    "address": "Write to jane.doe+news@acme.example or {{ 'team' | append: '@acme.example' }}",
    "address in a query": "https://x.test/?a=b@c",
    "address in a path": "https://x.test/u/a:b@c",
    "port": "https://x.test:8443/@acme",
    "user": "ssh://git@github.com/acme/crm.git",
    "variables": "https://{{ event.user }}:{{ event.password }}@x.test ${var.a}:${var.b}@x",
    "merge tags": "*|UNSUB:https://x.test|* %%unsubscribe%% [[token]] {% unsubscribe_url %}@",
    "stars": "https://user:***@x.test",
    "placeholder": f"Bearer {PLACEHOLDER}",
    "placeholder in a URL": f"https://user:{PLACEHOLDER}@x.test",
    "tracking": f"https://e.acme.test/e/c/eyJ{letters(80)}/{letters(64)}?u=a@b.test",
    "mail as HTML": "<a href='mailto:a@b.test?subject=x'>a@b.test</a> <b>risk-free trial 2026</b>",
    "classes": ".sk-circle-fade-dot-12 .task-list-with-a-long-name-2026 #desk-abc1 .sk-chase",
    "placeholders": "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx sk-your-key-goes-here npm_token",
    "hash": hashlib.sha256(b"x").hexdigest() + " " + hashlib.md5(b"x").hexdigest().upper(),
    "public key": "-----BEGIN PUBLIC KEY-----\nMIIB",
    "publishable": f"pk_live_{letters(24)} pk_test_{letters(24)}",
    "map": f"https://maps.googleapis.com/maps/api/staticmap?center=x&key=AIza{letters(35)}",
    "words": "Basic training starts in 2026. Bearer bonds: SG. SK Telecom, AKIA, eyJ, xoxo-hugs",
    "json": '{"a": "b", "url": "https://x.test/a.b?c=d:e@f", "hash": "sha512-abc/def+123=="}',
    "lock": "integrity sha512-" + base64.b64encode(RANDOM.randbytes(64)).decode(),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_text_is_unchanged(name: str) -> None:
    assert find_secret_shapes(ORDINARY[name]) == []
    assert hide_secret_shapes(ORDINARY[name]) is ORDINARY[name]


def test_a_token_beside_a_placeholder_is_found() -> None:
    text = f"Bearer {PLACEHOLDER} Bearer {letters(30)}"
    assert has_secret_shape(text)
    assert hide_secret_shapes(text) == f"Bearer {PLACEHOLDER} Bearer ***"


@given(st.integers(0, 2**32))
def test_images_in_a_text_are_unchanged(seed: int) -> None:
    image = base64.b64encode(random.Random(seed).randbytes(20_000)).decode()
    assert not has_secret_shape(f'<img src="data:image/png;base64,{image}">')


def test_a_google_key_outside_of_a_map_is_found() -> None:
    key = joined("AIza", letters(35))
    assert has_secret_shape(f"https://maps.googleapis.com/ and {key}")
    assert has_secret_shape(f"https://evil.test/?://maps.googleapis.com.evil/&key={key}")
    assert not has_secret_shape(f'src="https://maps.google.com/?q=a&amp;key={key}"')


def test_a_secret_in_a_secret_is_reported_once() -> None:
    token = joined("ghp_", letters(36))
    for text in (f"Bearer {token}", f"https://x:{token}@github.com/a.git"):
        assert len(find_secret_shapes(text)) == 1


def test_a_problem_has_a_place_and_a_hint_but_not_the_secret() -> None:
    token = joined("glpat", "-", letters(20))
    [problem] = find_secrets(f"name: a\nvalue: x {token}\n", "a.yaml")
    assert problem.location == Location("a.yaml", 2, 10)
    assert "what looks like a GitLab token" in problem.detail
    assert "value: ${env.CIOFORM_SECRET_GITLAB_TOKEN}" in problem.detail
    assert "`${var.gitlab_token}`" in problem.detail
    assert token[-10:] not in problem.detail
    [own] = find_secrets("key: abcdefgh12345", "a.yaml", [Secret("abcdefgh12345")])
    assert "a credential of this workspace" in own.detail


STARTS: Final = [
    "a", "ghp_", "ghp_a", "glpat-", "xoxb-", "xox", "AKIA", "SK", "SKa", "SG.", "SG.a.", "AIza",
    "npm_", "sk-", "sk-ant-", "sk-ant-a", "eyJ", "eyJa.", "eyJabcdefgh.", "://", "://a:", "://:",
    "a:b@", "Bearer ", "Bearer", "Basic a", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----",
    "DEK-Info: ",
    "-----BEGIN PRIVATE KEY-----\nDEK-Info: ", "sa_live_", "hooks.slack.com/services/", "whsec_",
    " ", "-", "_", "A ", "sk_live_", "pypi-AgE", "shpat_", "://maps.googleapis.com/AIza",
    "-----BEGIN A A A A ",
]  # fmt: skip


def seconds(text: str) -> float:
    start = process_time()
    find_secret_shapes(text)
    return process_time() - start


@pytest.mark.parametrize("piece", STARTS)
def test_the_time_is_linear_in_the_text(piece: str) -> None:
    """A quadratic search takes 16 times as long for 4 times the text."""
    small, large = (piece * (size // len(piece)) for size in (16_384, 65_536))
    assert min(seconds(large) for _ in range(3)) < 8 * min(seconds(small) for _ in range(3)) + 0.05


def test_a_large_word_takes_milliseconds() -> None:
    assert min(seconds("a1_" * 21_845) for _ in range(3)) < 0.02
