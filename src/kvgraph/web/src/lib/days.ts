/** Days since 1970-01-01, and how they are told. */
import type { Day } from "./scene.ts";
import type { Lang } from "./state.ts";

const LENGTH = 86_400_000;

/** Give the year of a day. */
export const yearOf = (day: number): number => new Date(day * LENGTH).getUTCFullYear();

/** Give the first day of a year. */
export function firstOf(year: number): number {
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year);
  return date.getTime() / LENGTH;
}

/** Give a day as 2014-02-01. */
export const iso = (day: number): string => new Date(day * LENGTH).toISOString().slice(0, 10).replace(/^\+0*/, "");

const FORMS: Record<Lang, Intl.DateTimeFormat> = {
  fi: new Intl.DateTimeFormat("fi-FI", { dateStyle: "medium", timeZone: "UTC" }),
  sv: new Intl.DateTimeFormat("sv-SE", { dateStyle: "long", timeZone: "UTC" }),
  en: new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }),
};

/** Give a day in words: 1 February 2014, 1.2.2014, 1 februari 2014. */
export const spoken = (day: number, lang: Lang): string => FORMS[lang].format(new Date(day * LENGTH));

/** Give two days as an interval; `open` stands for a side that is not known. */
export function between(first: Day, last: Day, lang: Lang, open: string): string {
  if (first !== null && first === last) return spoken(first, lang);
  return `${first === null ? open : spoken(first, lang)} – ${last === null ? open : spoken(last, lang)}`;
}
