/** Alerts of a real Skein: who is told, by webhook, script, file and WebSocket; also after it was killed. */

import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { AlertMessage } from '../../src/contract/alert.ts';
import { eventually } from '../eventually.ts';
import { inFolder, type Running, skeinUp } from './running.ts';

/** Whoever is told: what came, and what it answers. */
class Receiver implements AsyncDisposable {
  readonly got: { readonly key: string | undefined; readonly message: AlertMessage }[] = [];
  status: number | 'hang' = 200;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
    this.#server.listen(0, '127.0.0.1');
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/hook/secret`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const piece of request.setEncoding('utf8')) text += piece;
    if (this.status === 'hang') return;
    if (this.status === 200)
      this.got.push({
        key: request.headers['idempotency-key'] as string | undefined,
        message: JSON.parse(text) as AlertMessage,
      });
    response.writeHead(this.status).end();
  }
}

const flags = ['--probes-enabled', 'host'];

async function made(running: Running, alert: object): Promise<string> {
  const response = await running.post('/api/alert', alert);
  const text = await response.text();
  if (response.status !== 201) throw new Error(text);
  return (JSON.parse(text) as { UUID: string }).UUID;
}

const addNode = async (running: Running, Name: string, Type = 'lamp') =>
  (await (await running.post('/api/node', { Metadata: { Name, Type } })).json()) as { ID: string };
const removeNode = (running: Running, id: string) => fetch(`${running.url}/api/node/${id}`, { method: 'DELETE' });

test('who is named is told when it is so, when it is another, and when it is over; also over a kill', async () => {
  await using receiver = new Receiver();
  await inFolder(async (data) => {
    const scripts = join(data, 'scripts');
    mkdirSync(scripts);
    writeFileSync(
      join(scripts, 'note'),
      `#!/bin/sh\ncat >>${join(data, 'noted')}\necho "$SKEIN_ALERT_STATE" >>${join(data, 'states')}\n`,
    );
    chmodSync(join(scripts, 'note'), 0o755);
    let running = await skeinUp(data, ...flags, '--alert-scripts', scripts);
    const heard: { Type: string; Obj: AlertMessage }[] = [];
    const ws = new WebSocket(`${running.url.replace('http', 'ws')}/ws/subscriber`, {
      headers: { 'X-Host-ID': 'test', 'X-Client-Type': 'alerts' },
    });
    ws.on('message', (text) => {
      const message = JSON.parse(String(text));
      if (message.Namespace === 'Alert') heard.push(message);
    });
    await once(ws, 'open');
    const Expression = "G.V().Has('Type', 'lamp')";
    const id = await made(running, { Name: 'lamps', Expression, Action: receiver.url, Severity: 'critical' });
    await made(running, { Expression, Action: 'script://note' });
    await made(running, { Expression, Action: 'log://lamps', Trigger: 'duration:200ms' });
    const lamp = await addNode(running, 'one');
    await eventually(() => expect(receiver.got).toHaveLength(1));
    expect(receiver.got[0]?.message).toMatchObject({
      ...{ UUID: id, Name: 'lamps', Severity: 'critical', State: 'firing', Sequence: 1, Expression },
      ReasonData: [{ Metadata: { Name: 'one', Type: 'lamp' } }],
    });
    expect(receiver.got[0]?.key).toBe(receiver.got[0]?.message.ID);
    await eventually(() => expect(heard.length).toBe(3));
    expect(heard[0]).toMatchObject({ Type: 'Alert', Obj: { ReasonData: [{ Metadata: { Name: 'one' } }] } });
    await eventually(() => expect(readFileSync(join(data, 'states'), 'utf8')).toBe('firing\n'));
    await eventually(() => expect(readFileSync(join(data, 'alerts', 'lamps'), 'utf8').split('\n')).toHaveLength(2));

    const Script = 'Gremlin("G.V().Has(\'Type\', \'torch\')").length > 0 && "a torch"';
    const byScript = await made(running, { Expression: Script });
    const torch = await addNode(running, 'one', 'torch');
    await eventually(() => expect(heard.at(-1)?.Obj).toMatchObject({ UUID: byScript, ReasonData: 'a torch' }));
    await removeNode(running, torch.ID);
    await eventually(() => expect(heard.at(-1)).toMatchObject({ Type: 'AlertResolved', Obj: { UUID: byScript } }));
    await fetch(`${running.url}/api/alert/${byScript}`, { method: 'DELETE' });
    heard.splice(3);

    // What nobody takes waits, and is told by the next run.
    receiver.status = 'hang';
    await removeNode(running, lamp.ID);
    await eventually(() => expect(heard.filter(({ Type }) => Type === 'AlertResolved').length).toBe(3));
    ws.terminate();
    await running.end('SIGKILL');
    receiver.status = 200;
    running = await skeinUp(data, ...flags, '--alert-scripts', scripts);
    await eventually(() => expect(receiver.got).toHaveLength(2));
    expect(receiver.got[1]?.message).toMatchObject({ State: 'resolved', Sequence: 2 });
    expect(receiver.got[1]?.message.Firing).toBe(receiver.got[0]?.message.Firing);
    // Who was told is known when it has answered, and so is what the script did.
    await eventually(async () => {
      const states = (await (await fetch(`${running.url}/api/alerts`)).json()) as { alerts: object[] };
      expect(states.alerts).toHaveLength(3);
      expect(states.alerts[0]).toMatchObject({ State: 'inactive', Waiting: 0, Alert: { Name: 'lamps' } });
      const told = (await (await fetch(`${running.url}/api/alerts/history`)).json()) as { events: { Told: string }[] };
      expect(told.events.filter(({ Told }) => Told !== 'done' && Told !== 'nobody')).toEqual([]);
    });
    expect(await (await fetch(`${running.url}/metrics`)).text()).toMatch(/skein_alerts\{state="inactive"\} 3/);
    await running.end();
  });
}, 120_000);

