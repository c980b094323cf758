/**
 * Why the store refuses: `not_found` and `conflict` are about what was asked; `invalid` about what was given;
 * `newer_version` and `unusable` about a file; `not_writable` about keys that can't be saved on this machine.
 */
export type StoreErrorKind =
  | "not_found"
  | "conflict"
  | "invalid"
  | "newer_version"
  | "unusable"
  | "not_writable";

/** How everything in the store fails. The text says what, where and how to mend it, and holds no secret. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
  }
}
