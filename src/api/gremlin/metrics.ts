/** What a Gremlin server counts, as Prometheus reads it (text format 0.0.4). */

import type { GremlinDoor } from './door.ts';

export function gremlinMetrics({ counts, sizes }: GremlinDoor): string {
  const lines: string[] = [];
  const family = (name: string, type: 'counter' | 'gauge', help: string) =>
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
  family('skein_gremlin_connections', 'gauge', 'WebSockets that are open.');
  lines.push(`skein_gremlin_connections ${sizes.connections}`);
  family('skein_gremlin_connections_refused_total', 'counter', 'WebSockets refused because too many were open.');
  lines.push(`skein_gremlin_connections_refused_total ${counts.connectionsRefused}`);
  family('skein_gremlin_wrong_passwords_total', 'counter', 'Wrong names and passwords, and wrong tokens.');
  lines.push(`skein_gremlin_wrong_passwords_total ${counts.passwordsWrong}`);
  family('skein_gremlin_guesses_refused_total', 'counter', 'Logins refused because too many passwords were wrong.');
  lines.push(`skein_gremlin_guesses_refused_total ${counts.guessesRefused}`);
  family('skein_gremlin_running', 'gauge', 'Traversals that run.');
  lines.push(`skein_gremlin_running ${sizes.running}`);
  family('skein_gremlin_waiting', 'gauge', 'Traversals that wait for others to end.');
  lines.push(`skein_gremlin_waiting ${sizes.waiting}`);
  family('skein_gremlin_refused_total', 'counter', 'Traversals refused because too many waited.');
  lines.push(`skein_gremlin_refused_total ${sizes.refused}`);
  family('skein_gremlin_answers_total', 'counter', 'Requests answered, by status code.');
  for (const [code, count] of counts.answers) lines.push(`skein_gremlin_answers_total{code="${code}"} ${count}`);
  lines.push(...counts.times.lines('skein_gremlin_seconds', 'Time from a request to its last answer.'));
  return lines.join('\n');
}
