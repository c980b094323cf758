import type { FailureKind, NoticeAction, NoticeCode } from "../contract/index.ts";

/** What a notice's sentence may speak of. Null where the receipt has no such thing. */
export interface Facts {
  /** The link that answered. */
  link: string | null;
  model: string | null;
  /** The link whose failure the notice is about, and what that provider said. */
  failed: string | null;
  said: string | null;
  /** Features that were dropped, in words. */
  dropped: string;
  /** What was spent this month, and the cap. */
  spent: string;
  cap: string;
  /** Age of a cached answer in words, and the question that it answered. */
  age: string;
  originalQuestion: string;
}

/** One row of the table: how grave it is, what is said, and what the person can do. */
export interface NoticeWords {
  severity: "info" | "warning" | "error";
  text: (facts: Facts) => string;
  action?: (facts: Facts) => NoticeAction;
}

const toSettings =
  (label: string) =>
  (facts: Facts): NoticeAction => ({
    label,
    target: "settings",
    ...(facts.failed ? { link: facts.failed } : {}),
  });

/** Every notice in English. */
export const notices: Record<NoticeCode, NoticeWords> = {
  backup_used: {
    severity: "info",
    text: ({ link }) => `Using backup service: ${link} answered.`,
  },
  local_used: {
    severity: "info",
    text: () => "A model on this machine answered. Expect a simpler answer than from a cloud model.",
  },
  starter_model: {
    severity: "warning",
    text: () =>
      "This is the small starter model. It knows Holdfast itself and little else, looks at each question by itself, and can't read images: don't rely on it for facts.",
    action: () => ({ label: "Get a better local model", target: "models" }),
  },
  cached_answer: {
    severity: "warning",
    text: ({ age, originalQuestion }) =>
      `This is an earlier answer, ${age} old, to the question “${originalQuestion}”.`,
  },
  shorter_answer: {
    severity: "info",
    text: () => "The answer ends here because it reached its length limit.",
  },
  feature_dropped: {
    severity: "warning",
    text: ({ dropped, link }) => `${link} can't handle ${dropped}, so the answer was made without.`,
    action: toSettings("Change the chain"),
  },
  key_rejected: {
    severity: "warning",
    text: ({ failed }) => `${failed} did not accept its API key.`,
    action: toSettings("Mend the key"),
  },
  model_missing: {
    severity: "warning",
    text: ({ failed }) => `${failed} does not have the model that it is set to use.`,
    action: toSettings("Choose another model"),
  },
  quota_exhausted: {
    severity: "warning",
    text: ({ failed }) => `The quota of ${failed} is used up.`,
    action: toSettings("Open settings"),
  },
  budget_warning: {
    severity: "info",
    text: ({ spent, cap }) => `${spent} of this month's ${cap} are spent.`,
    action: toSettings("Open settings"),
  },
  budget_reached: {
    severity: "warning",
    text: ({ cap }) => `This month's budget of ${cap} is spent, so links that cost money were passed over.`,
    action: toSettings("Open settings"),
  },
  history_trimmed: {
    severity: "warning",
    text: () =>
      "The conversation was too long, so its oldest part was left out. The answer may miss what stood there.",
  },
  answer_continued: {
    severity: "info",
    text: ({ failed, link }) => `${failed} broke off in the middle; ${link} went on from there.`,
  },
  interrupted_restarted: {
    severity: "info",
    text: ({ failed, link }) => `${failed} broke off in the middle; this answer is ${link}'s from the start.`,
  },
  offline: {
    severity: "error",
    text: () => "Nothing could answer this now. Ask again when a link is back.",
    action: () => ({ label: "Ask again", target: "retry" }),
  },
  stopped: {
    severity: "info",
    text: () => "You stopped this answer.",
  },
  request_refused: {
    severity: "error",
    text: ({ failed }) => `${failed} refused the request, and asking another link would not help.`,
    action: () => ({ label: "Ask again", target: "retry" }),
  },
};

/** Why a link failed, for a person. */
export const reasons: Record<FailureKind, string> = {
  rate_limited: "it limits how often we may ask",
  quota_exhausted: "its quota is used up",
  overloaded: "it is overloaded",
  server: "it had an error of its own",
  network: "it could not be reached",
  timeout_connect: "no connection came about in time",
  timeout_first_token: "it did not begin to answer in time",
  timeout_idle: "it stopped in the middle and said nothing more",
  timeout_total: "its answer took too long",
  truncated: "its answer was cut off",
  malformed: "what it sent could not be understood",
  auth: "it rejected the API key",
  not_found: "it does not know the model",
  context_length: "the conversation is too long for it",
  content_policy: "its content policy forbids an answer",
  invalid_request: "it does not accept such a request",
  empty: "its answer was empty",
  refusal: "it declined to answer",
  loop: "it repeated itself without end",
  bad_output: "its answer did not meet the requirements",
  engine_crashed: "the local engine crashed",
  out_of_memory: "this machine ran out of memory for it",
  cancelled: "it was stopped",
};

/** Features in words. */
export const features: Record<string, string> = {
  vision: "images",
  tools: "tools",
  json_schema: "a JSON schema",
};
