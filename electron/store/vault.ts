/** A place that keeps keys encrypted, by the id of their link. Every method throws when the place does not answer. */
export interface Vault {
  readonly kind: "safe_storage" | "keychain";
  /** A sentence for the person: where the keys are. */
  readonly detail: string;
  has(link: string): Promise<boolean>;
  read(link: string): Promise<string | null>;
  write(link: string, key: string): Promise<void>;
  erase(link: string): Promise<void>;
}

/** Looks whether a vault works here and now; gives it, or the reason why there is none, as half a sentence. */
export type FindVault = () => Promise<Vault | { unavailable: string }>;
