/**
 * The editor of YASGUI, without what it would do by itself: it keeps nothing, reads nothing from
 * the address, sends nothing, and asks no other site what could be completed.
 */
import { unitsBefore } from "../asked/refusal.ts";
import type { Completion } from "./completing.ts";

export interface Editor {
  value: () => string;
  /** Put in another text; one step back brings the old one. */
  set: (text: string) => void;
  /** Add a line at the top. */
  above: (line: string) => void;
  /** Mark a place, by line and letter from 1, and go there. */
  mark: (line: number, column: number) => void;
  unmark: () => void;
  focus: () => void;
  label: (text: string) => void;
  destroy: () => void;
}

export interface Wanted {
  value: string;
  label: string;
  /** What the list of completions is called. */
  listLabel: () => string;
  complete: (text: string, at: number) => { from: number; list: Completion[] };
  kindName: (kind: string) => string;
  onrun: () => void;
  onchange: (text: string) => void;
  onleave: (text: string) => void;
}

/* The editor brings no types of CodeMirror: what is used of it. */
interface Position { line: number; ch: number }
interface Doc {
  getCursor: () => Position;
  setCursor: (at: Position) => void;
  indexFromPos: (at: Position) => number;
  posFromIndex: (at: number) => Position;
  getLine: (line: number) => string | undefined;
  lineCount: () => number;
  replaceRange: (text: string, from: Position, to?: Position, origin?: string) => void;
  markText: (from: Position, to: Position, options: { className: string }) => { clear: () => void };
  somethingSelected: () => boolean;
}
interface Code {
  getValue: () => string;
  setValue: (text: string) => void;
  getDoc: () => Doc;
  getInputField: () => HTMLElement;
  focus: () => void;
  destroy: () => void;
  operation: (work: () => void) => void;
  addLineClass: (line: number, where: string, name: string) => unknown;
  removeLineClass: (line: unknown, where: string, name: string) => void;
  scrollIntoView: (at: Position, margin: number) => void;
  showHint: (options: unknown) => void;
  showNotification: (key: string, message: string) => void;
  on: (event: string, handler: (...given: never[]) => void) => void;
  rootEl: HTMLElement;
  state: { completionActive?: object | null };
}

/** Draw the editor into an element. It is fetched when it is first needed. */
export async function editor(parent: HTMLElement, wanted: Wanted): Promise<Editor> {
  const [{ Yasqe }] = await Promise.all([import("@zazuko/yasqe"), import("@zazuko/yasqe/build/yasqe.min.css")]);
  // These would ask other sites.
  for (const name of Object.keys(Yasqe.Autocompleters)) delete Yasqe.Autocompleters[name];
  Yasqe.defaults.autocompleters.length = 0;
  let gone = false;
  const code = new (Yasqe as unknown as new (parent: HTMLElement, options: object) => Code)(parent, {
    value: wanted.value,
    screenReaderLabel: wanted.label,
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    createShortLink: null,
    prefixCcApi: null,
    showQueryButton: false,
    resizeable: false,
    autocompleters: [],
    // As high as the query: nothing in it has to be scrolled.
    editorHeight: "auto",
    viewportMargin: Infinity,
    // Runs nowhere by itself, whatever is called.
    queryingDisabled: "-",
    requestConfig: { endpoint: "" },
    extraKeys: {
      // Tab leaves the editor, as it leaves every other field.
      Tab: false, "Shift-Tab": false, Esc: false, "Ctrl-S": false,
      "Ctrl-Enter": () => wanted.onrun(), "Cmd-Enter": () => wanted.onrun(), "Ctrl-Space": () => complete(), "Cmd-Space": () => complete(),
    },
  });
  const doc = code.getDoc();
  code.showNotification = () => undefined;
  // Its own explanation of a mistake is in English and styled in place, which the page does not
  // allow; the server's is shown instead.
  code.rootEl.addEventListener("mouseover", (event) => { if ((event.target as Element).closest(".parseErrorIcon")) event.stopPropagation(); }, true);

  function complete(): void {
    if (gone || doc.somethingSelected()) return;
    code.showHint({
      completeSingle: false,
      closeCharacters: /[\s>"{}()]/,
      container: code.rootEl,
      hint: () => {
        const at = doc.indexFromPos(doc.getCursor());
        const found = wanted.complete(code.getValue(), at);
        return {
          from: doc.posFromIndex(found.from),
          to: doc.posFromIndex(at),
          list: found.list.map((one) => ({
            text: one.text,
            render: (element: HTMLElement) => {
              element.parentElement?.setAttribute("aria-label", wanted.listLabel());
              element.parentElement?.removeAttribute("aria-expanded");
              element.parentElement?.setAttribute("tabindex", "0");
              element.textContent = one.text;
              if (one.comment) element.title = one.comment;
              if (!one.label && one.kind !== "prefix") return;
              const note = document.createElement("span");
              note.className = "hint-note";
              note.textContent = [one.label, wanted.kindName(one.kind)].filter(Boolean).join(" · ");
              element.append(" ", note);
            },
            hint: (_: unknown, data: { from: Position; to: Position }) => code.operation(() => {
              doc.replaceRange(one.text, data.from, data.to, "complete");
              if (one.prefix) doc.replaceRange(`${one.prefix}\n`, { line: 0, ch: 0 });
            }),
          })),
        };
      },
    });
  }

  code.on("inputRead", ((_: unknown, change: { text: string[]; origin?: string }) => {
    if (code.state.completionActive || change.origin === "paste") return;
    // The line must have been drawn before a list can be hung beneath it.
    if (/[\p{L}\p{N}:?$_-]$/u.test(change.text.at(-1) ?? "")) setTimeout(complete);
  }) as (...given: never[]) => void);
  code.on("change", (() => {
    unmark();
    wanted.onchange(code.getValue());
  }) as (...given: never[]) => void);
  code.on("blur", (() => wanted.onleave(code.getValue())) as (...given: never[]) => void);

  let marked: { clear: () => void } | null = null;
  let line: unknown = null;
  function unmark(): void {
    marked?.clear();
    if (line !== null) code.removeLineClass(line, "background", "kv-wrong-line");
    marked = line = null;
  }
  return {
    value: () => code.getValue(),
    set(text) {
      if (text !== code.getValue()) code.setValue(text);
    },
    above: (text) => doc.replaceRange(`${text}\n`, { line: 0, ch: 0 }),
    mark(number, column) {
      unmark();
      const at = Math.min(Math.max(0, number - 1), doc.lineCount() - 1);
      const text = doc.getLine(at) ?? "";
      const from = Math.min(unitsBefore(text, column), Math.max(0, text.length - 1));
      const length = Math.max(1, /^[\w:?$.-]+/.exec(text.slice(from))?.[0].length ?? 1);
      line = code.addLineClass(at, "background", "kv-wrong-line");
      marked = doc.markText({ line: at, ch: from }, { line: at, ch: from + length }, { className: "kv-wrong" });
      doc.setCursor({ line: at, ch: from });
      code.scrollIntoView({ line: at, ch: from }, 60);
    },
    unmark,
    focus: () => code.focus(),
    label: (text) => code.getInputField().setAttribute("aria-label", text),
    destroy() {
      gone = true;
      code.destroy();
      parent.replaceChildren();
    },
  };
}
