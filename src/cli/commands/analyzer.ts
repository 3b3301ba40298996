/** `skein analyzer`: keeps what agents tell, and answers questions about all of them. */
import type { Command } from 'commander';
import { examples, type Session } from '../command.ts';
import { defineRun } from '../run-options.ts';

export function define(command: Command, session: Session): void {
  defineRun(command, session, { role: 'analyzer', without: ['agent', 'capture'] });
  examples(command, [
    'skein analyzer',
    'skein analyzer --listen 0.0.0.0:8082 --archive elasticsearch://es1:9200',
    'skein analyzer --archive elasticsearch+https://es1:9200 --archive-elasticsearch-ca /etc/skein/es-ca.crt',
    'skein analyzer --config /etc/skein.yaml --analyzer-grace 10m',
  ]);
}
