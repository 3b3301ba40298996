/** What `skein open` asks the process to do: it may not know bundles itself. */
export interface OpenTask {
  readonly file: string;
  /** Where to answer; loopback alone. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Of one command that is asked of it and ends; empty: it answers until a signal ends it. */
  readonly words: readonly string[];
}
