/** Letters that do not fall apart into one that is typed and a mark. */
const FOLDED: Record<string, string> = { ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i" };

/** Give a text as it is compared: case and accents do not count. */
export const folded = (text: string): string =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[łøđðþßæœı]/g, (letter) => FOLDED[letter]!);
