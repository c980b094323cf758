import type { Clock } from "../chain/index.ts";
import type { Pulse, Sight } from "./pulse.ts";

export interface HeartbeatOptions {
  clock: Pick<Clock, "after">;
  /** Asks the process how it does. */
  ask(): Promise<Pulse>;
  /** Looks at the process from outside; null where that can't be done. */
  look(): Sight | null;
  onPulse(pulse: Pick<Pulse, "rssBytes">): void;
  /** The process hangs; called once, and no beat follows. */
  onHang(hang: Hang): void;
}

/** `silent`: it answers nothing. `stuck`: it answers, but its work neither computes nor reads: a driver that hangs, say. */
export type Hang = "silent" | "stuck";

const beatMs = 500;
const beats = (seconds: number) => (seconds * 1_000) / beatMs;

/** How many beats may go by. A hang is found within 5 s; one beat passes before the first question goes unanswered. */
const allowed = {
  /** Without an answer, by a process that does not compute. A large chat template blocks for up to 2 s. */
  silent: beats(4),
  /** Without an answer, by a process that computes or would if it got a processor: long native work in one piece, on a busy machine. */
  computing: beats(15),
  /** Without a first answer: Node has to start, perhaps from a cold disk. */
  starting: beats(20),
  /** With answers, but without any progress of an answer that is being made. */
  generating: beats(4),
  /** The same while a model is loaded: a disk may have to spin up, or lie across a network. */
  loading: beats(20),
};

/** Less processor time than this in a beat is what answering the question itself costs. */
const restingMs = 15;
/** A process whose threads wait longer than this for a processor in a beat would work if the machine let it. */
const starvedMs = beatMs / 2;

/**
 * Asks the engine's process twice a second how it does. Silence is counted in beats and not in time, so that neither a
 * sleep of the machine nor a block of this process is taken for a hang of the other.
 */
export class Heartbeat implements Disposable {
  readonly #options: HeartbeatOptions;
  #cancel: () => void = () => {};
  #over = false;
  #waiting = false;
  #answered = false;
  #silentBeats = 0;
  #seenCpuMs = 0;
  #computedBeats = 0;
  #stuckBeats = 0;
  #last: Pulse | null = null;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#ask();
    this.#schedule();
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.after(beatMs, () => this.#beat());
  }

  #beat(): void {
    if (this.#waiting) this.#silentBeat();
    else this.#ask();
    if (!this.#over) this.#schedule();
  }

  #ask(): void {
    this.#waiting = true;
    this.#options.ask().then(
      (pulse) => {
        if (this.#over) return;
        this.#waiting = false;
        this.#answered = true;
        this.#silentBeats = 0;
        this.#computedBeats = 0;
        this.#options.onPulse(pulse);
        this.#measure(pulse);
      },
      () => {
        // the process is gone, which its exit tells
      },
    );
  }

  #silentBeat(): void {
    this.#silentBeats += 1;
    const sight = this.#options.look();
    if (sight !== null) {
      this.#options.onPulse(sight);
      if (this.#over) return;
      if (sight.runnable || sight.cpuMs - this.#seenCpuMs > restingMs) this.#computedBeats += 1;
      this.#seenCpuMs = sight.cpuMs;
    }
    const computes = this.#computedBeats * 2 > this.#silentBeats;
    const limit =
      sight?.stopped === true
        ? allowed.silent
        : !this.#answered
          ? allowed.starting
          : computes
            ? allowed.computing
            : allowed.silent;
    if (this.#silentBeats >= limit) this.#hang("silent");
  }

  #measure(pulse: Pulse): void {
    const last = this.#last;
    this.#last = pulse;
    this.#seenCpuMs = pulse.cpuMs;
    const rests =
      last !== null &&
      pulse.state !== "idle" &&
      pulse.state === last.state &&
      pulse.cpuMs - last.cpuMs <= restingMs &&
      pulse.waitedMs - last.waitedMs <= starvedMs &&
      pulse.reads === last.reads;
    this.#stuckBeats = rests ? this.#stuckBeats + 1 : 0;
    if (pulse.state !== "idle" && this.#stuckBeats >= allowed[pulse.state]) this.#hang("stuck");
  }

  #hang(hang: Hang): void {
    this[Symbol.dispose]();
    this.#options.onHang(hang);
  }
}
