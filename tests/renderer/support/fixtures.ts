import type {
  Attempt,
  BudgetStatus,
  CacheStats,
  LinkStatus,
  Notice,
  OutboxItem,
  Preset,
  Receipt,
  SecretsInfo,
  Status,
} from "../../../electron/contract/index.ts";
import { outboxNotice } from "../../../electron/notices/index.ts";
import { english } from "../../fixtures/english.ts";

/** An attempt that went well, with what a test changes of it. */
export function attempt(change: Partial<Attempt> = {}): Attempt {
  return {
    link: "primary",
    provider: "openai",
    model: "gpt-5",
    tier: "cloud",
    outcome: "answered",
    kind: null,
    message: null,
    status: 200,
    request_id: "req_1",
    started_at: "2026-03-02T09:15:01.000Z",
    connect_ms: 42,
    first_token_ms: 310,
    duration_ms: 1_840,
    usage: { input_tokens: 21, output_tokens: 148 },
    cost_usd: 0.0015,
    ...change,
  };
}

export function notice(change: Partial<Notice> = {}): Notice {
  return {
    code: "starter_model",
    severity: "info",
    text: "The starter model answered. It knows Holdfast and little else.",
    reason: null,
    action: null,
    ...change,
  };
}

/** A receipt for the attempts, answered by the last one. */
export function receipt(attempts: Attempt[], change: Partial<Receipt> = {}): Receipt {
  const last = attempts.at(-1);
  return {
    requested_tier: "cloud",
    tier: last?.tier ?? "offline",
    link: last?.link ?? null,
    provider: last?.provider ?? null,
    model: last?.model ?? null,
    level: "full",
    reason: null,
    attempts,
    seams: [],
    notices: [],
    dropped: [],
    usage: last?.usage ?? null,
    cost_usd: last?.cost_usd ?? null,
    similarity: null,
    age_s: null,
    original_question: null,
    ...change,
  };
}

export const localAttempt = attempt({
  link: "last-line",
  provider: "llama",
  model: "resources/models/starter.gguf",
  tier: "local",
  status: null,
  request_id: null,
  connect_ms: 3,
  first_token_ms: 190,
  duration_ms: 1_420,
  usage: { input_tokens: 38, output_tokens: 96 },
  cost_usd: 0,
});

/** A breaker with nothing against its link. */
export const closed: LinkStatus["circuit"] = {
  state: "closed",
  failure_count: 0,
  last_failure: null,
  opens_until: null,
};

export const starterLink: LinkStatus = {
  id: "last-line",
  provider: "llama",
  model: "resources/models/starter.gguf",
  tier: "local",
  light: "unknown",
  consecutive_failures: 0,
  last_failure: null,
  latency_ms: null,
  checked_at: null,
  circuit: closed,
};

export const cloudLinks: LinkStatus[] = [
  {
    id: "primary",
    provider: "openai",
    model: "gpt-5",
    tier: "cloud",
    light: "failing",
    consecutive_failures: 3,
    last_failure: {
      kind: "overloaded",
      message: "The server is overloaded (503).",
      at: "2026-03-02T09:14:40.000Z",
    },
    latency_ms: 340,
    checked_at: "2026-03-02T09:14:40.000Z",
    circuit: { ...closed, failure_count: 3, last_failure: "2026-03-02T09:14:40.000Z" },
  },
  {
    id: "second",
    provider: "anthropic",
    model: "claude-sonnet-5",
    tier: "backup",
    light: "ok",
    consecutive_failures: 0,
    last_failure: null,
    latency_ms: 410,
    checked_at: "2026-03-02T09:14:41.000Z",
    circuit: closed,
  },
];

/** A month without a cap in which nothing was spent. */
export const noBudget: BudgetStatus = {
  spent_usd: 0,
  estimated_usd: 0,
  unpriced_attempts: 0,
  cap_usd: null,
  share: null,
  warning: false,
  reached: false,
  by_link: [],
};

export function status(change: Partial<Status> = {}): Status {
  return {
    level: "full",
    ceiling: "full",
    offline: null,
    budget: noBudget,
    outbox: { waiting: 0, ready: 0 },
    links: [starterLink],
    engine: {
      state: "idle",
      model: "resources/models/starter.gguf",
      device: "cpu",
      restarts: 0,
      vram_bytes: null,
      gpu_unavailable: false,
      set_aside: [],
    },
    config_file: null,
    warnings: [],
    version: "0.1.0",
    drill: null,
    ...change,
  };
}

/** A question that waits for the cloud, with what a test changes of it. */
export function outboxItem(change: Partial<Omit<OutboxItem, "notice">> = {}): OutboxItem {
  const item = {
    id: "o1",
    conversation_id: "c1",
    question_id: "q1",
    question: "When does the tide turn?",
    wanted: "cloud" as const,
    answered: null,
    local_only: false,
    state: "waiting" as const,
    attempts: 0,
    next_at: "2026-03-02T09:16:00.000Z",
    created_at: "2026-03-02T09:15:00.000Z",
    answer_id: null,
    dropped_because: null,
    detail: null,
    ...change,
  } satisfies Partial<OutboxItem>;
  return { ...item, notice: outboxNotice(item, english) };
}

export const presets: Preset[] = [
  {
    id: "openai",
    label: "OpenAI",
    provider: "openai",
    api_key_env: "OPENAI_API_KEY",
    keys_url: "https://platform.openai.com/api-keys",
    tier: "cloud",
    models: [
      {
        id: "gpt-5",
        capabilities: { vision: true, tools: true, json_schema: true, context_window: 400_000 },
        price: { input: 1.25, output: 10 },
      },
      {
        id: "gpt-5-mini",
        capabilities: { tools: true, context_window: 400_000 },
        price: { input: 0.25, output: 2 },
      },
    ],
    checked: "2026-02-01",
    source: "https://platform.openai.com/docs/models",
  },
  {
    id: "anthropic",
    label: "Anthropic",
    provider: "anthropic",
    api_key_env: "ANTHROPIC_API_KEY",
    tier: "cloud",
    models: [{ id: "claude-sonnet-5", capabilities: { vision: true, tools: true, context_window: 200_000 } }],
    checked: "2026-02-01",
    source: "https://docs.anthropic.com",
  },
  {
    id: "ollama",
    label: "Ollama",
    provider: "ollama",
    base_url: "http://127.0.0.1:11434",
    tier: "local",
    models: [{ id: "qwen3:4b", capabilities: {} }],
    checked: "2026-02-01",
    source: "https://ollama.com/library",
  },
  {
    id: "lm-studio",
    label: "LM Studio",
    provider: "openai-compatible",
    base_url: "http://127.0.0.1:1234/v1",
    tier: "local",
    models: [],
    checked: "2026-02-01",
    source: "https://lmstudio.ai/docs",
  },
];

export const keychain: SecretsInfo = {
  kind: "keychain",
  writable: true,
  detail: "Keys are kept in this system's keychain, never in a file.",
  present: {},
};

export const emptyCache: CacheStats = {
  enabled: true,
  store: "sqlite",
  store_trouble: null,
  outgoing: 0,
  entries: 0,
  max_entries: 10_000,
  pinned: 0,
  unused: 0,
  waiting: 0,
  oldest: null,
  newest: null,
  embedder: "embedder.gguf",
  encryption: "aes-256-gcm",
  encryption_detail: "Questions and answers are encrypted.",
  lookups: { exact: 0, same: 0, similar: 0, refused: 0, miss: 0 },
  refusals: [],
};
