/** Asks the server that the page came from, and no other. */

/** Why the server did not answer: its problem in words, and what to try. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly hint: string,
    readonly problem: Record<string, unknown> = {},
  ) {
    super(hint ? `${title} ${hint}` : title);
  }
}

export interface Answer {
  body: string;
  headers: Headers;
}

export interface Asking {
  /** The address of a door, for links that a person may follow. */
  address: (door: string, pairs?: Iterable<[string, string]>) => string;
  /** Ask; `Accept` is a media type. Raises `Refused`. */
  ask: (door: string, given?: { pairs?: Iterable<[string, string]>; accept?: string; signal?: AbortSignal; form?: URLSearchParams }) => Promise<Answer>;
}

/** Give what asks the server at an address that ends in a slash. */
export function asking(base: string): Asking {
  const address = (door: string, pairs: Iterable<[string, string]> = []) => {
    const found = new URL(door.replace(/^\//, ""), base);
    for (const [name, value] of pairs) found.searchParams.append(name, value);
    return found.href;
  };
  return {
    address,
    async ask(door, given = {}) {
      const response = await fetch(address(door, given.pairs), {
        headers: { Accept: given.accept ?? "application/json" },
        signal: given.signal ?? null,
        credentials: "omit",
        ...(given.form ? { method: "POST", body: given.form } : {}),
      });
      const body = await response.text();
      if (response.ok) return { body, headers: response.headers };
      let problem: Record<string, unknown> = {};
      try {
        problem = JSON.parse(body) as Record<string, unknown>;
      } catch {
        // A proxy between may say anything.
      }
      throw new Refused(response.status, String(problem["detail"] ?? problem["title"] ?? `HTTP ${response.status}`), String(problem["hint"] ?? ""), problem);
    },
  };
}
