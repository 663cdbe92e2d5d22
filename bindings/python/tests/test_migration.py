"""The recipes of docs/spec/migration.md, and a graph like Akosha's."""

import doctest
import re
import uuid
from pathlib import Path

import pytest

import unified_id.migration
from unified_id.migration import GraphMap, Mapper, MigrationError

SPEC = Path(__file__).parents[3] / "docs/spec/migration.md"


def vectors():
    lines = re.findall(r"^\| (?:created-at|stable) \|.*\|$", SPEC.read_text(), re.MULTILINE)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert len(rows) == 3
    return rows


@pytest.mark.parametrize(
    ("recipe", "namespace", "table", "key", "ms", "rank", "expected"), vectors()
)
def test_vectors_of_the_specification(recipe, namespace, table, key, ms, rank, expected):
    mapper = Mapper(recipe, namespace=namespace, table=table)
    number = lambda text: int(text) if text else None
    assert mapper.id(key, number(ms), number(rank)) == expected


def test_the_example_runs():
    assert doctest.testmod(unified_id.migration).failed == 0


def test_bits_of_all_spellings_are_the_same():
    value = uuid.UUID("0190a1b2-c3d4-7e5f-8123-456789abcdef")
    mapper = Mapper("bits", namespace="n", table="t")
    core = mapper.id(str(value))
    for spelling in (
        str(value).upper(),
        value.hex,
        core,
        core.upper(),
        core[:13] + core[13:].upper(),
        value.bytes,
    ):
        assert mapper.id(spelling) == core
    keep = Mapper("keep", namespace="n", table="t")
    assert keep.id(f"job_{core}") == core
    assert keep.id(str(value)) == core
    for text in ("", "12345678", "8" + "z" * 25, str(value)[:-1] + "g", core[:-1] + "l"):
        with pytest.raises(MigrationError):
            mapper.id(text)


def test_ranks_and_times_that_do_not_fit():
    mapper = Mapper("created-at", namespace="n", table="t")
    ids = [mapper.id(str(rank), 7, rank) for rank in range(2000)]
    assert ids == sorted(ids)
    for time_ms, rank in ((None, None), (-1, None), (1 << 48, None), (7, 1 << 22)):
        with pytest.raises(MigrationError):
            mapper.id("x", time_ms, rank)
    assert Mapper("created-at", namespace="n", table="t", fallback="stable").id("x") == Mapper(
        "stable", namespace="n", table="t"
    ).id("x")
    assert Mapper("random", namespace="n", table="t").id("x") != Mapper(
        "random", namespace="n", table="t"
    ).id("x")
    with pytest.raises(ValueError, match="none of"):
        Mapper("guess", namespace="n", table="t")


def test_the_edges_of_a_graph_follow():
    mapper = Mapper("stable", namespace="akosha", table="entities")
    entities = [f"system:{n}" for n in range(50)] + [f"user:{n}" for n in range(200)]
    edges = [(f"system:{n % 50}", f"user:{n}") for n in range(200)] + [("system:1", "user:nobody")]
    graph = GraphMap(mapper, entities + entities)
    mapped, dangling = graph.edges(edges)
    assert (len(graph), dangling) == (250, 1)
    back = {new: legacy for legacy, new in graph.items()}
    assert [(back.get(a), back.get(b)) for a, b in mapped] == [*edges[:-1], ("system:1", None)]
    with pytest.raises(MigrationError, match="would get one id"):
        GraphMap(
            Mapper("bits", namespace="n", table="t"), [str(uuid.UUID(int=5)), uuid.UUID(int=5).hex]
        )
