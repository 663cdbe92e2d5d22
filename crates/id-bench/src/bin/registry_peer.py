"""The algorithm of the original registry, repaired: true times, the first writer wins; one dictionary in memory."""

import random
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def make(at_ms):
    value = (at_ms << 80) | random.getrandbits(80)
    return "".join(ALPHABET[(value >> (5 * place)) & 31] for place in range(25, -1, -1))


def milliseconds(ulid):
    value = 0
    for character in ulid[:10]:
        value = value * 32 + ALPHABET.index(character)
    return value


class Registry:
    def __init__(self):
        self.references = {}

    def register(self, ulid, system, kind, metadata):
        known = self.references.get(ulid)
        if known is not None and known["system"] != system:
            raise ValueError(ulid)
        self.references.setdefault(
            ulid,
            {
                "system": system,
                "reference_type": kind,
                "metadata": metadata,
                "timestamp": milliseconds(ulid),
                "registered_at": time.time(),
            },
        )

    def resolve(self, ulid):
        return self.references.get(ulid)

    def related(self, ulid, window_ms=60_000):
        known = self.references.get(ulid)
        if known is None:
            return []
        at = known["timestamp"]
        return [
            (other, reference)
            for other, reference in self.references.items()
            if abs(reference["timestamp"] - at) <= window_ms
        ]


def main():
    registry = Registry()
    now = int(time.time() * 1000)
    for size in (100, 100_000, 1_000_000):
        # A thousand ids a second, so that a minute to each side is a part of all.
        ids = [make(now + number) for number in range(len(registry.references), size)]
        start = time.perf_counter()
        for ulid in ids:
            registry.register(ulid, "mahavishnu", "workflow", {"name": "nightly build"})
        print("registered per second", size, round(len(ids) / (time.perf_counter() - start)), sep="\t")
        asked = [random.choice(ids) for _ in range(200_000)]
        start = time.perf_counter()
        for ulid in asked:
            registry.resolve(ulid)
        print("resolved per second", size, round(len(asked) / (time.perf_counter() - start)), sep="\t")
        start = time.perf_counter()
        registry.related(ids[len(ids) // 2])
        print("related, ms", size, round((time.perf_counter() - start) * 1000, 3), sep="\t")


main()
