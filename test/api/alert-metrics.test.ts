import { ask, testServer } from './server.ts';

test.each([
  ['looks and tells', { IsMaster: true }, [1, 0]],
  ['looks, and nobody is told', { IsMaster: true, Held: 'what is found waits' }, [1, 1]],
  ['does not look, and does not know who does', { IsMaster: false, Held: 'nobody looks here' }, [0, 1]],
])('a server that %s counts so', async (_, said, [looking, held]) => {
  await using server = await testServer({ status: { Alerts: { All: 1, Unheard: 3, ...said } } });
  const { text } = await ask(server, '/metrics');
  expect(text).toContain(`skein_alerts_looking ${looking}\n`);
  expect(text).toContain(`skein_alerts_held ${held}\n`);
  expect(text).toContain('skein_alert_messages_total{outcome="unheard"} 3\n');
});
