/** The terms of the loaded ontology, with their names and the prefixes that go with them. */
import type { Asking } from "../asking.ts";
import type { Prefixes, Term } from "./completing.ts";

export interface Vocabulary {
  terms: Term[];
  prefixes: Prefixes;
}

let held: { of: string; found: Promise<Vocabulary> } | null = null;

/** Give the terms of the data that a server holds; they are asked for once. */
export function vocabulary(asking: Asking): Promise<Vocabulary> {
  const of = asking.address("");
  if (held?.of !== of) {
    held = { of, found: asking.ask("api/terms").then((answer) => termsOf(answer.body)) };
    held.found.catch(() => (held = null));
  }
  return held.found;
}

/** Read the list of terms: prefixes stand in it too. */
export function termsOf(body: string): Vocabulary {
  const { rows } = JSON.parse(body) as { rows: (Term & { name: string })[] };
  const prefixes = Object.fromEntries(rows.filter((row) => row.kind === "prefix").map((row) => [row.name.replace(/:$/, ""), row.iri]));
  return { terms: rows.filter((row) => row.kind !== "prefix"), prefixes };
}
