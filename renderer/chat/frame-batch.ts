/** Hidden pages get no animation frames; they are served this often instead, milliseconds. */
const hiddenPageMs = 200;

/**
 * Collects items and hands them over once per animation frame, so that a fast stream costs one render a frame.
 * `flush` hands over at once; `cancel` drops what is waiting.
 */
export function frameBatch<T>(deliver: (items: T[]) => void) {
  let waiting: T[] = [];
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const unschedule = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = 0;
  };
  const flush = () => {
    unschedule();
    const items = waiting;
    waiting = [];
    if (items.length > 0) deliver(items);
  };
  return {
    push(item: T) {
      waiting.push(item);
      if (frame !== 0) return;
      frame = requestAnimationFrame(flush);
      timer = setTimeout(flush, hiddenPageMs);
    },
    flush,
    cancel() {
      unschedule();
      waiting = [];
    },
  };
}
