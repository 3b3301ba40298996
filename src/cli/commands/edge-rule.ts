/** `skein edge-rule`: `skein rule edge` as Skydive calls it. */
import type { Command } from 'commander';
import type { Session } from '../command.ts';
import { defineRules } from '../rule-commands.ts';

export function define(command: Command, session: Session): void {
  defineRules(command, session, 'edge');
}
