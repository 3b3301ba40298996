/** `skein up`: agent, analyzer and archive in one process. Its flags are the options of the configuration. */
import type { Command } from 'commander';
import { examples, type Session } from '../command.ts';
import { defineRun } from '../run-options.ts';

export function define(command: Command, session: Session): void {
  defineRun(command, session, { role: 'up', without: ['agent', 'analyzer'] });
  examples(command, [
    'skein up',
    'skein up --listen 0.0.0.0:8082 --archive-max-age 30d',
    'skein up --config /etc/skein.yaml --data /srv/skein',
    'SKEIN_LOG_LEVEL=debug skein up --archive-kind none',
  ]);
}
