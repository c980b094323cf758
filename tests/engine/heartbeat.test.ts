import { describe, expect, it } from "vitest";
import { type Hang, Heartbeat } from "../../electron/engine/heartbeat.ts";
import type { Pulse, Sight } from "../../electron/engine/pulse.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";

const calm: Pulse = { state: "idle", cpuMs: 100, waitedMs: 0, reads: 0, rssBytes: 1_000 };

/** A process that answers what `pulse` says, or nothing while it is null. */
function watched(first: Pulse | null = calm) {
  const clock = new FakeClock();
  const subject = {
    clock,
    pulse: first,
    /** Comes in place of `pulse`. */
    late: null as Promise<Pulse> | null,
    sight: null as Sight | null,
    hangs: [] as Hang[],
    sizes: [] as number[],
    beat: null as unknown as Heartbeat,
  };
  subject.beat = new Heartbeat({
    clock,
    ask: () =>
      subject.late ?? (subject.pulse === null ? new Promise(() => {}) : Promise.resolve(subject.pulse)),
    look: () => subject.sight,
    onPulse: ({ rssBytes }) => subject.sizes.push(rssBytes),
    onHang: (hang) => subject.hangs.push(hang),
  });
  return subject;
}

/** Turns time, and gives the process `cpuMs` a second to compute meanwhile. */
async function seconds(subject: ReturnType<typeof watched>, count: number, cpuMsEach = 0): Promise<void> {
  for (let half = 0; half < count * 2; half++) {
    await subject.clock.advance(500);
    if (subject.pulse) subject.pulse = { ...subject.pulse, cpuMs: subject.pulse.cpuMs + cpuMsEach / 2 };
    if (subject.sight) subject.sight = { ...subject.sight, cpuMs: subject.sight.cpuMs + cpuMsEach / 2 };
  }
}

describe("the heartbeat", () => {
  it("lets a process that answers live for ever", async () => {
    const subject = watched();
    await seconds(subject, 600);
    expect(subject.hangs).toEqual([]);
  });

  it("finds silence within 5 s, and tells it once", async () => {
    const subject = watched();
    await seconds(subject, 3);
    subject.pulse = null;
    await seconds(subject, 3.5);
    expect(subject.hangs).toEqual([]);
    await seconds(subject, 1.5);
    expect(subject.hangs).toEqual(["silent"]);
    await seconds(subject, 60);
    expect(subject.hangs).toEqual(["silent"]);
    expect(subject.clock.waiting).toBe(0);
  });

  it("takes a block of 3 s for none", async () => {
    const subject = watched();
    for (let block = 0; block < 5; block++) {
      await seconds(subject, 1);
      const late = Promise.withResolvers<Pulse>();
      subject.late = late.promise;
      await seconds(subject, 3);
      subject.late = null;
      late.resolve(calm);
    }
    expect(subject.hangs).toEqual([]);
  });

  it("gives a silent process that computes 15 s", async () => {
    const subject = watched();
    await seconds(subject, 1);
    subject.pulse = null;
    subject.sight = { stopped: false, runnable: false, cpuMs: 100, rssBytes: 1 };
    await seconds(subject, 14, 900);
    expect(subject.hangs).toEqual([]);
    await seconds(subject, 2, 900);
    expect(subject.hangs).toEqual(["silent"]);
  });

  it("gives as much to one that gets no processor", async () => {
    const subject = watched();
    await seconds(subject, 1);
    subject.pulse = null;
    subject.sight = { stopped: false, runnable: true, cpuMs: 100, rssBytes: 1 };
    await seconds(subject, 14);
    expect(subject.hangs).toEqual([]);
    await seconds(subject, 2);
    expect(subject.hangs).toEqual(["silent"]);
  });

  it("gives one that starts 20 s, but not when it was stopped", async () => {
    const starting = watched(null);
    await seconds(starting, 19);
    expect(starting.hangs).toEqual([]);
    await seconds(starting, 2);
    expect(starting.hangs).toEqual(["silent"]);

    const stopped = watched(null);
    stopped.sight = { stopped: true, runnable: false, cpuMs: 100, rssBytes: 1 };
    await seconds(stopped, 4.5);
    expect(stopped.hangs).toEqual(["silent"]);
  });

  it("finds an answer that neither computes nor reads within 5 s: a driver hangs", async () => {
    const subject = watched({ ...calm, state: "generating" });
    await seconds(subject, 10, 400);
    expect(subject.hangs).toEqual([]);
    await seconds(subject, 5);
    expect(subject.hangs).toEqual(["stuck"]);
  });

  it("leaves an answer alone whose threads get no processor", async () => {
    const subject = watched({ ...calm, state: "generating" });
    for (let beat = 0; beat < 40; beat++) {
      await seconds(subject, 0.5);
      if (subject.pulse) subject.pulse = { ...subject.pulse, waitedMs: subject.pulse.waitedMs + 480 };
    }
    expect(subject.hangs).toEqual([]);
  });

  it("leaves a load that waits for its disk, and an idle process, alone", async () => {
    const loading = watched({ ...calm, state: "loading" });
    await seconds(loading, 15);
    if (loading.pulse) loading.pulse = { ...loading.pulse, reads: 1 };
    await seconds(loading, 15);
    expect(loading.hangs).toEqual([]);
  });

  it("tells the size at every beat, also of a process that is silent", async () => {
    const subject = watched();
    await seconds(subject, 1);
    subject.pulse = null;
    await seconds(subject, 0.5);
    subject.sight = { stopped: false, runnable: false, cpuMs: 100, rssBytes: 7_777 };
    await seconds(subject, 1);
    expect(subject.sizes).toContain(1_000);
    expect(subject.sizes).toContain(7_777);
  });
});
