/** Orders that a flow store keeps as we do. */

/** Fields that every flow has: where one is missing, a store need not agree on where it goes. */
const always: ReadonlySet<string> = new Set([
  'UUID',
  'TrackingID',
  'L3TrackingID',
  'LayersPath',
  'Application',
  'Start',
  'Last',
  'NodeTID',
  'CaptureID',
  'RawPacketsCaptured',
  'Metric.ABPackets',
  'Metric.ABBytes',
  'Metric.BAPackets',
  'Metric.BABytes',
  'Metric.Start',
  'Metric.Last',
]);

export function isSortable(field: string): boolean {
  return always.has(field);
}
