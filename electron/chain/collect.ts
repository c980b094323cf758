import type { Answer, Attempt, ChainEvent, ChainFailure, Receipt } from "../contract/index.ts";

/** No link and no cache could answer; `attempts` says what was tried and how each try ended (seed 004). */
export class AllLinksFailed extends Error {
  override readonly name = "AllLinksFailed";
  readonly failure: ChainFailure;
  readonly receipt: Receipt;

  constructor(failure: ChainFailure, receipt: Receipt) {
    super(failure.message);
    this.failure = failure;
    this.receipt = receipt;
  }

  get attempts(): readonly Attempt[] {
    return this.receipt.attempts;
  }
}

/** The whole answer of a run, for callers that don't stream. Throws `AllLinksFailed` when there is none. */
export async function collect(
  events: AsyncIterable<ChainEvent>,
): Promise<{ answer: Answer; receipt: Receipt }> {
  for await (const event of events) {
    if (event.type !== "finished") continue;
    if (event.failure) throw new AllLinksFailed(event.failure, event.receipt);
    return { answer: event.answer, receipt: event.receipt };
  }
  throw new Error("The chain ended without saying how.");
}
