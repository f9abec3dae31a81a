/** Puts back what a file leaves out of a scene to be small: what is empty, or follows from the rest. */
import type { Adoption, Inferred, Membership, Scene, Thing, Transfer } from "./scene.ts";

type Empty<T> = Partial<Omit<T, "iri">>;

const THING: Empty<Thing> = { class: null, level: null, country: null, state: null, lat: null, lon: null, sources: [], label: "" };
const TRANSFER: Empty<Transfer> = {
  practice: null, giver: null, receiver: null, via: [], earliest: null, latest: null, dated: false, start: "", end: "", status: "",
  statusAsOf: "", stage: null, mode: null, certainty: null, reason: null, contradicted: false, attainments: [], claims: [],
  discrepancies: [], note: "", sources: [],
};
const MEMBERSHIP: Empty<Membership> = { start: "", end: "", dated: false, role: null, certainty: null, sources: [] };
const ADOPTION: Empty<Adoption> = { first: null, last: null, worded: "", status: "", certainty: null, sources: [] };
const INFERRED: Empty<Inferred> = { practice: null, first: null, last: null, sources: [] };

/** Give a whole scene. */
export function whole(lean: Scene): Scene {
  const base = lean.frame.base;
  const full = <T extends { id: string; iri?: string }>(records: T[], empty: Empty<T>, kind: (record: T) => string): T[] =>
    records.map((record) => ({ ...empty, ...record, iri: record.iri ?? `${base}${kind(record)}/${record.id}` }));
  return {
    ...lean,
    things: full(lean.things, THING, (one) => one.kind),
    transfers: full(lean.transfers, TRANSFER, () => "transfer"),
    memberships: full(lean.memberships, MEMBERSHIP, (one) => one.kind),
    adoptions: full(lean.adoptions, ADOPTION, () => "adoption"),
    inferred: full(lean.inferred, INFERRED, () => "exposure"),
  };
}
