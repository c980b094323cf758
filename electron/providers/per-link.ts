import type { Link } from "../chain/index.ts";

/**
 * Keeps one client for each link, so that a link's connection stays alive between calls, and makes another when its address or key changes.
 */
export function perLink<Client>(make: (link: Link, baseUrl: string, key: string | null) => Promise<Client>) {
  const clients = new Map<
    string,
    { baseUrl: string; key: string | null; model: string; client: Promise<Client> }
  >();
  return (link: Link, baseUrl: string, key: string | null): Promise<Client> => {
    const known = clients.get(link.id);
    if (known?.baseUrl === baseUrl && known.key === key && known.model === link.model) return known.client;
    const client = make(link, baseUrl, key);
    // A client that could not be made is not kept: the next request tries again.
    client.catch(() => clients.delete(link.id));
    clients.set(link.id, { baseUrl, key, model: link.model, client });
    return client;
  };
}
