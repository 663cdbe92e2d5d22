/** The key of a thread: what a router compares, and nothing else. */
import { bytesOfHex, coreFault, encodeCore, isCore } from "./core.js";
import { IdParseError, type IdErrorCode } from "./errors.js";

declare const keyBrand: unique symbol;

/** The key of a thread. Two texts name one thread exactly if their keys are equal as strings. */
export type ThreadKey = string & { readonly [keyBrand]: "ThreadKey" };

const THREAD_PREFIX = "thread_";
const MAX_KEY_CHARS = 200;

/** Drops all leading `thread_`. */
export function withoutThreadPrefixes(text: string): string {
  let rest = text;
  while (rest.startsWith(THREAD_PREFIX)) {
    rest = rest.slice(THREAD_PREFIX.length);
  }
  return rest;
}

/** The core that a text spells: a core in either case, or a UUID with or without dashes. */
export function coreOf(text: string): string | undefined {
  if (isCore(text)) {
    return text.toLowerCase();
  }
  const bytes = bytesOfHex(text);
  return bytes === undefined ? undefined : encodeCore(bytes);
}

/**
 * Returns the key of any text of a thread.
 *
 * @throws {IdParseError} with code `empty_thread` if nothing is left without the leading `thread_`
 */
export function threadKey(text: string): ThreadKey {
  const rest = withoutThreadPrefixes(text);
  if (rest === "") {
    throw new IdParseError("empty_thread", text, text.length);
  }
  return (coreOf(rest) ?? rest) as ThreadKey;
}

/** What stands between the prefix and the core of an id. */
export interface Scope {
  readonly text: string;
  /** Whether it is the whole core of a thread or user, and no key of an old one. */
  readonly isCore: boolean;
}

/** What keeps a text from being a scope, and where. */
export interface ScopeFault {
  readonly code: IdErrorCode;
  readonly position: number;
}

/** Tells whether a text has about the length of a core and could be one with a typing error. */
export function isNearCore(text: string): boolean {
  return /^[0-9A-Za-z]{25,27}$/u.test(text);
}

/** Reads the scope of a run, message or tool id. */
export function readThreadScope(text: string): Scope | ScopeFault {
  const rest = withoutThreadPrefixes(text);
  const dropped = text.length - rest.length;
  if (rest === "") {
    return { code: "empty_thread", position: text.length };
  }
  const core = coreOf(rest);
  if (core !== undefined) {
    return { text: core, isCore: true };
  }
  const fault = isNearCore(rest) ? coreFault(rest) : undefined;
  if (fault !== undefined) {
    return { code: "mistyped_scope", position: dropped + fault.position };
  }
  const position = keyFault(rest);
  return position === undefined ? { text: rest, isCore: false } : { code: "invalid_scope", position: dropped + position };
}

/** Where a text stops being a key that may stand in an id; `undefined` for one that may. */
function keyFault(key: string): number | undefined {
  const strange = key.search(/[^0-9A-Za-z_-]/u);
  if (strange >= 0) {
    return strange;
  }
  if (key.length > MAX_KEY_CHARS) {
    return MAX_KEY_CHARS;
  }
  if (/^[_-]/u.test(key) || key.startsWith("run_")) {
    return 0;
  }
  if (key.endsWith("_")) {
    return key.length - 1;
  }
  // Read from the right, these would be cut at another place than they were joined.
  if (key.endsWith("_run")) {
    return key.length - 4;
  }
  const inner = key.indexOf("_run_");
  return inner >= 0 ? inner : undefined;
}
