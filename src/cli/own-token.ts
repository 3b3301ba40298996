/** The token that `skein up` made on this machine, for a server on this machine and for no other. */
import { readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { thisMachine } from '../config/here.ts';
import { optionByPath } from '../config/list.ts';

export function ownToken(url: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  // Whoever gets a stranger to ask his server would otherwise be told the secret of ours.
  if (!isThisMachine(new URL(url).hostname)) return undefined;
  try {
    return readFileSync(env.SKEIN_TOKEN_FILE || join(dataFolder(env), 'token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Where `skein up` keeps its things unless it is told otherwise. */
function dataFolder(env: Readonly<Record<string, string | undefined>>): string {
  const declared = optionByPath.get('data')?.default;
  const usual = typeof declared === 'function' ? declared(thisMachine(env)) : declared;
  return env.SKEIN_DATA || String(usual);
}

function isThisMachine(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '').toLowerCase();
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return plain === hostname().toLowerCase() || addresses.some(({ address }) => address.toLowerCase() === plain);
}
