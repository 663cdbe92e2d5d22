/**
 * Reads what older systems wrote, by the table of legacy formats (`generated/legacy_table.ts`, made from the one table of the
 * project).
 *
 * A row is compiled to a regular expression when it is first needed: greedy parts and ordered choices are what the pattern
 * language asks for.
 */
import { bytesOfHex, decodeCore, firstBits, versionOf } from "./core.js";
import { TABLE } from "./generated/legacy_table.js";
import { withoutThreadPrefixes } from "./thread_key.js";

/** Which generator made the ids of a deployment, where a text cannot tell. */
export type Dialect = keyof typeof TABLE.dialects;

/** What an old id says. */
export interface LegacyReading {
  /** The format's name in the table. */
  readonly format: string;
  /** What it identifies, if it says so. */
  readonly kind: string | null;
  /** The thread as it stands in the text. */
  readonly thread: string | null;
  /** Whether the true thread only begins with `thread`: never route on it. */
  readonly threadIsPrefix: boolean;
  /** The user part; it may be a fragment, so it is never a key. */
  readonly user: string | null;
  /** Unix milliseconds. */
  readonly timestampMs: number | null;
  /** Whether another reading gives another thread. */
  readonly ambiguous: boolean;
  /** The threads of the other readings, in order of precedence. */
  readonly alternatives: readonly (string | null)[];
}

/** A row of the table. */
interface Row {
  readonly pattern: string;
  readonly name?: string;
  /** A text that fits is no id, for this reason. */
  readonly refuse?: string;
  readonly kind?: string;
  readonly thread?: string;
  readonly thread_is_prefix?: boolean;
  readonly user?: string;
  readonly group?: string;
  readonly when?: readonly string[];
  readonly guard?: string;
}

const LISTS: Readonly<Record<string, readonly string[]>> = TABLE.lists;
const ATOMS: Readonly<Record<string, string>> = TABLE.atoms;
const COMPOSED: Readonly<Record<string, string>> = TABLE.composed;
const KIND_WORDS: Readonly<Record<string, string>> = TABLE.kind_words;
const ROWS: readonly Row[] = TABLE.format;

/** Translates a pattern of the table to the source of a regular expression. */
function translate(pattern: string): string {
  let source = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === "{") {
      const end = pattern.indexOf("}", at);
      source += part(pattern.slice(at + 1, end));
      at = end;
    } else if (character === "[" || character === "(") {
      source += "(?:";
    } else if (character === "]") {
      source += ")?";
    } else {
      // What is left stands for itself, as `)` and `|` do, and needs no escape.
      source += character;
    }
  }
  return source;
}

function part(inner: string): string {
  const colon = inner.indexOf(":");
  const [name, atom] = colon < 0 ? ["", inner] : [inner.slice(0, colon), inner.slice(colon + 1)];
  const source = atom.startsWith("@") ? list(atom.slice(1)) : (ATOMS[atom] ?? translate(COMPOSED[atom] ?? ""));
  return name === "" ? `(?:${source})` : `(?<${name}>${source})`;
}