test('what cannot be an alert is refused with all that is wrong, and secrets of webhooks are for who made them', async () => {
  await using receiver = new Receiver();
  await inFolder(async (data) => {
    await using running = await skeinUp(data, ...flags);
    const refused = async (alert: object) => {
      const response = await running.post('/api/alert', alert);
      return `${response.status} ${await response.text()}`;
    };
    expect(await refused({})).toMatch(/^400 .*Expression/s);
    expect(await refused({ Expression: 'G.V().Hass("a")', Trigger: 'daily' })).toMatch(
      /^400 (?=.*Trigger)(?=.*Has\b)/s,
    );
    expect(await refused({ Expression: 'G.V()', Action: 'file:///bin/sh' })).toMatch(/^400 .*alert\.scripts/s);
    const UUID = await made(running, { Expression: "G.V().Has('Type', 'lamp')", Action: receiver.url });
    const alert = `${running.url}/api/alert/${UUID}`;
    expect((await fetch(`${alert}/test`, { method: 'POST' })).status).toBe(200);
    expect(receiver.got).toMatchObject([{ message: { Test: true, UUID } }]);
    receiver.status = 503;
    const failed = await fetch(`${alert}/test`, { method: 'POST' });
    expect(`${failed.status} ${(await failed.text()).trim()}`).toBe('502 it was not taken: answered with status 503');
    const patched = await fetch(alert, { method: 'PATCH', body: JSON.stringify({ Severity: 'info', Action: null }) });
    expect(await patched.json()).toMatchObject({ UUID, Severity: 'info', Action: '' });
    expect((await fetch(alert, { method: 'PATCH', body: '{"Severity":"loud"}' })).status).toBe(400);
    expect((await fetch(alert, { method: 'DELETE' })).status).toBe(200);
    expect((await fetch(alert)).status).toBe(404);
    expect(running.said()).not.toContain('secret');
    await running.end();
  });
}, 120_000);
