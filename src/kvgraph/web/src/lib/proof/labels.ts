/** In which language a label is told, where it has none in the one asked for. */
import type { Thing } from "../scene.ts";
import type { Lang } from "../state.ts";

/** Give the languages in which a thing has a label, where the one asked for is missing; else null. */
export function elsewhere(thing: Thing, lang: Lang): readonly string[] | null {
  return thing.own && !thing.own.includes(lang) ? thing.own : null;
}

/** Give the language that a label is shown in: as `lang` of the element, undefined where it is the page's or not known. */
export function spokenIn(thing: Thing, lang: Lang): string | undefined {
  const own = elsewhere(thing, lang);
  return own?.length === 1 ? own[0] : undefined;
}

/** Give what a language is called in another. */
export function languageName(code: string, lang: Lang): string {
  try {
    return new Intl.DisplayNames([lang], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
