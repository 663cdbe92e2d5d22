/** Any text becomes one id or one error. */
import { coreFault, decodeCore, firstBits, isCore, versionOf } from "./core.js";
import { IdParseError } from "./errors.js";
import { isKindName, KINDS, readId, type IdFault, type IdParts } from "./kinds.js";
import { readLegacy, type Dialect, type LegacyReading } from "./legacy.js";
import { isNearCore, threadKey, type ThreadKey } from "./thread_key.js";

/** What a text says, in whichever format it is written. */
export interface Reading extends LegacyReading {
  /** `canonical`, `typeid`, `ulid`, or the name of a legacy format. */
  readonly format: string;
  /** The text as this format writes it; `undefined` for other formats. */
  readonly canonical: string | undefined;
  /** What a router compares: the key of the thread, if there is one and nothing else could be meant. */
  readonly threadKey: ThreadKey | undefined;
}

/**
 * Reads an id of this format, of another system with typed ids, or of one of the old systems.
 *
 * Never guesses: where a text could mean several threads, `ambiguous` is true, `threadKey` is undefined and
 * `alternatives` holds the others.
 *
 * @throws {IdParseError} what is wrong, where, and what to do
 */
export function parseAny(text: string, options: { readonly dialect?: Dialect } = {}): Reading {
  if (text === "") {
    throw new IdParseError("empty", text, 0);
  }
  if (text.length > 512) {
    throw new IdParseError("too_long", text, 512);
  }
  const id = canonical(text);
  if (id !== undefined && !("code" in id)) {
    return ofParts(text, id);
  }
  if (isCore(text)) {
    return reading({ format: "ulid", timestampMs: firstBits(decodeCore(text)) });
  }
  if (id?.isFinal === true) {
    throw new IdParseError(id.code, text, id.position);
  }
  const foreign = /^([a-z](?:[a-z_]{0,61}[a-z])?)_([0-9a-z]{26})$/u.exec(text);
  const [, prefix = "", core = ""] = foreign ?? [];
  if (foreign !== null && isCore(core) && !isKindName(prefix.split("_")[0] ?? "")) {
    return reading({ format: "typeid", timestampMs: firstBits(decodeCore(core)) });
  }
  const legacy = readLegacy(text, options.dialect);
  if (legacy === undefined) {
    throw unknown(text, id);
  }
  return reading(legacy);
}

function canonical(text: string): IdParts | IdFault | undefined {
  const prefix = text.slice(0, Math.max(text.indexOf("_"), 0));
  return isKindName(prefix) ? readId(text, prefix, KINDS[prefix]) : undefined;
}

function ofParts(text: string, id: IdParts): Reading {
  const bytes = decodeCore(id.core);
  const version = versionOf(bytes);
  const thread = id.kind === "thread" ? text.slice("thread_".length) : id.kind === "websocket" || id.scope === undefined ? null : scopeOf(text, id);
  return reading({
    format: "canonical",
    kind: id.kind,
    thread,
    user: id.kind === "websocket" ? scopeOf(text, id) : id.kind === "user" ? text.slice("user_".length) : null,
    timestampMs: version === 4 || version === 8 ? null : firstBits(bytes),
    canonical: id.text,
  });
}

/** The scope as it stands in the text. */
function scopeOf(text: string, id: IdParts): string {
  return text.slice(id.kind.length + 1, -(id.core.length + 1));
}

function reading(partial: Partial<Reading> & { readonly format: string }): Reading {
  const all = {
    kind: null,
    thread: null,
    threadIsPrefix: false,
    user: null,
    timestampMs: null,
    ambiguous: false,
    alternatives: [],
    canonical: undefined,
    ...partial,
  };
  const isSure = all.thread !== null && !all.ambiguous && !all.threadIsPrefix;
  return { ...all, threadKey: isSure ? threadKey(all.thread ?? "") : undefined };
}

function unknown(text: string, id: IdFault | undefined): IdParseError {
  const fault = isNearCore(text) ? coreFault(text) : id;
  return new IdParseError(fault?.code ?? "unknown_format", text, fault?.position ?? 0);
}
