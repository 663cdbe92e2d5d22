/** The strict Crockford base32 codec of cores: 26 characters, 128 bits. */
import type { IdErrorCode } from "./errors.js";

/** How many characters a core has. */
export const CORE_CHARS = 26;

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** The value of each ASCII character, in either case; 255 for what is not in the alphabet. */
const VALUES: Uint8Array = (() => {
  const values = new Uint8Array(128).fill(255);
  [...ALPHABET].forEach((character, value) => {
    values[character.charCodeAt(0)] = value;
    values[character.toUpperCase().charCodeAt(0)] = value;
  });
  return values;
})();

function valueAt(text: string, at: number): number {
  return VALUES[text.charCodeAt(at)] ?? 255;
}

/** Writes 16 bytes as 26 characters, in lower case. */
export function encodeCore(bytes: Uint8Array): string {
  let text = "";
  // 130 bits for 128: the first character has three.
  let bits = 0;
  let count = 2;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    count += 8;
    while (count >= 5) {
      count -= 5;
      text += ALPHABET.charAt((bits >>> count) & 31);
    }
    bits &= (1 << count) - 1;
  }
  return text;
}

/** Reads a text that {@link coreFault} has nothing against. */
export function decodeCore(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  let bits = 0;
  let count = -2;
  let at = 0;
  for (let index = 0; index < CORE_CHARS; index += 1) {
    bits = (bits << 5) | valueAt(text, index);
    count += 5;
    if (count >= 8) {
      count -= 8;
      bytes[at] = bits >>> count;
      at += 1;
      bits &= (1 << count) - 1;
    }
  }
  return bytes;
}

/** What keeps a text from being a core. */
export interface CoreFault {
  readonly code: IdErrorCode;
  readonly position: number;
}

/** Tells what keeps a text from being a core, in either case; `undefined` for one. */
export function coreFault(text: string): CoreFault | undefined {
  for (let at = 0; at < text.length; at += 1) {
    if (valueAt(text, at) === 255) {
      return { code: /[ilou]/iu.test(text.charAt(at)) ? "lookalike" : "invalid_character", position: at };
    }
  }
  if (text.length !== CORE_CHARS) {
    return { code: "wrong_length", position: 0 };
  }
  return valueAt(text, 0) > 7 ? { code: "overflow", position: 0 } : undefined;
}

/** Tells whether a text is a core, in either case. */
export function isCore(text: string): boolean {
  return text.length === CORE_CHARS && coreFault(text) === undefined;
}

/** Writes 16 bytes as a UUID. */
export function uuidOf(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Reads 32 hexadecimal digits, with the dashes of a UUID or without any; `undefined` for other texts. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  const isUuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(text);
  if (!isUuid && !/^[0-9a-f]{32}$/iu.test(text)) {
    return undefined;
  }
  const digits = text.replaceAll("-", "");
  return Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

/** The first 48 bits: Unix milliseconds, if the core has a time. */
export function firstBits(bytes: Uint8Array): number {
  return bytes.subarray(0, 6).reduce((value, byte) => value * 256 + byte, 0);
}

/** The version of a core with the variant of RFC 9562; `undefined` for one without. */
export function versionOf(bytes: Uint8Array): number | undefined {
  const [version, variant] = [bytes[6] ?? 0, bytes[8] ?? 0];
  return variant >>> 6 === 0b10 ? version >>> 4 : undefined;
}
