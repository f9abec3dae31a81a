"""Ids, IRIs, labels and aliases find the thing; what is unclear gets candidates."""

from __future__ import annotations

import pytest

from kvgraph.errors import UnknownNameError
from kvgraph.names import label, resolve
from kvgraph.namespaces import mint
from kvgraph.store import Dataset


@pytest.mark.parametrize(
    ("text", "kind", "identifier"),
    [
        ("es-barcelona", "actor", "es-barcelona"),
        ("gp17-20", "practice", "gp17-20"),
        ("n-rumourless-cities", "network", "n-rumourless-cities"),
        ("t0215", "transfer", "t0215"),
        ("practice/gp17-20", "practice", "gp17-20"),
        ("country-fi", "actor", "country-fi"),
        (mint("practice", "gp17-20"), "practice", "gp17-20"),
        ("Hamburg-Altona", "actor", "de-hamburg-altona"),
        ("hamburg-altona", "actor", "de-hamburg-altona"),
        ("Suomi", "actor", "country-fi"),
        ("FI", "actor", "country-fi"),
        ("FIN", "actor", "country-fi"),
        ("Finland", "actor", "country-fi"),
        ("EL", "actor", "country-gr"),
        ("GR", "actor", "country-gr"),
        ("UK", "actor", "country-gb"),
        ("GB", "actor", "country-gb"),
        ("Blue Growth Piraeus", "practice", "gp17-64"),
        ("Do not feed the rumour", "practice", "gp17-20"),
        ("Malaga", "actor", "es-malaga"),
    ],
)
def test_a_thing_is_found_by_any_of_its_names(
    text: str, kind: str, identifier: str, shipped: Dataset
) -> None:
    """Ids of the fact tables, IRIs, unique labels and aliases all work."""
    assert resolve(shipped, text, (kind,)) == mint(kind, identifier)


def test_an_ambiguous_name_gets_the_candidates(shipped: Dataset) -> None:
    """Two things of one name are both offered."""
    with pytest.raises(UnknownNameError) as caught:
        resolve(shipped, "Barcelona")
    assert set(caught.value.candidates) == {"es-barcelona", "org-keep-es-barcelona"}


def test_an_unknown_name_gets_what_comes_close(shipped: Dataset) -> None:
    """A slip of the pen is recognised."""
    with pytest.raises(UnknownNameError) as caught:
        resolve(shipped, "Hamburg-Altoona", ("actor",))
    assert "de-hamburg-altona" in caught.value.candidates


@pytest.mark.parametrize(
    "text", ["", " ", "http://example.org/none", "http://a b", "zzzzzzzz", "\udcff"]
)
def test_a_name_of_nothing_is_said_to_be_so(text: str, shipped: Dataset) -> None:
    """No name is too odd for a message."""
    with pytest.raises(UnknownNameError):
        resolve(shipped, text)


@pytest.mark.parametrize(("lang", "name"), [("fi", "Suomi"), ("sv", "Finland"), ("en", "Finland")])
def test_a_thing_is_called_by_its_name_in_the_language(
    lang: str, name: str, shipped: Dataset
) -> None:
    """Names come from the data, in the language asked for."""
    assert label(shipped, mint("actor", "country-fi"), lang) == name
    assert label(shipped, mint("actor", "pt-amadora"), lang) == "Amadora"
    assert label(shipped, "http://example.org/none", lang) == "http://example.org/none"
