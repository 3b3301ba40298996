/** What an analyzer knows of an agent over its own restart. */

export interface RememberedAgent {
  readonly agent: string;
  readonly host: string;
  readonly software: string;
  readonly address: string;
  readonly role: 'home' | 'mirror';
  readonly spool: string;
  /** Batches up to this one are kept for sure; more may be: what comes again changes nothing. */
  readonly kept: number;
  /** Everything is known until this moment, by the agent's clock, epoch ms. */
  readonly lastTime: number;
}

/** A file, or documents that several analyzers share. */
export interface AgentMemory {
  /** At the start. Rejects when it cannot be read: the analyzer then knows nobody, and says so. */
  load(): Promise<readonly RememberedAgent[]>;
  /**
   * From time to time, with those that changed since; resolves when it is kept. Replaces what was known of each; where
   * several share this memory, what a home knew is not replaced by what one knows that mirrors it.
   */
  keep(agents: readonly RememberedAgent[]): Promise<void>;
  /** The newest that any analyzer kept of it as its home; only where several share this memory. */
  find?(agent: string): Promise<RememberedAgent | undefined>;
  /** Gone for good. */
  forget(agent: string): Promise<void>;
}

/** Nothing is known over a restart: for tests, and where the archive is in memory too. */
export const noMemory: AgentMemory = {
  load: () => Promise.resolve([]),
  keep: () => Promise.resolve(),
  forget: () => Promise.resolve(),
};
