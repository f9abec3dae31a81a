/** The descent of a practice: what it was adapted from and what was adapted from it, as a tree of rows. */
import type { Scene } from "../scene.ts";

export interface Node {
  /** Place in `things`. */
  thing: number;
  row: number;
  depth: number;
}

export interface Link {
  from: number;
  to: number;
  /** How the younger came of the elder, as the data tell it. */
  relation: string;
  /** Beside the tree: a second parent. */
  beside: boolean;
}

export interface Tree {
  nodes: Node[];
  links: Link[];
  /** Kin that did not fit. */
  left: number;
}

/** A practice that came in the place of another is named by the elder: the younger is the parent's end. */
const YOUNGER = "isReplacedBy";

/**
 * Give the family of a practice, elders before what came of them, a row each: the row of a
 * younger one stands below its elder's and one step to the right. The same in every run: kin
 * stand in the order of the scene.
 */
export function tree(scene: Scene, practice: number, most = 60): Tree {
  const younger = new Map<number, { thing: number; relation: string }[]>();
  const elders = new Map<number, number[]>();
  scene.things.forEach((thing, i) => {
    for (const parent of thing.parents ?? []) {
      const [elder, child] = parent.relation === YOUNGER ? [i, parent.thing] : [parent.thing, i];
      push(younger, elder, { thing: child, relation: parent.relation });
      push(elders, child, elder);
    }
  });
  for (const list of younger.values()) list.sort((a, b) => a.thing - b.thing);
  const family = kin(practice, younger, elders);
  const roots = [...family].filter((i) => !(elders.get(i) ?? []).some((j) => family.has(j) && j !== i)).sort((a, b) => a - b);
  const nodes: Node[] = [];
  const links: Link[] = [];
  const placed = new Map<number, number>();
  const walk = (thing: number, depth: number) => {
    if (nodes.length >= most) return;
    placed.set(thing, nodes.length);
    nodes.push({ thing, row: nodes.length, depth });
    for (const child of younger.get(thing) ?? []) {
      const known = placed.get(child.thing);
      if (known !== undefined) {
        links.push({ from: thing, to: child.thing, relation: child.relation, beside: true });
        continue;
      }
      walk(child.thing, depth + 1);
      if (placed.has(child.thing)) links.push({ from: thing, to: child.thing, relation: child.relation, beside: false });
    }
  };
  // Where all are one another's elders there is no root: the practice itself begins.
  for (const root of roots.length ? roots : [practice]) if (!placed.has(root)) walk(root, 0);
  return { nodes, links, left: family.size - nodes.length };
}

function kin(practice: number, younger: Map<number, { thing: number }[]>, elders: Map<number, number[]>): Set<number> {
  const found = new Set([practice]);
  const waiting = [practice];
  for (let here = waiting.pop(); here !== undefined; here = waiting.pop()) {
    for (const next of [...(younger.get(here) ?? []).map((one) => one.thing), ...(elders.get(here) ?? [])]) {
      if (found.has(next)) continue;
      found.add(next);
      waiting.push(next);
    }
  }
  return found;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
