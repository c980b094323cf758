import type { Llama, LlamaGrammar } from "node-llama-cpp";
import type { ResponseFormat } from "../contract/index.ts";
import { EngineFailure, messageOf } from "./failure.ts";
import { toGrammarSchema } from "./json-schema.ts";

/**
 * The grammar that holds an answer to `format`; undefined for plain text. Throws an `EngineFailure` of kind
 * `invalid_request` when the schema can't be made into a grammar.
 */
export async function grammarFor(
  llama: Llama,
  format: ResponseFormat | undefined,
): Promise<LlamaGrammar | undefined> {
  switch (format?.type) {
    case undefined:
    case "text":
      return undefined;
    case "json_object":
      return await llama.createGrammarForJsonSchema({ type: "object", additionalProperties: true });
    case "json_schema":
      try {
        return await llama.createGrammarForJsonSchema(toGrammarSchema(format.schema));
      } catch (error) {
        throw new EngineFailure(
          "invalid_request",
          `The JSON schema "${format.name}" can't be made into a grammar: ${messageOf(error)}. Simplify the schema, or ask a cloud link.`,
          error,
        );
      }
    default:
      return format satisfies never;
  }
}
