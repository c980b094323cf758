import { execFile } from "node:child_process";

/** NetworkManager's word on the connection that leads to the internet: 1 is yes, 3 is a guess that it is (a phone's hotspot). */
const metered = new Set([1, 3]);
/** The system is asked no more often than this. */
const freshMs = 60_000;
const answerLimitMs = 2_000;

export interface MeteredParts {
  platform: NodeJS.Platform;
  /** Milliseconds that only ever grow. */
  monotonic(): number;
  /** The program that speaks D-Bus; systemd's own unless given. */
  busctl?: string;
}

/**
 * Whether the connection is paid for by what goes through it, as NetworkManager tells it over D-Bus. Who asks gets what was
 * last known, and what is old is asked for again meanwhile. On other systems, and where there is no NetworkManager, it is not
 * known, and counts as unmetered: neither Node nor Electron can tell.
 * https://networkmanager.dev/docs/api/latest/nm-dbus-types.html#NMMetered
 */
export class MeteredConnection {
  readonly #parts: MeteredParts;
  #isMetered = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: MeteredParts) {
    this.#parts = parts;
  }

  get isMetered(): boolean {
    if (this.#parts.platform === "linux" && this.#parts.monotonic() - this.#askedAt >= freshMs)
      void this.look();
    return this.#isMetered;
  }

  /** Asks the system now. */
  look(): Promise<void> {
    const { busctl = "busctl", monotonic } = this.#parts;
    this.#askedAt = monotonic();
    const name = "org.freedesktop.NetworkManager";
    const args = ["--system", "get-property", name, "/org/freedesktop/NetworkManager", name, "Metered"];
    return new Promise((resolve) => {
      execFile(busctl, args, { timeout: answerLimitMs }, (error, output) => {
        // Written as `u 4`: an unsigned number.
        const [, value] = /^u (\d+)\s*$/.exec(error ? "" : output) ?? [];
        this.#isMetered = value !== undefined && metered.has(Number(value));
        resolve();
      });
    });
  }
}
