import { randomUUID } from "node:crypto";
import type {
  ChatModelFunctions,
  ChatWrapper,
  LlamaChatResponseFunctionCallParamsChunk,
} from "node-llama-cpp";
import type { ToolCallDelta } from "../contract/index.ts";
import type { GenerateRequest } from "./contract.ts";
import { EngineFailure, messageOf } from "./failure.ts";
import { toGrammarSchema } from "./json-schema.ts";

type FunctionParams = NonNullable<ChatModelFunctions[string]["params"]>;

/**
 * The tools of a request as node-llama-cpp's functions: all, none, or the one that `toolChoice` names. Undefined when there are none.
 * Throws an `EngineFailure` of kind `invalid_request` for a tool that is not there, or whose parameters no grammar can hold.
 */
export function functionsOf({
  tools = [],
  toolChoice,
}: Pick<GenerateRequest, "tools" | "toolChoice">): ChatModelFunctions | undefined {
  if (tools.length === 0 || toolChoice === "none") return undefined;
  const named = typeof toolChoice === "object" ? toolChoice.name : null;
  const offered = named === null ? tools : tools.filter(({ name }) => name === named);
  if (offered.length === 0)
    throw new EngineFailure(
      "invalid_request",
      `The tool "${named}" is to be called, but it is not among the request's tools.`,
    );
  return Object.fromEntries(
    offered.map(({ name, description, parameters }) => [
      name,
      { ...(description !== undefined && { description }), params: paramsOf(name, parameters) },
    ]),
  );
}

function paramsOf(name: string, parameters: Readonly<Record<string, unknown>>): FunctionParams {
  try {
    // a tool that names no parameters takes none, where a schema without properties would allow any
    return toGrammarSchema({ type: "object", additionalProperties: false, ...parameters }) as FunctionParams;
  } catch (error) {
    throw new EngineFailure(
      "invalid_request",
      `The parameters of the tool "${name}" can't be made into a grammar: ${messageOf(error)}. Simplify them, or ask a cloud link.`,
      error,
    );
  }
}

/** `wrapper`, but the model has no choice other than to call a function: its turn begins where a call does. */
export function callingWrapper(wrapper: ChatWrapper): ChatWrapper {
  const generateContextState: ChatWrapper["generateContextState"] = (options) => {
    const { contextText, stopGenerationTriggers, ignoreStartText } = wrapper.generateContextState(options);
    return {
      contextText,
      stopGenerationTriggers,
      ...(ignoreStartText !== undefined && { ignoreStartText }),
      functionCall: { initiallyEngaged: true, disengageInitiallyEngaged: [] },
    };
  };
  return Object.create(wrapper, { generateContextState: { value: generateContextState } }) as ChatWrapper;
}

/** Function calls as they stream, in the deltas of the contract: the first of each call carries its id and its name. */
export class CallStream {
  #last = -1;
  #lineBreaks = "";

  /** The next piece. The line breaks that end a call's grammar are held back until something follows them. */
  delta({ callIndex, functionName, paramsChunk }: LlamaChatResponseFunctionCallParamsChunk): ToolCallDelta {
    const isFirst = callIndex > this.#last;
    if (isFirst) this.#lineBreaks = "";
    this.#last = callIndex;
    const text = this.#lineBreaks + paramsChunk;
    const json = text.replace(/\n+$/, "");
    this.#lineBreaks = text.slice(json.length);
    return {
      index: callIndex,
      ...(isFirst && { id: `call_${randomUUID()}`, name: functionName }),
      arguments: json,
    };
  }
}
