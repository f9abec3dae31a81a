/** The values of a facet as the legend lists them: in words, with their look and their count. */
import type { ClassLook, Frame, Scene } from "./scene.ts";
import { NONE, type Shown } from "./shown.ts";
import type { Facet, Lang } from "./state.ts";
import { order, told, type Say } from "./words.ts";

export interface Value {
  id: string;
  label: string;
  count: number;
  look?: ClassLook;
}

/** Facets whose values have an order of their own; the others go by how many there are. */
const CODED: Partial<Record<Facet, keyof Frame["codes"]>> = {
  level: "level", status: "status", stage: "stage", certainty: "certainty", theme: "theme",
};
const ORDERED: readonly Facet[] = ["class", "level", "stage", "certainty", "outcome", "mode"];

/** Give what a code is called, or the code itself where the vocabulary does not have it. */
export function codeLabel(scene: Scene, list: keyof Frame["codes"], id: string, lang: Lang): string {
  const code = scene.frame.codes[list].find((known) => known.id === id);
  return code ? told(code.label, lang) : id;
}

/** Give the values of a facet. What is unknown stands last. */
export function entries(scene: Scene, shown: Shown, facet: Facet, lang: Lang, say: Say): Value[] {
  const compare = order(lang);
  const found = [...shown.counts[facet]].map(([id, count]): Value => {
    if (id === NONE) return { id, count, label: say(`legend.none.${facet}`) };
    if (facet === "class") {
      const look = scene.frame.classes.find((known) => known.id === id)!;
      return { id, count, label: told(look.label, lang), look };
    }
    return { id, count, label: name(scene, facet, id, lang, say) };
  });
  const places = orderOf(scene, facet);
  return found.sort((a, b) => {
    if ((a.id === NONE) !== (b.id === NONE)) return a.id === NONE ? 1 : -1;
    if (ORDERED.includes(facet)) return (places.get(a.id) ?? 99) - (places.get(b.id) ?? 99);
    return b.count - a.count || compare(a.label, b.label);
  });
}

function name(scene: Scene, facet: Facet, id: string, lang: Lang, say: Say): string {
  const coded = CODED[facet];
  if (coded) return codeLabel(scene, coded, id, lang);
  if (facet === "country") {
    const country = scene.frame.countries.find((known) => known.code === id);
    return country ? told(country.label, lang) : id;
  }
  return say(`legend.${facet}.${id}`);
}

function orderOf(scene: Scene, facet: Facet): Map<string, number> {
  const coded = CODED[facet];
  const ids =
    facet === "class" ? scene.frame.classes.map((look) => look.id)
    : coded ? scene.frame.codes[coded].map((code) => code.id)
    : ["proven", "possible", "left_out", "upward", "horizontal", "downward"];
  return new Map(ids.map((id, i) => [id, i]));
}
