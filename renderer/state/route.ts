import { useSyncExternalStore } from "react";

/** Where the page is. The address keeps it, so that a reload stays at the same place. */
export type Route =
  | { page: "chat"; conversation: string | null }
  | { page: "outbox" }
  | { page: "models" }
  | { page: "cache" }
  | { page: "lab" }
  | { page: "drills" }
  /** `section` is a part of the page to bring into view, `add` the form for a new link; `link` names a link there. */
  | { page: "settings"; section: (typeof sections)[number]; link: string | null };

const sections = ["providers", "add", "local", "rules", "outbox", "budget", "look"] as const;

/** Reads a route from an address's hash; an unknown one is a new conversation. */
export function parseRoute(hash: string): Route {
  const [page, first, second] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  if (page === "settings") {
    const section = sections.find((one) => one === first) ?? "providers";
    return { page, section, link: second ?? null };
  }
  if (page === "outbox" || page === "models" || page === "cache" || page === "lab" || page === "drills")
    return { page };
  return { page: "chat", conversation: page === "chat" && first ? first : null };
}

/** The hash of a route. */
export function hashOf(route: Route): string {
  if (route.page === "chat") {
    return route.conversation === null ? "#/chat" : `#/chat/${encodeURIComponent(route.conversation)}`;
  }
  if (route.page !== "settings") return `#/${route.page}`;
  const link = route.link === null ? "" : `/${encodeURIComponent(route.link)}`;
  return `#/settings/${route.section}${link}`;
}

export function go(route: Route): void {
  const hash = hashOf(route);
  if (location.hash !== hash) location.hash = hash;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return parseRoute(hash);
}
