import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { matches } from "./pattern.ts";

/** More compiled schemas than this are not kept. */
const mostCompiled = 50;

/**
 * A regular expression of a schema, whose searches end in time. `code` is what Ajv would write into generated code; by what
 * `toString` says it tells two patterns apart.
 */
const boundedRegExp = Object.assign(
  (pattern: string, flags: string) => ({
    test: (text: string) => matches(text, pattern, flags),
    toString: () => `/${pattern}/${flags}`,
  }),
  { code: "boundedRegExp" },
);

/** Checks values against JSON Schemas (2020-12, and what older drafts share with it). */
export class JsonSchemas {
  readonly #compiled = new Map<string, ValidateFunction | Error>();

  /** What is wrong with a value, as a sentence; null when it fits. Throws when the schema itself is no JSON Schema. */
  faultOf(schema: Record<string, unknown>, value: unknown): string | null {
    const validate = this.#validatorOf(schema);
    if (validate instanceof Error) throw validate;
    if (validate(value)) return null;
    const [error] = validate.errors ?? [];
    const extra = error?.params.additionalProperty;
    const named = typeof extra === "string" ? ` ("${extra}")` : "";
    return `The JSON breaks its schema at ${error?.instancePath || "the top"}: ${error?.message ?? "it does not fit"}${named}.`;
  }

  #validatorOf(schema: Record<string, unknown>): ValidateFunction | Error {
    const key = JSON.stringify(schema);
    const known = this.#compiled.get(key);
    if (known) return known;
    const validate = compile(schema);
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size >= mostCompiled && oldest !== undefined) this.#compiled.delete(oldest);
    this.#compiled.set(key, validate);
    return validate;
  }
}

/** Each schema has an instance of its own: two requests may use one `$id` for different things. */
function compile({ $schema, ...schema }: Record<string, unknown>): ValidateFunction | Error {
  const ajv = new Ajv2020({ strict: false, logger: false, code: { regExp: boundedRegExp } });
  addFormats.default(ajv);
  try {
    return ajv.compile(schema);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
