import type { Notice, NoticeAction, NoticeCode } from "../contract/index.ts";

/** One row of the table: how grave a notice is, where its action leads, and whether its sentence needs no reason beside it. */
export interface NoticeRow {
  severity: Notice["severity"];
  /** The action's label stands in the locale file, under the same code. */
  target?: NoticeAction["target"];
  /** The sentence says it all. */
  selfExplaining?: true;
}

/** Every notice. Its words are in `resources/locales`. */
export const rows: Record<NoticeCode, NoticeRow> = {
  backup_used: { severity: "info" },
  local_used: { severity: "info" },
  starter_model: { severity: "warning", target: "models" },
  cached_answer: { severity: "warning" },
  cached_time_bound: { severity: "warning", selfExplaining: true },
  similar_answer: { severity: "info", selfExplaining: true },
  shorter_answer: { severity: "info", selfExplaining: true },
  feature_dropped: { severity: "warning", target: "settings", selfExplaining: true },
  slow: { severity: "info" },
  key_rejected: { severity: "warning", target: "settings" },
  model_missing: { severity: "warning", target: "settings" },
  model_to_pull: { severity: "warning", target: "models" },
  model_too_large: { severity: "warning", target: "models" },
  model_set_aside: { severity: "warning", target: "models" },
  gpu_unavailable: { severity: "info", target: "settings", selfExplaining: true },
  quota_exhausted: { severity: "warning", target: "settings" },
  budget_warning: { severity: "info", target: "settings", selfExplaining: true },
  budget_reached: { severity: "warning", target: "settings", selfExplaining: true },
  history_trimmed: { severity: "warning", selfExplaining: true },
  answer_continued: { severity: "info" },
  interrupted_restarted: { severity: "info" },
  escalated: { severity: "info" },
  requirements_unmet: { severity: "warning", target: "retry", selfExplaining: true },
  requirements_unchecked: { severity: "info", selfExplaining: true },
  answers_differ: { severity: "warning", selfExplaining: true },
  offline: { severity: "error", target: "retry" },
  queued: { severity: "info" },
  asking_again: { severity: "info" },
  better_answer: { severity: "info" },
  outbox_gave_up: { severity: "info" },
  stopped: { severity: "info", selfExplaining: true },
  request_refused: { severity: "error", target: "retry" },
  drill: { severity: "info", selfExplaining: true },
};
