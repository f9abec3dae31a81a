/** Where a cell of a table leads: to what the page knows of a thing, or to a source outside. */
import { placeOf, transferOf } from "../finding.ts";
import type { Scene } from "../scene.ts";
import type { Lang } from "../state.ts";
import { told } from "../words.ts";
import { isIri } from "./table.ts";

export interface Link {
  label: string;
  /** What it chooses in the state of the page; empty where it leads outside or nowhere. */
  at: string;
  href: string;
}

/** The columns of analyses that hold ids, and what kind of thing they name. */
const KINDS: Record<string, string> = {
  actor: "actor", giver: "actor", receiver: "actor", parent: "actor", child: "actor", root: "actor", a: "actor", b: "actor",
  from: "actor", to: "actor", practice: "practice", source_practice: "practice", practices: "practice", network: "network", networks: "network",
  transfer: "transfer", transfers: "transfer", transfer_ids: "transfer", records: "transfer",
};

const held = new WeakMap<Scene, Map<string, string>>();

/** Give what codes and classes are called, by the end of their IRIs. */
function called(scene: Scene): Map<string, string> {
  let found = held.get(scene);
  if (!found) {
    found = new Map();
    for (const tongue of ["fi", "sv", "en"] as const) {
      for (const list of Object.values(scene.frame.codes)) for (const code of list) found.set(`${tongue} ${code.id}`, told(code.label, tongue));
      for (const look of scene.frame.classes) found.set(`${tongue} ${look.iri}`, told(look.label, tongue));
    }
    held.set(scene, found);
  }
  return found;
}

/** Give where a text in a column leads, or `null`. */
export function linkOf(scene: Scene, column: string, text: string, lang: Lang): Link | null {
  const base = scene.frame.base;
  if (text.startsWith(base)) {
    const [kind = "", ...rest] = text.slice(base.length).split("/");
    const id = rest.join("/");
    if (!id) return null;
    return thing(scene, decode(kind), decode(id), lang);
  }
  if (isIri(text)) {
    const label = called(scene).get(`${lang} ${text}`) ?? called(scene).get(`${lang} ${text.replace(/^.*[/#]/, "")}`);
    const vocabulary = text.startsWith(base.replace(/id\/$/, ""));
    if (vocabulary) return { label: label ?? text.replace(/^.*[/#]/, ""), at: "", href: "" };
    return { label: text, at: "", href: text };
  }
  const kind = KINDS[column];
  if (kind === "transfer") return transferOf(scene, text) < 0 ? null : thing(scene, "transfer", text, lang);
  if (kind && placeOf(scene, kind, text) >= 0) return thing(scene, kind, text, lang);
  return null;
}

function thing(scene: Scene, kind: string, id: string, lang: Lang): Link {
  if (kind === "transfer") return { label: id, at: transferOf(scene, id) < 0 ? `thing:transfer/${id}` : `transfer:${id}`, href: "" };
  const place = placeOf(scene, kind, id);
  return { label: place < 0 ? id : told(scene.things[place]!.label, lang), at: `thing:${kind}/${id}`, href: "" };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
