/** The files in a bundle: these names and no others. */

export const MANIFEST = 'manifest.json';

/** Behind the manifest; those that end in `.db` are an embedded archive, ready to be opened. */
export const members = [
  'status.json',
  'checks.json',
  'packets.pcapng',
  'archive/skein.db',
  'archive/flows.db',
  'archive/sockets.db',
] as const;

export type Member = (typeof members)[number];

/** Without it nothing can be answered; those of flows and sockets are made when there is something to keep. */
export const needed: readonly Member[] = ['archive/skein.db'];

export function isMember(name: string): name is Member {
  return (members as readonly string[]).includes(name);
}

/** What a manifest may have. */
export const MANIFEST_BYTES_MAX = 8 * 2 ** 20;
