/** Tell what is drawn in one sentence: what a picture shows must also be readable and audible. */
import { codeLabel } from "./facets.ts";
import { fullName, nameOf } from "./finding.ts";
import type { Adoption, Inferred, Scene, Transfer } from "./scene.ts";
import type { Lang } from "./state.ts";
import { told, type Say } from "./words.ts";

/** Give who got what from whom: the head of a sentence, and a heading. */
export function headOf(scene: Scene, transfer: Transfer, lang: Lang, say: Say): string {
  return say("telling.who", {
    giver: actorOf(scene, transfer.giver, lang, say),
    receiver: actorOf(scene, transfer.receiver, lang, say),
    practice: nameOf(scene, transfer.practice, lang, say("telling.no_practice")),
  });
}

/** Give when it was, as the source words it. */
export function whenOf(transfer: Transfer, say: Say): string {
  if (!transfer.start && !transfer.end) return say("telling.undated");
  if (!transfer.end) return say("telling.start", { start: transfer.start });
  if (!transfer.start) return say("telling.end", { end: transfer.end });
  return say("telling.span", { start: transfer.start, end: transfer.end });
}

/** Give what is known of its outcome: proven, possible or left out, and why. */
export function outcomeOf(scene: Scene, transfer: Transfer, lang: Lang, say: Say): string {
  const stage = codeLabel(scene, "stage", scene.stage, lang);
  if (transfer.outcome !== "left_out") return say(`telling.outcome.${transfer.outcome}`, { stage });
  const reason = scene.reasons[transfer.reason ?? ""];
  return say("telling.outcome.left_out", { reason: reason ? told(reason, lang) : say("telling.unsaid") });
}

/** Give a transfer in one sentence: who from whom, what, when as worded, how far, how sure. */
export function sentenceOf(scene: Scene, transfer: Transfer, lang: Lang, say: Say): string {
  const parts = [headOf(scene, transfer, lang, say), whenOf(transfer, say)];
  parts.push(say("telling.status", { status: codeLabel(scene, "status", transfer.status, lang) }));
  if (transfer.stage && transfer.stage !== transfer.status) {
    parts.push(say("telling.stage", { stage: codeLabel(scene, "stage", transfer.stage, lang) }));
  }
  parts.push(outcomeOf(scene, transfer, lang, say));
  if (transfer.contradicted) parts.push(say("telling.contradicted"));
  parts.push(transfer.mode ? say("telling.mode", { mode: codeLabel(scene, "mode", transfer.mode, lang) }) : say("telling.no_mode"));
  parts.push(certaintyOf(scene, transfer.certainty, lang, say));
  return parts.join(" ");
}

/** Give an adoption that no transfer explains: who took what into use, and when. */
export function adoptionSentence(scene: Scene, adoption: Adoption, lang: Lang, say: Say): string {
  return [
    say("telling.adoption", {
      actor: actorOf(scene, adoption.actor, lang, say),
      practice: nameOf(scene, adoption.practice, lang, say("telling.no_practice")),
      date: adoption.worded || say("telling.unsaid"),
    }),
    say("telling.status", { status: codeLabel(scene, "status", adoption.status, lang) }),
    certaintyOf(scene, adoption.certainty, lang, say),
  ].join(" ");
}

/** Give where and when a practice began, and what it was adapted from. */
export function originSentence(scene: Scene, practice: number, actor: number, lang: Lang, say: Say): string {
  const thing = scene.things[practice]!;
  const parts = [
    say("telling.origin", {
      actor: actorOf(scene, actor, lang, say),
      practice: told(thing.label, lang),
      date: thing.origin?.worded || say("telling.unsaid"),
    }),
  ];
  for (const parent of thing.parents ?? []) {
    if (parent.relation === "adaptedFrom") parts.push(say("telling.adapted", { practice: told(scene.things[parent.thing]!.label, lang) }));
  }
  return parts.join(" ");
}

/** Give a tie that a rule made: never told as a transfer. */
export function inferredSentence(scene: Scene, tie: Inferred, lang: Lang, say: Say): string {
  return say("telling.inferred", {
    giver: actorOf(scene, tie.giver, lang, say),
    receiver: actorOf(scene, tie.receiver, lang, say),
    practice: nameOf(scene, tie.practice, lang, say("telling.no_practice")),
  });
}

function actorOf(scene: Scene, place: number | null, lang: Lang, say: Say): string {
  return place === null ? say("telling.nobody") : fullName(scene.things[place]!, lang);
}

function certaintyOf(scene: Scene, certainty: string | null, lang: Lang, say: Say): string {
  return certainty ? say("telling.certainty", { certainty: codeLabel(scene, "certainty", certainty, lang) }) : say("telling.no_certainty");
}
