import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import fc from "fast-check";

import {
  adopt,
  Generator,
  IdParseError,
  kind,
  KINDS,
  parseAny,
  RunId,
  ThreadId,
  threadKey,
  timestampMs,
  toUlid,
  toUuid,
  UserId,
  WebsocketId,
  type Id,
  type IdErrorCode,
} from "../src/index.js";

const ROOT = new URL("../../../../", import.meta.url);

function refusal(run: () => unknown): { code: IdErrorCode; position: number } {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof IdParseError, String(error));
    return { code: error.code, position: error.position };
  }
  assert.fail("accepted");
}

test("ids are strictly increasing, valid UUIDv7 and ULIDs, and their time is now", () => {
  const before = Date.now();
  const ids = ThreadId.batch(100_000);
  assert.deepEqual(ids, [...ids].sort());
  assert.equal(new Set(ids).size, ids.length);
  const first = ids[0] as ThreadId;
  assert.match(toUuid(first), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
  assert.match(toUlid(first), /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/u);
  const made = timestampMs(first) ?? 0;
  assert.ok(before <= made && made <= Date.now());
  assert.equal(ThreadId.of(toUuid(first)), first);
  assert.equal(ThreadId.of(toUlid(first)), first);
});

test("a clock that stands still, goes back or is absurd never makes an id that is not greater", () => {
  const clocks = [5e12, 5e12, 4e12, 0, Number.MAX_SAFE_INTEGER, 0, 5e12];
  let at = 0;
  const generator = new Generator({
    now: () => clocks[at++ % clocks.length] ?? 0,
    fill: (bytes) => bytes.fill(0xff),
  });
  const cores = Array.from({ length: 50_000 }, () => generator.generate());
  assert.deepEqual(cores, [...new Set(cores)].sort());
});

test("a used-up counter borrows the next millisecond", () => {
  const generator = new Generator({ now: () => 1_700_000_000_000, fill: (bytes) => bytes.fill(0xff) });
  let last = "";
  // The counter starts at 2^21 - 1, so as many are left.
  for (let count = 0; count < 2 ** 21 + 10; count += 1) {
    const core = generator.generate();
    assert.ok(core > last);
    last = core;
  }
  assert.equal(timestampMs(`thread_${last}` as ThreadId), 1_700_000_000_001);
});

test("the pool hands out each byte once", () => {
  let next = 0;
  const seen = new Set<string>();
  const generator = new Generator({
    now: () => 1_700_000_000_000,
    fill: (bytes) => {
      bytes.forEach((_, index) => {
        bytes[index] = (next + index * 31) % 256;
      });
      next += 1;
    },
  });
  for (let count = 0; count < 5000; count += 1) {
    seen.add(generator.generate());
  }
  assert.equal(seen.size, 5000);
});

test("a run carries its thread", () => {
  const thread = ThreadId.new();
  const run = RunId.new(thread);
  assert.equal(RunId.threadOf(run), threadKey(thread));
  assert.match(run, /^run_[0-9a-z]{26}_[0-9a-z]{26}$/u);
  for (const old of ["user123", "thread_user123", "thread_thread_user123"]) {
    const onOld = RunId.new(old);
    assert.ok(onOld.startsWith("run_user123_"), onOld);
    assert.equal(RunId.threadOf(onOld), threadKey(old));
  }
  const user = UserId.new();
  assert.equal(WebsocketId.userOf(WebsocketId.new(user)), user);
});

test("any reader finds thread and user in an id", () => {
  const thread = ThreadId.new();
  assert.deepEqual(parseAny(thread).threadKey, threadKey(thread));
  assert.deepEqual(parseAny(RunId.new(thread)).threadKey, threadKey(thread));
  const user = UserId.new();
  assert.equal(parseAny(WebsocketId.new(user)).user, parseAny(user).user);
  assert.equal(parseAny(user).threadKey, undefined);
});

test("what cannot be a scope is refused with its place", () => {
  const core = ThreadId.new().slice("thread_".length);
  const cases: [string, IdErrorCode, number][] = [
    ["", "empty_thread", 0],
    ["thread_", "empty_thread", 7],
    ["a run", "invalid_scope", 1],
    ["thread_a/b", "invalid_scope", 8],
    ["x_run_y", "invalid_scope", 1],
    ["run_x", "invalid_scope", 0],
    ["x_run", "invalid_scope", 1],
    ["x_", "invalid_scope", 1],
    ["x".repeat(201), "invalid_scope", 200],
    [core.slice(1), "mistyped_scope", 0],
    [`${core.slice(0, 25)}i`, "mistyped_scope", 25],
    [UserId.new(), "wrong_kind", 0],
  ];
  for (const [thread, code, position] of cases) {
    assert.deepEqual(refusal(() => RunId.new(thread)), { code, position }, thread);
  }
});

test("refusals name code and position", () => {
  const cases: [string, IdErrorCode, number][] = [
    ["", "empty", 0],
    ["run_01m7wqt1fbff4sq3bgc5bhn9e0", "wrong_kind", 0],
    ["thread_01m7wqi1fbff4sq3bgc5bhn9e0", "lookalike", 13],
    ["thread_8zzzzzzzzzzzzzzzzzzzzzzzzz", "overflow", 7],
    ["thread_01m7wqt1fbff4sq3bgc5bhn9e", "wrong_length", 7],
    ["thread_x_01m7wqt1fbff4sq3bgc5bhn9e0", "unexpected_scope", 7],
    [`thread_${"0".repeat(600)}`, "too_long", 512],
  ];
  for (const [text, code, position] of cases) {
    assert.deepEqual(refusal(() => ThreadId.parse(text)), { code, position }, text);
  }
  assert.deepEqual(refusal(() => RunId.parse("run_01m7wqt1fbff4sq3bgc5bhn9e0")), { code: "missing_scope", position: 4 });
  assert.throws(() => ThreadId.parse("thread_01m7wqi1fbff4sq3bgc5bhn9e0"), {
    message: "invalid id `thread_01m7wqi1fbff4sq3bgc5bhn9e0`: character `i` at position 13 is not in the id alphabet",
    help: "i, l, o and u never occur in an id; copy it again from where it was printed",
    found: "i",
  });
});

test("the canonical text is what reading gives", () => {
  const upper = "run_thread_01M7WQT1FBFF4SQ3BGC5BHN9E0_01M7WQT1FCFF4SQ3CDMZK4W7RT";
  assert.equal(RunId.parse(upper), "run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt");
  assert.equal(RunId.is(upper), false);
  assert.equal(RunId.is(RunId.parse(upper)), true);
  assert.equal(RunId.is(7), false);
  assert.equal(parseAny(upper).canonical, RunId.parse(upper));
});

test("one thread, one key", () => {
  const core = "01m7wqt1fbff4sq3bgc5bhn9e0";
  const spellings = [core, core.toUpperCase(), `thread_${core}`, toUuid(`thread_${core}` as ThreadId)];
  spellings.push(toUuid(`thread_${core}` as ThreadId).replaceAll("-", ""));
  assert.deepEqual(new Set(spellings.map(threadKey)), new Set([core]));
  assert.notEqual(threadKey("alice"), threadKey("Alice"));
  assert.deepEqual(refusal(() => threadKey("thread_")), { code: "empty_thread", position: 7 });
});

test("old threads and users are adopted as everywhere else", async () => {
  const vectors = readFileSync(new URL("tests/corpora/adopt.toml", ROOT), "utf8");
  const rows = [...vectors.matchAll(/kind = "(\w+)"\ntext = ("(?:[^"\\]|\\.)*")\ncore = "(\w+)"/gu)];
  assert.ok(rows.length > 5);
  for (const [, of, text = "", core] of rows) {
    const adopted = await adopt(of as "thread" | "user", JSON.parse(text) as string);
    assert.equal(adopted, `${of}_${core}`);
    assert.equal(timestampMs(adopted), undefined);
  }
});

test("a kind of one's own has the whole interface", () => {
  const OrderId = kind("order");
  const order: Id<"order"> = OrderId.new();
  assert.equal(OrderId.parse(order), order);
  assert.equal(parseAny(order).format, "typeid");
  for (const bad of ["", "Order", "order_item", "x".repeat(33), "run"]) {
    assert.throws(() => kind(bad as "order"), TypeError, bad);
  }
});

test("the kinds are those of the table", () => {
  const table = readFileSync(new URL("snapshots/format/kinds_table.snap", ROOT), "utf8");
  const rows = [...table.matchAll(/\| `(\w+)` \| (\w+) \|/gu)].map(([, prefix, scope]) => [prefix, scope]);
  assert.deepEqual(Object.entries(KINDS), rows);
});

test("every kind of the snapshot reads and keeps its text", () => {
  const snapshot = readFileSync(new URL("snapshots/format/every_kind.snap", ROOT), "utf8");
  const ids = snapshot.split("---\n").at(-1)?.trim().split("\n") ?? [];
  assert.ok(ids.length > 20);
  for (const text of ids) {
    assert.equal(parseAny(text).canonical, text);
  }
});

test("any text is read in bounded time as one id or one refusal", () => {
  const piece = fc.oneof(
    fc.constantFrom("thread_", "run_", "_run_", "_", "-", "1693430400000", "a1b2c3d4", "context", "session", " ", "ws_"),
    fc.stringMatching(/^[0-9a-hjkmnp-tv-z]{24,28}$/u),
    fc.string({ maxLength: 5, unit: "grapheme" }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      try {
        const found = parseAny(text);
        // Canonical is a fixed point.
        if (found.canonical !== undefined) {
          assert.equal(parseAny(found.canonical).canonical, found.canonical);
        }
        if (found.threadKey !== undefined) {
          assert.equal(found.ambiguous, false);
        }
      } catch (error) {
        assert.ok(error instanceof IdParseError, String(error));
        assert.ok(error.help.length > 0 && error.position <= 512);
      }
    }),
    { numRuns: 5000 },
  );
});
