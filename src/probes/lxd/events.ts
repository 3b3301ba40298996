/** Events of LXD (/1.0/events, lifecycle) as what they say of instances. */
import { at, textAt } from '../containers/reading.ts';
import type { InstanceRef } from './describe.ts';

export interface InstanceEvent {
  readonly touched: readonly InstanceRef[];
  /** It concerns more than can be told from it: profiles, projects. */
  readonly isAboutAll: boolean;
}

/** Undefined for what is of no concern here, or no event. */
export function readEvent(message: string): InstanceEvent | undefined {
  let said: unknown;
  try {
    said = JSON.parse(message);
  } catch {
    return undefined;
  }
  const action = textAt(said, 'metadata', 'action') ?? '';
  if (/^(?:profile|project)-/.test(action)) return { touched: [], isAboutAll: true };
  if (!/^(?:instance|container|virtual-machine)-/.test(action) || OF_NO_CONCERN.test(action)) return undefined;
  const source = textAt(said, 'metadata', 'source') ?? '';
  const [, path] = /^\/1\.0\/(?:instances|containers|virtual-machines)\/([^/?]+)/.exec(source) ?? [];
  const name = path === undefined ? undefined : unescaped(path);
  if (name === undefined) return { touched: [], isAboutAll: true };
  const project = textAt(said, 'project') ?? /[?&]project=([^&]+)/.exec(source)?.[1] ?? 'default';
  const before = textAt(at(said, 'metadata', 'context'), 'old_name');
  const names = before === undefined ? [name] : [before, name];
  return { touched: names.map((one) => ({ project, name: one })), isAboutAll: false };
}

/** They change nothing that is shown. */
const OF_NO_CONCERN = /-(?:snapshot|backup|log|metadata|file|exec|console)/;

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
