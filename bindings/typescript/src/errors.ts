/** Why a text is not an id; the codes are those of the Rust library. */
export type IdErrorCode =
  | "empty"
  | "too_long"
  | "invalid_character"
  | "lookalike"
  | "wrong_length"
  | "overflow"
  | "missing_scope"
  | "unexpected_scope"
  | "mistyped_scope"
  | "invalid_scope"
  | "empty_thread"
  | "wrong_kind"
  | "unknown_format";

const HELP: Record<IdErrorCode, string> = {
  empty: "pass the text of an id",
  too_long: "an id has at most 512 bytes; check that this is an id and not a document",
  invalid_character: "a core has only the digits and the letters a to z without i, l, o and u; copy the id again",
  lookalike: "i, l, o and u never occur in an id; copy it again from where it was printed",
  wrong_length: "a part of the id is missing or doubled; copy it again as a whole",
  overflow: "the first character of a core is 0 to 7; this text was not made by a conforming generator",
  missing_scope: "write the thread (or, for a websocket, the user) between prefix and core, as the constructors do",
  unexpected_scope: "leave out what stands between the prefix and the last 26 characters",
  mistyped_scope: "copy the id again; a scope of this length has to be a whole core",
  invalid_scope: "adopt the thread: `await adopt(\"thread\", key)` gives it an id that can be a scope",
  empty_thread: "pass the thread's own text after `thread_`",
  wrong_kind: "parse it as the kind that its prefix names, or pass the id that belongs here",
  unknown_format: "it is no id of this format; `parseAny` reads what older systems wrote",
};

/** A text that is not the id that was asked for: what is wrong, where, and what to do. */
export class IdParseError extends Error {
  override readonly name = "IdParseError";
  readonly code: IdErrorCode;
  /** Where the text goes wrong, in UTF-16 code units from 0. */
  readonly position: number;
  /** What was expected there, if that can be said. */
  readonly expected: string | undefined;
  /** The character that was found there, if there is one. */
  readonly found: string | undefined;
  /** What to do, in one sentence. */
  readonly help: string;

  constructor(code: IdErrorCode, text: string, position: number, expected?: string) {
    const found = position < text.length ? String.fromCodePoint(text.codePointAt(position) ?? 0) : undefined;
    super(`invalid id ${quoted(text)}: ${sentence(code, position, expected, found)}`);
    this.code = code;
    this.position = position;
    this.expected = expected;
    this.found = found;
    this.help = HELP[code];
  }
}

function sentence(code: IdErrorCode, at: number, expected: string | undefined, found: string | undefined): string {
  const character = found === undefined ? "a character" : `character ${quoted(found)}`;
  switch (code) {
    case "empty":
      return "the text is empty";
    case "too_long":
      return "longer than 512 bytes";
    case "invalid_character":
    case "lookalike":
      return `${character} at position ${at} is not in the id alphabet`;
    case "wrong_length":
      return `no core of 26 characters at position ${at}`;
    case "overflow":
      return `${character} at position ${at} makes the core larger than 128 bits`;
    case "missing_scope":
      return `the scope is missing at position ${at}`;
    case "unexpected_scope":
      return `ids of this kind have no scope, but one starts at position ${at}`;
    case "mistyped_scope":
      return `the scope is almost a core, but wrong at position ${at}`;
    case "invalid_scope":
      return `the text at position ${at} cannot be a scope`;
    case "empty_thread":
      return `the thread at position ${at} is empty`;
    case "wrong_kind":
      return `does not start with \`${expected ?? ""}\``;
    case "unknown_format":
      return "fits no known format";
  }
}

/** The start of a text, safe to print on one line. */
function quoted(text: string): string {
  const shown = [...text].slice(0, 64).join("");
  const escaped = JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"');
  return `\`${escaped}${shown.length < text.length ? "..." : ""}\``;
}
