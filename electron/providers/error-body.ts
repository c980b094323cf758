import { filteredCategories } from "./content-filter.ts";

/** What an error body says, whichever provider wrote it. */
export interface ErrorBody {
  /** Codes and types in lower case, the most exact first. */
  codes: readonly string[];
  /** The provider's sentence, empty when it gave none. */
  message: string;
  /** An HTTP status that stands in the body (OpenRouter, Gemini). */
  status: number | null;
}

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** The object that describes the error: providers put it under `error`, at the top, or (Gemini) in a list of one. */
function errorObject(body: unknown): Json | null {
  if (Array.isArray(body)) return errorObject(body[0]);
  if (typeof body === "string") return { message: body };
  if (!isObject(body)) return null;
  if (isObject(body.error)) return body.error;
  if (typeof body.error === "string") return { ...body, message: body.error };
  return body;
}

/**
 * Reads the error shapes of OpenAI (`{error: {message, type, code}}`), Azure (the same with `innererror`), Anthropic (`{type, error: {type, message}}`), Ollama
 * (`{error: "…"}`), Gemini (`[{error: {code, message, status}}]`), AWS (`{__type, message}`), vLLM and Mistral (`{object: "error", message, type, code}`), and FastAPI
 * (`{detail}`). Anything else gives an empty body.
 */
export function readErrorBody(body: unknown): ErrorBody {
  const error = errorObject(body);
  if (error === null) return { codes: [], message: "", status: null };
  // Azure's own reason, behind an error that looks like OpenAI's.
  const inner = isObject(error.innererror) ? error.innererror : {};
  const filtered = filteredCategories(inner.content_filter_result);
  const codes = [inner.code, error.code, error.type, error.status, error.__type]
    .filter((code): code is string => typeof code === "string")
    // AWS puts a namespace before the name of an exception.
    .map((code) => code.replace(/^.*#/, "").toLowerCase());
  const status = [error.code, error.status].map(Number).find((code) => code >= 400 && code < 600);
  const message = text(error.message ?? error.detail ?? error.Message);
  return { codes, message: filtered === "" ? message : `${filtered}. ${message}`, status: status ?? null };
}

/** Whether a JSON body tells of an error, as against being something else altogether. */
export function isErrorBody(body: unknown): boolean {
  if (Array.isArray(body)) return body.length > 0 && isErrorBody(body[0]);
  if (!isObject(body)) return false;
  return (
    (body.error !== undefined && body.error !== null) || body.object === "error" || body.type === "error"
  );
}

/** The JSON in `source`, or undefined when it is none. */
export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
