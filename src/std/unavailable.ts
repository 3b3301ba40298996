/** The world refuses: no capability, kernel too old, peer gone. Logged once, counted, retried, never fatal. */
export class Unavailable extends Error {
  readonly what: string;
  /** What would do: `CAP_NET_ADMIN`, `Linux ≥ 6.6`, `read access to /run/docker.sock`. */
  readonly needs: string;

  constructor(what: string, needs: string, options?: { cause?: unknown }) {
    super(`${what}: needs ${needs}`, options);
    this.name = 'Unavailable';
    this.what = what;
    this.needs = needs;
  }
}
