/** `GET /metrics`: everything that moves and everything that drops. Read at the scrape, nothing is kept up to date for it. */
import { readdirSync } from 'node:fs';
import { Counter, Gauge, Registry } from 'prom-client';
import type { Status } from '../contract/status.ts';
import type { ChecksCounts } from './checks.ts';
import type { Counts } from './counts.ts';
import type { GremlinDoor } from './gremlin/door.ts';
import { gremlinMetrics } from './gremlin/metrics.ts';
import { fleetMetrics, type MetricsPage, relayMetrics, type Series } from './relay-metrics.ts';

export interface MetricsParts {
  readonly version: string;
  readonly status: () => Status;
  readonly counts: Counts;
  readonly running: () => number;
  /** Tokens and passwords that were wrong, and those that were not looked at because too many were. */
  readonly guesses: { readonly wrong: number; readonly refused: number };
  readonly gremlin?: GremlinDoor | undefined;
  /** Undefined while nobody has asked for any. */
  readonly checks?: ChecksCounts | undefined;
  readonly webSockets: () => { readonly subscribers: number; readonly publishers: number };
}

export async function metricsText(parts: MetricsParts): Promise<string> {
  const page = new Page();
  processMetrics(page);
  const status = parts.status();
  page.gauge('skein_build_info', 'What is running; always 1.', [[{ version: parts.version }, 1]]);
  graphMetrics(page, status);
  probeMetrics(page, status);
  archiveMetrics(page, status);
  flowMetrics(page, status);
  ruleMetrics(page, status);
  injectionMetrics(page, status);
  workflowMetrics(page, status);
  alertMetrics(page, status);
  checkMetrics(page, parts.checks);
  socketMetrics(page, status);
  relayMetrics(page, status);
  fleetMetrics(page, status);
  apiMetrics(page, parts);
  const text = await page.text();
  const gremlin = parts.gremlin === undefined ? '' : `${gremlinMetrics(parts.gremlin)}\n`;
  const times = parts.counts.queryTimes.lines(
    'skein_query_duration_seconds',
    'Time of queries, their output not included.',
  );
  return `${text}\n${times.join('\n')}\n${gremlin}`;
}

class Page implements MetricsPage {
  readonly #registry = new Registry();

