/** The commands, in the order in which help lists them. Each is loaded when it is called. */
import type { ListedCommand } from './command.ts';

export const commands: readonly ListedCommand[] = [
  { name: 'query', doc: 'ask in Gremlin', load: () => import('./commands/query.ts') },
  { name: 'status', doc: 'what the server does, and what it cannot', load: () => import('./commands/status.ts') },
  { name: 'version', doc: 'version of skein and of the server', load: () => import('./commands/version.ts') },
];
