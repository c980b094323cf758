/** How far from the visible part an element counts as near. */
const margin = "800px";
/** Elements that are readied in one idle period: few, so that typing and scrolling never wait for them. */
const batchSize = 4;

/** Elements that wait, with what readies them; the newest is last. */
const waiting = new Map<Element, () => void>();
let idle = 0;

function ready(element: Element): void {
  const then = waiting.get(element);
  waiting.delete(element);
  observer.unobserve(element);
  then?.();
}

const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) if (entry.isIntersecting) ready(entry.target);
  },
  { rootMargin: margin },
);

function work(): void {
  idle = 0;
  for (const element of [...waiting.keys()].slice(-batchSize)) ready(element);
  schedule();
}

function schedule(): void {
  if (idle === 0 && waiting.size > 0) idle = requestIdleCallback(work);
}

/**
 * Calls `then` once, as soon as the element comes near the visible part of the page, or else when there is nothing
 * better to do, newest first. The function given back takes that back.
 */
export function whenWorthwhile(element: Element, then: () => void): () => void {
  waiting.set(element, then);
  observer.observe(element);
  schedule();
  return () => {
    waiting.delete(element);
    observer.unobserve(element);
  };
}