  gauge(name: string, help: string, series: Series): void {
    const gauge = new Gauge({ name, help, labelNames: labelsOf(series), registers: [this.#registry] });
    for (const [labels, value] of series) gauge.set(labels, value);
  }

  counter(name: string, help: string, series: Series): void {
    const counter = new Counter({ name, help, labelNames: labelsOf(series), registers: [this.#registry] });
    for (const [labels, value] of series) counter.inc(labels, value);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

function labelsOf(series: Series): string[] {
  return Object.keys(series[0]?.[0] ?? {});
}

function processMetrics(page: Page): void {
  const { user, system } = process.cpuUsage();
  const memory = process.memoryUsage();
  page.counter('process_cpu_seconds_total', 'User and system CPU time.', [[{}, (user + system) / 1e6]]);
  page.gauge('process_resident_memory_bytes', 'Resident memory.', [[{}, memory.rss]]);
  page.gauge('process_start_time_seconds', 'Start of the process, Unix time.', [
    [{}, Date.now() / 1000 - process.uptime()],
  ]);
  page.gauge('process_open_fds', 'Open file descriptors.', [[{}, openFiles()]]);
  page.gauge('nodejs_heap_used_bytes', 'JavaScript heap in use.', [[{}, memory.heapUsed]]);
  page.gauge('nodejs_heap_size_bytes', 'JavaScript heap held.', [[{}, memory.heapTotal]]);
  page.gauge('nodejs_external_memory_bytes', 'Memory of buffers outside of the heap.', [[{}, memory.external]]);
  const { utilization } = performance.eventLoopUtilization();
  page.gauge('nodejs_eventloop_utilization_ratio', 'Share of the time the event loop was busy since the start.', [
    [{}, utilization],
  ]);
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

function graphMetrics(page: Page, { Graph }: Status): void {
  page.gauge('skein_graph_nodes', 'Nodes alive.', [[{}, Graph.Nodes]]);
  page.gauge('skein_graph_edges', 'Edges alive.', [[{}, Graph.Edges]]);
  page.counter('skein_graph_revisions_total', 'Position of the change log.', [[{}, Graph.Revision]]);
}

function probeMetrics(page: Page, { Probes }: Status): void {
  const probes = Object.entries(Probes);
  const of = (value: (probe: Status['Probes'][string]) => number): Series =>
    probes.map(([probe, its]) => [{ probe }, value(its)]);
  page.gauge(
    'skein_probe_up',
    'The probe is running.',
    of((probe) => (probe.Up ? 1 : 0)),
  );
  page.counter(
    'skein_probe_runs_total',
    'Starts of the probe.',
    of((probe) => probe.Runs ?? 0),
  );
  page.counter(
    'skein_probe_errors_total',
    'Runs that ended in an error.',
    of((probe) => probe.Errors ?? 0),
  );
  page.gauge(
    'skein_probe_last_duration_seconds',
    'How long its first full reading took.',
    of((probe) => (probe.LastDurationMs ?? 0) / 1000),
  );
  page.counter(
    'skein_probe_events_total',
    'What the probe counts itself: overruns, resynchronisations…',
    probes.flatMap(([probe, its]) =>
      Object.entries(its.Counters ?? {}).map(([event, value]) => [{ probe, event }, value] as const),
    ),
  );
}

function archiveMetrics(page: Page, { Archive }: Status): void {
  if (!Archive) return;
  const states = { ok: 0, degraded: 1, failed: 2 } as const;
  page.gauge('skein_archive_state', '0 ok, 1 degraded, 2 failed.', [[{ kind: Archive.Kind }, states[Archive.State]]]);
  page.gauge('skein_archive_size_bytes', 'Size on disk.', [[{}, Archive.SizeBytes]]);
  page.gauge('skein_archive_size_limit_bytes', 'Size it is kept under.', [[{}, Archive.SizeBytesMax]]);
  page.gauge('skein_archive_versions', 'Element versions kept.', [[{}, Archive.Versions]]);
  page.gauge('skein_archive_samples', 'Points of series kept.', [[{}, Archive.Samples]]);
  page.gauge('skein_archive_queued', 'Events that wait to be written.', [[{}, Archive.Queued ?? 0]]);
  page.gauge('skein_archive_oldest_queued_seconds', 'For how long the oldest of them has waited.', [
    [{}, (Archive.OldestQueuedMs ?? 0) / 1000],
  ]);
  page.counter('skein_archive_failures_total', 'Batches that could not be written at once.', [
    [{}, Archive.Failures ?? 0],
  ]);
  page.counter('skein_archive_written_total', 'Events written since the start.', [[{}, Archive.Written ?? 0]]);
  page.counter('skein_archive_lost_total', 'Events and samples that could not be kept.', [[{}, Archive.Lost ?? 0]]);
}

function workflowMetrics(page: Page, { Workflows }: Status): void {
  if (!Workflows) return;
  page.gauge('skein_workflows', 'Workflows that exist.', [[{}, Workflows.Workflows]]);
  page.gauge('skein_workflows_running', 'Runs of now.', [[{}, Workflows.Running]]);
  page.counter('skein_workflow_runs_total', 'Runs that were begun.', [[{}, Workflows.Runs]]);
  const failures = Object.entries(Workflows.Failures).map(([why, count]) => [{ why }, count] as const);
  page.counter('skein_workflow_failures_total', 'Runs that came to no result, by why; limits are among it.', failures);
}

function injectionMetrics(page: Page, { Injections }: Status): void {
  if (!Injections) return;
  const { Answers, Bounds, Bytes, Failed, Made, Packets, Refused, Running } = Injections;
  page.gauge('skein_injections_running', 'Injections that run, or wait for their time.', [[{}, Running]]);
  page.counter('skein_injections_total', 'Injections, by what became of them when they were asked for.', [
    [{ outcome: 'made' }, Made],
    [{ outcome: 'refused' }, Refused],
  ]);
  page.counter('skein_injections_failed_total', 'Injections that could not go on.', [[{}, Failed]]);
  page.counter('skein_injected_packets_total', 'Packets sent.', [[{}, Packets]]);
  page.counter('skein_injected_bytes_total', 'Bytes of them.', [[{}, Bytes]]);
  page.counter('skein_injection_answers_total', 'Answers to them that were counted.', [[{}, Answers]]);
  page.counter(
    'skein_injection_bounds_total',
    'Times that a bound of injections was met, by which.',
    Object.entries(Bounds).map(([bound, count]) => [{ bound }, count]),
  );
}

function ruleMetrics(page: Page, { Rules }: Status): void {
  if (!Rules) return;
  const kinds: Series = [
    [{ kind: 'node' }, Rules.NodeRules],
    [{ kind: 'edge' }, Rules.EdgeRules],
  ];
  page.gauge('skein_rules', 'Rules that exist.', kinds);
  page.gauge('skein_rules_troubled', 'Rules that could not do all they say.', [[{}, Rules.Troubled]]);
  page.gauge('skein_user_nodes', 'Nodes that users gave metadata to.', [[{}, Rules.UserNodes]]);
}

function checkMetrics(page: Page, counts: ChecksCounts | undefined): void {
  if (counts === undefined) return;
  page.gauge('skein_check_runs_running', 'Runs of checks of now.', [[{}, counts.running]]);
  page.counter('skein_check_runs_total', 'Runs of checks that were begun.', [[{}, counts.runs]]);
  page.counter('skein_check_runs_refused_total', 'Runs that were too many at a time.', [[{}, counts.refused]]);
  page.counter('skein_check_results_total', 'Results of checks, by what they came to.', [
    [{ status: 'ok' }, counts.ok],
    [{ status: 'failed' }, counts.failed],
    [{ status: 'error' }, counts.errors],
    [{ status: 'skipped' }, counts.skipped],
  ]);
  page.counter('skein_check_packets_total', 'Packets and connections of checks, by whether a bound let them go.', [
    [{ state: 'sent' }, counts.sent],
    [{ state: 'refused' }, counts.unsent],
  ]);
  page.counter('skein_check_waited_seconds_total', 'That packets of checks waited for their rate.', [
    [{}, counts.waitedMs / 1000],
  ]);
}

function alertMetrics(page: Page, { Alerts }: Status): void {
  if (Alerts.All === undefined) return;
  const { Firing = 0, Pending = 0, All } = Alerts;
  page.gauge('skein_alerts', 'Alerts by their state.', [
    [{ state: 'firing' }, Firing],
    [{ state: 'pending' }, Pending],
    [{ state: 'inactive' }, All - Firing - Pending],
  ]);
  page.gauge('skein_alerts_looking', '1: this server looks and tells; 0: another does, or none.', [
    [{}, Alerts.IsMaster ? 1 : 0],
  ]);
  page.gauge('skein_alerts_held', '1: nobody is told for now, or how alerts stand is not known here.', [
    [{}, Alerts.Held === undefined ? 0 : 1],
  ]);
  page.gauge('skein_alerts_failing', 'Alerts whose condition cannot be looked at.', [[{}, Alerts.Failing ?? 0]]);
  page.counter('skein_alert_looks_total', 'Conditions looked at.', [[{}, Alerts.Looks ?? 0]]);
  page.counter('skein_alert_looks_failed_total', 'Conditions that could not be looked at.', [
    [{}, Alerts.FailedLooks ?? 0],
  ]);
  page.counter('skein_alert_looks_late_total', 'Conditions looked at late: they take more than their share.', [
    [{}, Alerts.LateLooks ?? 0],
  ]);
  page.counter('skein_alerts_fired_total', 'Times that an alert began to fire.', [[{}, Alerts.Fired ?? 0]]);
  page.gauge('skein_alert_messages_waiting', 'Messages that nobody has taken yet.', [[{}, Alerts.Waiting ?? 0]]);
  page.counter('skein_alert_messages_total', 'Messages by what came of them.', [
    [{ outcome: 'told' }, Alerts.Told ?? 0],
    [{ outcome: 'failed' }, Alerts.NotTold ?? 0],
    [{ outcome: 'retried' }, Alerts.Retried ?? 0],
    [{ outcome: 'dropped' }, Alerts.Dropped ?? 0],
    [{ outcome: 'unheard' }, Alerts.Unheard ?? 0],
  ]);
}

function flowMetrics(page: Page, { Captures, Flows }: Status): void {
  if (!Flows) return;
  page.gauge('skein_captures', 'Captures that exist.', [[{}, Captures.All ?? 0]]);
  page.gauge(
    'skein_capture_nodes',
    'Nodes that are captured, by mechanism.',
    (Captures.Mechanisms ?? []).map(({ Type, Nodes }) => [{ type: Type }, Nodes]),
  );
  page.gauge('skein_capture_failed_nodes', 'Nodes on which a capture cannot run.', [[{}, Captures.Failed ?? 0]]);
  page.counter('skein_capture_packets_total', 'Packets that captures received.', [[{}, Flows.Packets]]);
  page.counter('skein_capture_dropped_total', 'Packets that captures dropped.', [[{}, Flows.Dropped]]);
  page.gauge('skein_flows', 'Flows in the live table.', [[{}, Flows.Live]]);
  page.gauge('skein_flows_limit', 'Flows that the live table holds at most.', [[{}, Flows.LiveMax]]);
  page.gauge('skein_flow_waiting_bytes', 'Observations on their way into the table.', [[{}, Flows.WaitingBytes]]);
  const losses = (value: 'Packets' | 'Bytes' | 'Flows'): Series =>
    Flows.Losses.map((loss) => [
      {
        host: loss.Host,
        interface: loss.Name ?? '',
        node: loss.Node,
        capture: loss.Capture,
        stage: loss.Stage,
        reason: loss.Reason,
      },
      loss[value],
    ]);
  page.counter('skein_lost_packets_total', 'Packets that could not be taken, by stage.', losses('Packets'));
  page.counter('skein_lost_bytes_total', 'Bytes that could not be taken, by stage.', losses('Bytes'));
  page.counter('skein_lost_flows_total', 'Flows that lack packets or are missing, by stage.', losses('Flows'));
  const { Archive } = Flows;
  if (!Archive) return;
  page.gauge('skein_flow_archive_flows', 'Flows kept.', [[{}, Archive.Flows]]);
  page.gauge('skein_flow_archive_points', 'Points of flows kept.', [[{}, Archive.Points]]);
  page.gauge('skein_flow_archive_size_bytes', 'Size on disk.', [[{}, Archive.SizeBytes]]);
  page.gauge('skein_flow_archive_queued', 'Updates that wait to be written.', [[{}, Archive.Queued]]);
  page.counter('skein_flow_archive_written_total', 'Updates written since the start.', [[{}, Archive.Written]]);
  page.counter('skein_flow_archive_failures_total', 'Batches that could not be written at once.', [
    [{}, Archive.Failures],
  ]);
  page.counter('skein_flow_archive_lost_total', 'Updates that could not be kept.', [[{}, Archive.Lost]]);
}

function socketMetrics(page: Page, { Sockets }: Status): void {
  if (!Sockets) return;
  page.gauge('skein_sockets', 'Sockets that are open.', [[{}, Sockets.Open]]);
  page.gauge('skein_sockets_remembered', 'Closed sockets that are remembered in memory.', [[{}, Sockets.Closed]]);
  page.counter('skein_sockets_opened_total', 'Sockets that were seen.', [[{}, Sockets.Opened]]);
  page.counter('skein_sockets_refused_total', 'Sockets that found no room.', [[{}, Sockets.Refused]]);
  page.counter('skein_sockets_forgotten_total', 'Closed sockets forgotten early for lack of room.', [
    [{}, Sockets.Forgotten],
  ]);
  page.gauge('skein_translations', 'Conversations whose addresses are translated.', [[{}, Sockets.Translations]]);
  page.counter('skein_translations_refused_total', 'Translations that found no room.', [
    [{}, Sockets.TranslationsRefused],
  ]);
  const { Archive } = Sockets;
  if (!Archive) return;
  page.gauge('skein_socket_archive_sockets', 'Sockets kept.', [[{}, Archive.Sockets]]);
  page.gauge('skein_socket_archive_size_bytes', 'Size on disk.', [[{}, Archive.SizeBytes]]);
  page.gauge('skein_socket_archive_queued', 'Sockets that wait to be written.', [[{}, Archive.Queued]]);
  page.counter('skein_socket_archive_written_total', 'Sockets written since the start.', [[{}, Archive.Written]]);
  page.counter('skein_socket_archive_failures_total', 'Batches that could not be written at once.', [
    [{}, Archive.Failures],
  ]);
  page.counter('skein_socket_archive_lost_total', 'Sockets that could not be kept.', [[{}, Archive.Lost]]);
}

function apiMetrics(page: Page, { counts, running, webSockets, guesses }: MetricsParts): void {
  const labelled = <K extends string>(map: ReadonlyMap<K, number>, label: string): Series =>
    [...map].map(([key, value]) => [{ [label]: key }, value]);
  page.counter('skein_queries_total', 'Queries by outcome.', labelled(counts.queries, 'outcome'));
  page.gauge('skein_queries_running', 'Queries that run now.', [[{}, running()]]);
  page.counter(
    'skein_http_requests_total',
    'Requests by route and status.',
    [...counts.requests].map(([key, value]) => {
      const [method = '', route = '', status = ''] = key.split(' ');
      return [{ method, route, status }, value];
    }),
  );
  page.counter('skein_wrong_credentials_total', 'Wrong tokens and passwords.', [
    [{ outcome: 'wrong' }, guesses.wrong],
    [{ outcome: 'slowed' }, guesses.refused],
  ]);
  page.counter('skein_http_refused_total', 'Requests refused at the door.', labelled(counts.refusals, 'reason'));
  const { subscribers, publishers } = webSockets();
  page.gauge('skein_websocket_clients', 'Open WebSockets.', [
    [{ role: 'subscriber' }, subscribers],
    [{ role: 'publisher' }, publishers],
  ]);
  page.counter('skein_websocket_ended_total', 'Closed WebSockets by reason.', labelled(counts.webSocketEnds, 'reason'));
  page.counter('skein_websocket_messages_sent_total', 'Messages sent.', [[{}, counts.messagesSent]]);
  page.counter('skein_websocket_messages_received_total', 'Messages received.', [[{}, counts.messagesReceived]]);
  page.counter('skein_websocket_messages_refused_total', 'Messages that were wrong.', [[{}, counts.messagesRefused]]);
  page.counter('skein_websocket_flows_dropped_total', 'Flows that WebSocket clients did not take in time.', [
    [{}, counts.flowsNotSent],
  ]);
  page.counter('skein_publisher_pauses_total', 'Times a publisher had to wait for us.', [[{}, counts.publisherPauses]]);
}

/** prom-client can only observe, at a microsecond each; these were counted on the way. */
