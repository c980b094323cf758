/**
 * Why the models' room refuses: `not_found` and `conflict` are about what was asked, `invalid` about what was given; `network`
 * and `refused` about the other side; `changed`, `checksum` and `not_a_model` about what it sent; `no_space`, `too_large` and
 * `unusable` about this machine; `stopped` is the person's own wish.
 */
export type ModelErrorKind =
  | "not_found"
  | "conflict"
  | "invalid"
  | "network"
  | "refused"
  | "changed"
  | "checksum"
  | "not_a_model"
  | "no_space"
  | "too_large"
  | "unusable"
  | "stopped";

/** How everything about models fails. The text says what, where and how to mend it. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly kind: ModelErrorKind;

  constructor(kind: ModelErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
  }
}

/** Bytes as people read them: `812 MB`, `1.4 GB` (powers of ten, as disks and hubs count). */
export function inBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
