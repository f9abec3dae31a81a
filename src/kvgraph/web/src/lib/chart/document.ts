/** A chart as a document of its own: it holds its title, what was asked and how much is known. */

const SVG = "http://www.w3.org/2000/svg";

/** Give a picture as an SVG document on white. */
export function documentOf(picture: SVGSVGElement, lang: string): string {
  const copy = picture.cloneNode(true) as SVGSVGElement;
  for (const name of ["class", "tabindex", "data-picture", "data-plain"]) copy.removeAttribute(name);
  for (const element of copy.querySelectorAll("[class]")) element.removeAttribute("class");
  copy.setAttribute("xmlns", SVG);
  copy.setAttribute("xml:lang", lang);
  const paper = picture.ownerDocument.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: "#ffffff" })) paper.setAttribute(name, value);
  copy.querySelector("desc")?.after(paper);
  // Svelte leaves comments where it puts things in.
  const walker = picture.ownerDocument.createTreeWalker(copy, NodeFilter.SHOW_COMMENT);
  const comments: Node[] = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.parentNode?.removeChild(comment);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}
