import { IntlMessageFormat } from "intl-messageformat";
import { z } from "zod";
import {
  type FailureKind,
  failureKind,
  type Language,
  type NoticeCode,
  noticeCode,
} from "../contract/index.ts";

const noticeWords = z.strictObject({ text: z.string().min(1), action: z.string().min(1).optional() });
const feature = z.enum(["vision", "tools", "json_schema", "logprobs"]);
type Feature = z.infer<typeof feature>;

/** A locale file: every sentence in ICU MessageFormat. English has them all; another language may lack some. */
const complete = z.strictObject({
  notices: z.record(noticeCode, noticeWords),
  /** Why it was not the first link that answered: `{link}` and `{reason}`. */
  did_not_answer: z.string(),
  /** Each failure kind as a clause that can stand after a colon. */
  kinds: z.record(failureKind, z.string()),
  /** Features that can be dropped. */
  features: z.record(feature, z.string()),
});
const partial = z.strictObject({
  notices: z.partialRecord(noticeCode, noticeWords).default({}),
  did_not_answer: z.string().optional(),
  kinds: z.partialRecord(failureKind, z.string()).default({}),
  features: z.partialRecord(feature, z.string()).default({}),
});

/** What a sentence may speak of; an unknown thing is the empty text. */
export type Values = Readonly<Record<string, string>>;

/** The sentences of one language, and its ways to write times, sums and lists. */
export class Locale {
  readonly language: Language;
  readonly #words: z.infer<typeof complete>;
  readonly #compiled = new Map<string, IntlMessageFormat>();

  constructor(language: Language, words: z.infer<typeof complete>) {
    this.language = language;
    this.#words = words;
  }

  /** A notice's sentence, and the label of its action where it has one. */
  notice(code: NoticeCode, values: Values): { text: string; action: string | null } {
    const { text, action } = this.#words.notices[code];
    return { text: this.#say(text, values), action: action ?? null };
  }

  kind(kind: FailureKind): string {
    return this.#words.kinds[kind];
  }

  didNotAnswer(link: string, reason: string): string {
    return this.#say(this.#words.did_not_answer, { link, reason });
  }

  /** Those of `dropped` that are features with a name, as a list. */
  features(dropped: readonly string[]): string {
    const names = dropped.flatMap((name) => this.#words.features[name as Feature] ?? []);
    return new Intl.ListFormat(this.language, { style: "short", type: "unit" }).format(names);
  }

  /** A span in the largest unit that fits: "3 days", "1 hour". */
  span(seconds: number): string {
    const units = [
      [86_400, "day"],
      [3_600, "hour"],
      [60, "minute"],
    ] as const;
    const [size, unit] = units.find(([unitSeconds]) => seconds >= unitSeconds) ?? ([1, "second"] as const);
    return new Intl.NumberFormat(this.language, { style: "unit", unit, unitDisplay: "long" }).format(
      Math.floor(seconds / size),
    );
  }

  /** US dollars; whole ones without cents where `whole`. */
  usd(amount: number, { whole = false } = {}): string {
    const digits = whole && Number.isInteger(amount) ? 0 : 2;
    return new Intl.NumberFormat(this.language, {
      style: "currency",
      currency: "USD",
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(amount);
  }

  /** A moment (milliseconds since the epoch) in this machine's time zone; its day stands with it unless it is within 12 hours. */
  moment(at: number, now: number): string {
    const isNear = Math.abs(at - now) < 12 * 3_600_000;
    return new Intl.DateTimeFormat(this.language, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      ...(isNear ? {} : { day: "numeric", month: "long" }),
    }).format(at);
  }

  #say(sentence: string, values: Values): string {
    let compiled = this.#compiled.get(sentence);
    if (!compiled) {
      compiled = new IntlMessageFormat(sentence, this.language, undefined, { ignoreTag: true });
      this.#compiled.set(sentence, compiled);
    }
    return String(compiled.format(values));
  }
}

/**
 * A language from the JSON of its locale file and of the English one; what a language lacks is said in English.
 * Throws a ZodError that names the key when one is not as it should be.
 */
export function localeOf(language: Language, own: unknown, english: unknown): Locale {
  const all = complete.parse(english);
  const some = partial.parse(own);
  return new Locale(language, {
    notices: { ...all.notices, ...some.notices },
    did_not_answer: some.did_not_answer ?? all.did_not_answer,
    kinds: { ...all.kinds, ...some.kinds },
    features: { ...all.features, ...some.features },
  });
}
