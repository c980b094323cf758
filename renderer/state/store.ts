import { useSyncExternalStore } from "react";

/** A piece of state outside React: read it, replace it, hear of changes. */
export interface Store<T> {
  get(): T;
  /** Replaces the state; listeners hear of it only when it is another object. */
  set(next: T | ((now: T) => T)): void;
  /** Calls `listener` after every change; the function given back ends that. */
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set(next) {
      const value = typeof next === "function" ? (next as (now: T) => T)(state) : next;
      if (Object.is(value, state)) return;
      state = value;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Reads a store in a component. `select` must give the same object for the same state. */
export function useStore<T, S>(store: Store<T>, select: (state: T) => S): S {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
