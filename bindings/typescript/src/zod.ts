/** Schemas for zod 4: `id(RunId)` reads an id, gives its canonical text and its type. */
import * as z from "zod";

import { IdParseError } from "./errors.js";
import type { AnyKind, Id } from "./kinds.js";

/**
 * A schema of the ids of a kind; its JSON schema has the pattern of a canonical text.
 *
 * @example z.object({ run: id(RunId), thread: id(ThreadId) })
 */
export function id<const Kind extends string>(kind: AnyKind<Kind>): z.ZodType<Id<Kind>, string> {
  return z
    .string()
    .meta({ pattern: kind.pattern.source, description: `An id of the kind ${kind.prefix}` })
    .transform((text, context): Id<Kind> => {
      try {
        return kind.parse(text);
      } catch (error) {
        if (!(error instanceof IdParseError)) {
          throw error;
        }
        context.issues.push({
          code: "custom",
          message: `${error.message}; ${error.help}`,
          input: text,
          params: { code: error.code, position: error.position },
        });
        return z.NEVER;
      }
    });
}
