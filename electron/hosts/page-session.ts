import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const cookieName = "holdfast_session";

/**
 * Who may see the page in a browser: whoever opens the one-time link first. The session's secret is kept in the data folder,
 * readable by its owner only, so that an open page finds its way back after the app was killed.
 */
export class PageSession {
  /** The token of the one-time link. */
  readonly token = randomBytes(24).toString("base64url");
  readonly #secret: string;
  #redeemed = false;

  constructor(dataDir: string) {
    this.#secret = keptSecret(join(dataDir, "page-session"));
  }

  /** The `Set-Cookie` header for a token: null when it is wrong, or was used by another browser. */
  redeem(token: string, cookies: string | undefined): string | null {
    if (!same(token, this.token) || (this.#redeemed && !this.admits(cookies))) return null;
    this.#redeemed = true;
    return `${cookieName}=${this.#secret}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Whether a `Cookie` header carries the session. */
  admits(cookies: string | undefined): boolean {
    const pairs = (cookies ?? "").split(";").map((pair) => pair.trim());
    return pairs.some((pair) => {
      return pair.startsWith(`${cookieName}=`) && same(pair.slice(cookieName.length + 1), this.#secret);
    });
  }
}

function keptSecret(path: string): string {
  try {
    const kept = readFileSync(path, "utf8");
    if (/^[\w-]{32,}$/.test(kept)) return kept;
  } catch {
    // The first start on this machine: there is none yet.
  }
  const secret = randomBytes(32).toString("base64url");
  writeFileSync(path, secret, { mode: 0o600 });
  return secret;
}

function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