function list(name: string): string {
  // The longest first, as a part takes the longest text that lets the whole fit.
  const words = [...(LISTS[name] ?? [])].sort((left, right) => right.length - left.length);
  return words.map((word) => (word.endsWith("_*") ? `${word.slice(0, -1)}[a-z_]+` : word)).join("|");
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${translate(pattern)})$`, "su");
}

const compiled = new Map<string, RegExp>();

/** The parts of a text that a pattern fits as a whole. */
function match(pattern: string, text: string): Parts | undefined {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    regex = whole(pattern);
    compiled.set(pattern, regex);
  }
  const found = regex.exec(text);
  return found === null ? undefined : (found.groups ?? {});
}

type Parts = Readonly<Record<string, string | undefined>>;

const REFUSED_CATEGORIES = new RegExp(`[${TABLE.input.refuse_categories.map((name) => `\\p{${name}}`).join("")}]`, "u");
const REFUSED_CHARACTERS = new Set(TABLE.input.refuse_characters);

/** Tells whether a text is refused before any row is tried. */
function isRefused(text: string): boolean {
  return (
    text === "" ||
    new TextEncoder().encode(text).length > TABLE.input.max_bytes ||
    [...text].some((character) => REFUSED_CHARACTERS.has(character)) ||
    TABLE.input.refuse_substrings.some((refused) => text.includes(refused)) ||
    REFUSED_CATEGORIES.test(text) ||
    hasStrangeBlank(text)
  );
}

/** A blank other than U+0020, or one at an end: it may belong to another thread. */
function hasStrangeBlank(text: string): boolean {
  return /[\p{Zs}--[ ]]/v.test(text) || text.startsWith(" ") || text.endsWith(" ");
}

/** Reads an old id by the table; `undefined` for a text that is none. */
export function readLegacy(text: string, dialect?: Dialect): LegacyReading | undefined {
  return isRefused(text) ? undefined : byTable(text, dialect);
}

function byTable(text: string, dialect: Dialect | undefined): LegacyReading | undefined {
  const preferred: readonly string[] = dialect === undefined ? [] : TABLE.dialects[dialect];
  const groups = new Set<string>();
  for (const row of ROWS) {
    if (row.group !== undefined && !groups.has(row.group)) {
      groups.add(row.group);
      const rows = ROWS.filter((other) => other.group === row.group && preferred.includes(other.name ?? ""));
      for (const settled of rows) {
        const reading = fit(settled, text, false, dialect);
        if (reading !== undefined) {
          return checked({ ...reading, ambiguous: false, alternatives: [] });
        }
      }
    }
    if (row.refuse !== undefined) {
      if (match(row.pattern, text) !== undefined) {
        return undefined;
      }
      continue;
    }
    const reading = fit(row, text, true, dialect);
    if (reading !== undefined) {
      const alternatives = row.group === undefined ? reading.alternatives : othersOf(row, text, reading.thread, dialect);
      return checked({ ...reading, alternatives, ambiguous: alternatives.length > 0 });
    }
  }
  return undefined;
}

/** A thread with a blank at an end is no thread that any generator took. */
function checked(reading: LegacyReading): LegacyReading | undefined {
  const threads = [reading.thread, ...reading.alternatives];
  return threads.some((thread) => thread !== null && hasStrangeBlank(thread)) ? undefined : reading;
}

/** The threads that the other rows of a group give. */
function othersOf(row: Row, text: string, thread: string | null, dialect: Dialect | undefined): (string | null)[] {
  const key = (of: string | null): string | null => (of === null ? null : withoutThreadPrefixes(of));
  const seen = new Set([key(thread)]);
  const others: (string | null)[] = [];
  for (const other of ROWS) {
    const reading = other.group === row.group && other !== row ? fit(other, text, false, dialect) : undefined;
    if (reading !== undefined && !seen.has(key(reading.thread))) {
      seen.add(key(reading.thread));
      others.push(reading.thread);
    }
  }
  return others;
}

/** Reads a text by one row. */
function fit(row: Row, text: string, conditions: boolean, dialect: Dialect | undefined): LegacyReading | undefined {
  const parts = match(row.pattern, text);
  if (parts === undefined || (row.guard === "not_a_date" && endsInDate(text))) {
    return undefined;
  }
  if (conditions && row.when !== undefined && !row.when.some((name) => holds(name, parts))) {
    return undefined;
  }
  const time = timeOf(parts);
  if (time === "no date") {
    return undefined;
  }
  const kind = row.kind?.startsWith("@") === true ? kindOf(parts[row.kind.slice(1)] ?? "") : (row.kind ?? null);
  const reading: LegacyReading = {
    format: row.name ?? "",
    kind,
    thread: kind === "thread" ? text : fill(row.thread, parts, text),
    threadIsPrefix: row.thread_is_prefix ?? false,
    user: fill(row.user, parts, text),
    timestampMs: time,
    ambiguous: false,
    alternatives: [],
  };
  if (row.thread?.startsWith("@") !== true) {
    return reading;
  }
  const inner = byTable(parts[row.thread.slice(1)] ?? "", dialect);
  return inner?.kind === "run" ? { ...reading, thread: inner.thread, alternatives: inner.alternatives } : undefined;
}

/** Fills the parts into a template; `null` if one of them is absent. */
function fill(template: string | undefined, parts: Parts, text: string): string | null {
  if (template === undefined || template.startsWith("@")) {
    return null;
  }
  let isWhole = true;
  const filled = template.replaceAll(/\{(\w+)\}/gu, (_, name: string) => {
    const value = name === "id" ? text : parts[name];
    isWhole &&= value !== undefined;
    return value ?? "";
  });
  return isWhole ? filled : null;
}

function holds(condition: string, parts: Parts): boolean {
  const { T: thread = "", n: number = "" } = parts;
  switch (condition) {
    case "same_ms": {
      const made = new RegExp(`^(?:.+_)?(${TABLE.atoms.ms})$`, "su").exec(thread)?.[1];
      return made !== undefined && Number(made) % 100_000 === Number(number);
    }
    case "five_digits":
      return number.length === 5;
    case "not_ascii":
      return !whole("{ascii}").test(thread);
    case "generated":
      return (
        TABLE.generated.patterns.some((pattern) => match(pattern, thread) !== undefined) ||
        (/[a-f]/iu.test(thread.slice(thread.lastIndexOf("_") + 1)) &&
          TABLE.generated.letter_patterns.some((pattern) => match(pattern, thread) !== undefined))
      );
    default:
      throw new Error(`the table has an unknown condition: ${condition}`);
  }
}

function endsInDate(text: string): boolean {
  return /-20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$/u.test(text);
}

/** What a prefix says that an id identifies. */
function kindOf(prefix: string): string | null {
  const words = prefix.split(/[_-]/u);
  const named = (at: number): string | null => {
    const [first = "", second] = words.slice(at);
    const both = second === undefined ? undefined : own(KIND_WORDS, `${first}_${second}`);
    return both ?? own(KIND_WORDS, first) ?? null;
  };
  const isQualified = LISTS["kind_qualifier"]?.includes(words[0] ?? "") === true;
  return (isQualified ? named(1) : null) ?? named(0);
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** The time that the parts give, in Unix milliseconds. */
function timeOf(parts: Parts): number | null | "no date" {
  if (parts["date"] !== undefined) {
    return dateOf(parts["date"]);
  }
  if (parts["ms"] !== undefined) {
    return Number(parts["ms"]);
  }
  if (parts["sec"] !== undefined) {
    return Number(parts["sec"]) * 1000;
  }
  if (parts["ulid"] !== undefined) {
    return firstBits(decodeCore(parts["ulid"]));
  }
  const bytes = parts["uuid"] === undefined ? undefined : bytesOfHex(parts["uuid"]);
  return bytes !== undefined && versionOf(bytes) === 7 ? firstBits(bytes) : null;
}

/** Digits as year, month, day, hour, minute, second and microseconds, in UTC. */
function dateOf(text: string): number | "no date" {
  const digits = text.replaceAll(/[^0-9]/gu, "").padEnd(14, "0");
  const number = (from: number, to: number): number => Number(digits.slice(from, to) || "0");
  const [year, month, day] = [number(0, 4), number(4, 6), number(6, 8)];
  const [hour, minute, second, millisecond] = [number(8, 10), number(10, 12), number(12, 14), number(14, 17)];
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second, millisecond));
  const isDate =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return isDate ? date.getTime() : "no date";
}
