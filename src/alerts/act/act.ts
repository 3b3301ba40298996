/** Tells whoever an action means. */
import type { AlertMessage } from '../../contract/alert.ts';
import type { Action } from '../action.ts';
import { append } from './log-file.ts';
import { run } from './script.ts';
import { post } from './webhook.ts';

export interface Folders {
  /** Of the scripts that may be run; undefined: none may, and no action means one. */
  readonly scripts: string | undefined;
  /** Of the files that lines are added to. */
  readonly logs: string;
}

export async function act(action: Action, message: AlertMessage, signal: AbortSignal, folders: Folders): Promise<void> {
  switch (action.kind) {
    case 'none':
      return;
    case 'webhook':
      return post(action.url, message, signal);
    case 'script':
      return run({ folder: folders.scripts ?? '', name: action.name }, message, signal);
    case 'log':
      return append({ folder: folders.logs, name: action.name }, message);
  }
}
