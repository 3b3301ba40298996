/** What the API needs of whoever makes bundles. */
import type { BundleManifest, BundleRequest } from '../contract/bundle.ts';

export interface ApiBundles {
  /** Rejects with a Mistake for a span of which nothing is kept, or when too many are being made. */
  make(asked: BundleAsking, signal: AbortSignal): Promise<MadeBundle>;
}

export interface BundleAsking extends Pick<BundleRequest, 'from' | 'to' | 'query' | 'maxBytes'> {
  readonly withPackets: boolean;
  /** Sentences about what is left out. */
  readonly missing: readonly string[];
  /** Who asks. */
  readonly by: string;
  /** What this server says of itself. */
  readonly status: () => unknown;
}

/** Disposed of, what it was made of is gone. */
export interface MadeBundle extends Disposable {
  readonly manifest: BundleManifest;
  /** To be read once. */
  pieces(): AsyncIterable<Uint8Array>;
}
