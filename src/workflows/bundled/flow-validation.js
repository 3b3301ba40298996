export default function FlowValidation(
  checkpoint1,
  checkpoint2,
  isAll,
  protocol,
  sourceIP,
  destinationIP,
  id,
  seconds,
) {
  protocol = protocol || 'icmp';
  const time = 1000 * (seconds > 0 ? seconds : 5);

  function query() {
    if (!checkpoint2) return client.G.V().Has('TID', checkpoint1);
    if (!isAll) return client.G.V().Has('TID', WITHIN(checkpoint1, checkpoint2));
    const along = Metadata('RelationType', 'layer2');
    return client.G.V().Has('TID', checkpoint1).ShortestPathTo(Metadata('TID', checkpoint2), along);
  }

  function filter() {
    const parts = [protocol];
    if (sourceIP) parts.push(`host ${sourceIP}`);
    if (destinationIP) parts.push(`host ${destinationIP}`);
    if (id) parts.push(protocol === 'icmp' ? `icmp[4:2] = ${id}` : `port ${id}`);
    return parts.join(' and ');
  }

  function captured(capture) {
    return client.G.V().Has('Captures.ID', capture.UUID, 'Type', NE('ovsport')).result();
  }

  // Answers of UDP are not expected; of the others a conversation is seen when both directions are.
  function reached(capture) {
    const flows = client.G.Flows().Has('CaptureID', capture.UUID).result();
    const seen = {};
    for (const flow of flows) if (protocol === 'udp' || flow.Metric.BAPackets > 0) seen[flow.NodeTID] = true;
    return seen;
  }

  let capture = new Capture();
  capture.GremlinQuery = String(query());
  capture.BPFFilter = filter();
  try {
    capture = client.captures.create(capture);
    const end = Date.now() + time;
    let nodes;
    let missing;
    for (;;) {
      const seen = reached(capture);
      nodes = captured(capture);
      missing = nodes.filter((node) => !seen[node.Metadata.TID]);
      if (nodes.length > 0 && missing.length === 0) return { Connectivity: true };
      if (Date.now() > end) break;
      sleep(200);
    }
    if (nodes.length === 0) return { Error: 'No node with capture' };
    return { Connectivity: false, NotReachedNodes: missing };
  } catch (error) {
    return { Error: error.message };
  } finally {
    if (capture.UUID) client.captures.delete(capture.UUID);
  }
}
