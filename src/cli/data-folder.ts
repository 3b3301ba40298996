/** Where `skein up` keeps its things on this machine: the folder that was named, or the usual one. */
import { thisMachine } from '../config/here.ts';
import { optionByPath } from '../config/list.ts';

export function dataFolder(env: Readonly<Record<string, string | undefined>>, named?: string): string {
  const declared = optionByPath.get('data')?.default;
  const usual = typeof declared === 'function' ? declared(thisMachine(env)) : declared;
  return named || env.SKEIN_DATA || String(usual);
}
