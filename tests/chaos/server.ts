import {
  type Answer,
  answer,
  type Behaviour,
  type Call,
  refusedUrl,
  startTlsTrouble,
  startUnruly,
  status,
  type TlsTrouble,
  type Unruly,
  unresolvableUrl,
} from "../fixtures/unruly/index.ts";
import type { Address, Fault } from "./faults.ts";
import type { LinkName, Place } from "./positions.ts";
import { callOf, jsonOf, loopOf, nonceIn, sameVoice, sizes, thoughtsOf, words } from "./spoken.ts";

/** A request as it came to the server. */
export interface Arrival {
  link: string;
  nonce: string;
  /** The name that the server gave it in the response's head. */
  requestId: string;
  /** It came over a connection that had served before, and was cut off without a byte: HTTP has the client send it again. */
  isStale: boolean;
  /** It had the beginning of an answer in it, to go on from there. */
  continues: boolean;
}

/** What the servers behind the links do in a cell. */
export interface Stage {
  places: readonly Place[];
  fault: Fault | null;
}

/** The servers behind all remote links. A model's name says which link asks, and in which cell. */
export class ChaosServer implements AsyncDisposable {
  readonly #unruly: Unruly;
  readonly #tls: TlsTrouble;
  readonly #refused: string;
  #stage: Stage = { places: [], fault: null };
  #nth = new Map<string, number>();
  readonly #stale = new WeakSet<Call>();

  static async start(): Promise<ChaosServer> {
    return new ChaosServer(await startUnruly(), await startTlsTrouble(), await refusedUrl());
  }

  private constructor(unruly: Unruly, tls: TlsTrouble, refused: string) {
    this.#unruly = unruly;
    this.#tls = tls;
    this.#refused = refused;
    unruly.script((call) => {
      const behaviour = this.#behaviour(call);
      if (call.isReused && behaviour.do === "reset") this.#stale.add(call);
      return behaviour;
    });
  }

  /** The address of a link whose server can be asked. */
  get url(): string {
    return this.#unruly.url;
  }

  /** Connections to the server that agrees on TLS with nobody, so far. */
  get handshakes(): number {
    return this.#tls.handshakes;
  }

  /** The address of a link that has a trouble of its own. */
  troubled(address: Address): string {
    switch (address) {
      case "refused":
        return this.#refused;
      case "unresolvable":
        return unresolvableUrl;
      case "tls":
        return this.#tls.url;
      default:
        return address satisfies never;
    }
  }

  /** Sets what happens from now on, and forgets what was asked before. */
  play(stage: Stage): void {
    this.#stage = stage;
    this.#nth = new Map();
    this.#unruly.calls.length = 0;
  }

  /** What came since `play`. */
  get arrivals(): Arrival[] {
    return this.#unruly.calls.map((call) => ({
      link: linkOf(call),
      nonce: nonceIn(lastText(call, "user")) ?? "",
      requestId: `req_${call.index}`,
      isStale: this.#stale.has(call),
      continues: lastText(call, "assistant") !== "",
    }));
  }

  #behaviour(call: Call): Behaviour {
    const link = linkOf(call);
    const nth = this.#nth.get(link) ?? 0;
    this.#nth.set(link, nth + 1);
    const { places, fault } = this.#stage;
    const role = places.find((place) => place.link === link)?.role;
    if (role === "down") return status(503);
    const prefill = lastText(call, "assistant");
    if (prefill !== "" && fault?.prefill === "refuses") return status(400);
    const say = (changes: Partial<Answer> = {}) => spoken(call, link, fault, prefill, changes);
    if (role === "ready" || typeof fault?.does !== "function") return say();
    const loop = () => answer({ text: loopOf(nonceIn(lastText(call, "user")) ?? "", link), pieces: 40 });
    return fault.does({ say, loop, nth });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#unruly.close();
    await this.#tls[Symbol.asyncDispose]();
  }
}

/** The answer of a link to a call, or the rest of one whose beginning it was given. */
function spoken(
  call: Call,
  link: LinkName | string,
  fault: Fault | null,
  prefill: string,
  changes: Partial<Answer>,
): Answer {
  const size = sizes[fault?.size ?? "usual"];
  const nonce = nonceIn(lastText(call, "user")) ?? "";
  if (fault?.asks === "tool")
    return answer({ text: "", toolCalls: [callOf(nonce, link)], finish: "tool_calls", ...changes });
  const whole =
    fault?.asks === "json" ? jsonOf(nonce, link) : words(nonce, fault?.alike ? sameVoice : link, size);
  const reasoning = fault?.asks === "thoughts" ? thoughtsOf(nonce, link) : "";
  const rest = whole.slice(prefill.length);
  const text = fault?.prefill === "repeats" ? prefill + rest : rest;
  return answer({ text, reasoning, pieces: Math.ceil(text.length / size.pieceLength), ...changes });
}

const linkOf = (call: Call): string => String(call.body?.model ?? "").replace(/-\d+$/, "");

/** The text of the last message, where it is of this role. */
function lastText(call: Call, role: "user" | "assistant"): string {
  const messages: { role: string; content: string | { text?: string }[] }[] = call.body?.messages ?? [];
  const last = role === "user" ? messages.findLast((message) => message.role === role) : messages.at(-1);
  if (last?.role !== role) return "";
  const { content } = last;
  return typeof content === "string" ? content : content.map((part) => part.text ?? "").join("");
}
