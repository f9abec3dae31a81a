/** One question at a time, which can be called off: what is under way, its answer or its refusal. */
import { Refused } from "../asking.ts";

export class Running<T> {
  busy = $state(false);
  answer = $state.raw<T | null>(null);
  refused = $state.raw<Refused | null>(null);
  #controller: AbortController | null = null;

  /** Ask; what was under way is called off. Tells whether there is an answer. */
  async start(ask: (signal: AbortSignal) => Promise<T>): Promise<boolean> {
    this.#controller?.abort();
    const controller = (this.#controller = new AbortController());
    this.busy = true;
    this.refused = null;
    try {
      const answer = await ask(controller.signal);
      if (controller !== this.#controller) return false;
      this.answer = answer;
      return true;
    } catch (error) {
      if (controller !== this.#controller || controller.signal.aborted) return false;
      this.answer = null;
      this.refused = error instanceof Refused ? error : new Refused(0, error instanceof Error ? error.message : String(error), "");
      return false;
    } finally {
      if (controller === this.#controller) this.busy = false;
    }
  }

  /** Call off what is under way. */
  cancel(): void {
    this.#controller?.abort();
    this.#controller = null;
    this.busy = false;
  }

  /** Forget the answer too. */
  clear(): void {
    this.cancel();
    this.answer = null;
    this.refused = null;
  }
}
