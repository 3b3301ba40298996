/** `skein agent`: watches this host, and tells analyzers what it sees. */
import type { Command } from 'commander';
import { examples, type Session } from '../command.ts';
import { defineRun } from '../run-options.ts';

export function define(command: Command, session: Session): void {
  defineRun(command, session, { role: 'agent', without: ['analyzer', 'archive', 'listen'] });
  examples(command, [
    'skein agent --analyzer wss://skein.example.org:8082 --agent-ca /etc/skein/tls/ca.crt',
    'skein agent --analyzer wss://one:8082,wss://two:8082',
    'SKEIN_AGENT_TOKEN_FILE=/etc/skein/agent-token skein agent --config /etc/skein.yaml',
    'skein agent --analyzer ws://127.0.0.1:8082 --agent-spool-max-size 2GiB',
  ]);
}
