/** The state of the explorer's page as it stands in its own address, and in ours. */
import { LANGUAGES, type Lang } from "../state.ts";

/** Give the fragment with which the explorer opens: what was kept of it, in our language. */
export function fragmentOf(kept: string, lang: Lang): string {
  const found = new URLSearchParams(kept);
  found.delete("lang");
  return `#${new URLSearchParams([["lang", lang], ...found])}`;
}

/** Give what is to be kept of the explorer's fragment, and the language that was chosen in it. */
export function keptOf(fragment: string): { kept: string; lang: Lang | null } {
  const found = new URLSearchParams(fragment.replace(/^#/, ""));
  const lang = LANGUAGES.find((one) => one === found.get("lang")) ?? null;
  found.delete("lang");
  return { kept: found.toString(), lang };
}
