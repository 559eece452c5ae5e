"""The word lists of words.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

__all__ = ["ADJECTIVES", "ANIMALS", "ENDINGS", "GIVEN", "MONTHS", "ORDINARY", "PHRASES"]

_LISTS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))

ADJECTIVES = tuple(_LISTS["pseudonym"]["adjectives"].split())
ANIMALS = tuple(_LISTS["pseudonym"]["animals"].split())
MONTHS = tuple(_LISTS["dates"]["months"].split())
GIVEN = frozenset(_LISTS["names"]["given"].split())
ENDINGS = tuple(_LISTS["names"]["endings"].split())
PHRASES = tuple(_LISTS["names"]["phrases"])
ORDINARY = frozenset(word for words in _LISTS["ordinary"].values() for word in words.split())
