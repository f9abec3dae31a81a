/** Why there is no certain path: asked of the server, or held by the file; never found out here. */
import { byId, transferOf } from "../finding.ts";
import type { Day, Scene, WhyNot } from "../scene.ts";
import type { Lang, State } from "../state.ts";
import { told, type Say } from "../words.ts";
import { spoken } from "../days.ts";

export interface BrokenHop {
  id: string;
  /** Place in `transfers`, or -1 where the scene does not hold it. */
  transfer: number;
  giver: string;
  receiver: string;
  breaks: string;
  needed: Day;
}

export interface Broken {
  reach: WhyNot["reach"];
  hops: BrokenHop[];
  empty: string;
}

/** Give what a file holds of two ends, or null. */
export function held(scene: Scene, place: State): Broken | null {
  const found = scene.whyNot[`${place.from}>${place.to}`];
  if (!found) return null;
  const id = (i: number | null) => (i === null ? "" : scene.things[i]!.id);
  return {
    reach: found.reach,
    empty: "",
    hops: found.hops.map((hop) => {
      const transfer = scene.transfers[hop.transfer]!;
      return { id: transfer.id, transfer: hop.transfer, giver: id(transfer.giver), receiver: id(transfer.receiver), breaks: hop.breaks, needed: hop.needed };
    }),
  };
}

/** Give what a server answered: the table of `kvgraph paths --why-not` as JSON. */
export function answered(scene: Scene, body: string): Broken {
  const table = JSON.parse(body) as { reach: WhyNot["reach"]; empty?: string; rows: { transfer: string; giver: string; receiver: string; breaks: string; needed: string | null }[] };
  return {
    reach: table.reach,
    empty: table.empty ?? "",
    hops: table.rows.map((row) => ({
      id: row.transfer, transfer: transferOf(scene, row.transfer), giver: row.giver, receiver: row.receiver, breaks: row.breaks,
      needed: row.needed === null ? null : Date.parse(row.needed) / 86_400_000,
    })),
  };
}

/** What the door of paths takes of a selection. A period it does not take: what came before rests on it. */
const TAKEN = ["actor", "network", "programme", "theme", "country"] as const;

/** Give what to ask a server for. */
export function questionOf(scene: Scene, place: State): [string, string][] {
  const pairs: [string, string][] = [["from", place.from], ["to", place.to], ["why-not", "true"], ["stage", scene.stage], ["lang", place.lang]];
  const practices = place.selection.practice ?? [];
  if (practices.length === 1) pairs.push(["practice", practices[0]!]);
  for (const option of TAKEN) for (const value of place.selection[option] ?? []) pairs.push([option, value]);
  return pairs;
}

/** Give the command that answers the same, as one types it. */
export function commandOf(scene: Scene, place: State): string {
  const quoted = (text: string) => (/^[\w.:/-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);
  const parts = ["kvgraph paths --from", quoted(place.from), "--to", quoted(place.to), "--why-not --stage", quoted(scene.stage)];
  const practices = scene.selection.filter((one) => one.name === "practice");
  if (practices.length === 1) parts.push("--practice", quoted(practices[0]!.value));
  for (const one of scene.selection) if ((TAKEN as readonly string[]).includes(one.name)) parts.push(`--${one.name}`, quoted(one.value));
  return parts.join(" ");
}

/** Whether the selection narrows what a why-not is asked of by something that cannot be asked. */
export const wider = (place: State): boolean =>
  (place.selection.practice?.length ?? 0) > 1 || !!place.selection.from || !!place.selection.until;

/** What breaks a hop, by what the answer calls it. */
const BREAKS: Record<string, string> = {
  "": "holds",
  "not proven": "not_proven",
  "may lie before its giver had it": "order_open",
  "lies before its giver can have had it": "too_early",
  "lies after what was adapted from it began": "after_adaptation",
};

/** Give in words what breaks a hop. */
export function reasonOf(scene: Scene, hop: BrokenHop, lang: Lang, say: Say): string {
  const known = BREAKS[hop.breaks];
  if (known) return say(`proof.breaks.${known}`, { needed: hop.needed === null ? say("proof.unknown_day") : spoken(hop.needed, lang) });
  const key = hop.breaks.replace(/^left out: |^only /, "").replaceAll(" ", "_");
  const reason = scene.reasons[hop.breaks] ?? scene.reasons[key];
  return say("proof.breaks.left_out", { reason: reason ? told(reason, lang) : hop.breaks });
}

/** Give the name of an end of a hop: of the scene where it holds it, else its id. */
export function endOf(scene: Scene, id: string, lang: Lang, say: Say): string {
  if (!id) return say("telling.nobody");
  const place = byId(scene, id);
  return place < 0 ? id : told(scene.things[place]!.label, lang);
}
