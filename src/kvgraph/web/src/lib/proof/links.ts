/** Give an address that a page may lead to: http and https alone, else nothing. */
export function outward(url: string): string | null {
  try {
    const found = new URL(url);
    return found.protocol === "http:" || found.protocol === "https:" ? found.href : null;
  } catch {
    return null;
  }
}
