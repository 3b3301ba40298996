export default function CheckConnectivity(source, destination) {
  function nodeOf(tid) {
    const found = client.G.V().Has('TID', tid).result();
    if (found.length === 0) throw new Error(`there is no node with TID '${tid}'`);
    return found[0].Metadata;
  }

  // A port of a virtual machine is spoken for by Neutron: the host has no address on it.
  function addressOf(node, family) {
    const list = node.Neutron?.[family] || node[family] || [];
    return list.length > 0 ? String(list[0]).split('/')[0] : undefined;
  }

  // Looks again until it is there, instead of waiting for as long as it might take.
  function until(ms, look) {
    const end = Date.now() + ms;
    for (;;) {
      const found = look();
      if (found || Date.now() > end) return found;
      sleep(100);
    }
  }

  function hasPassed(flows) {
    return flows.some((flow) => flow.Metric && flow.Metric.ABPackets > 0 && flow.Metric.BAPackets > 0);
  }

  const from = nodeOf(source);
  const to = nodeOf(destination);
  const family = addressOf(from, 'IPV4') && addressOf(to, 'IPV4') ? 'IPV4' : 'IPV6';
  let injection = new PacketInjection();
  injection.Src = String(client.G.V().Has('TID', source));
  injection.Dst = String(client.G.V().Has('TID', destination));
  injection.Type = family === 'IPV4' ? 'icmp4' : 'icmp6';
  injection.ICMPID = 1 + Math.floor(Math.random() * 65534);
  injection.Count = 5;
  injection.Interval = 100;
  injection.SrcIP = addressOf(from, family);
  injection.DstIP = addressOf(to, family);
  if (from.ExtID?.['attached-mac']) injection.SrcMAC = from.ExtID['attached-mac'];
  if (to.ExtID?.['attached-mac']) injection.DstMAC = to.ExtID['attached-mac'];

  // Along the links, where these lead there; else over whatever ties the two, such as a namespace that routes.
  const linked = client.G.V()
    .Has('TID', source)
    .ShortestPathTo(Metadata('TID', destination), Metadata('RelationType', 'layer2'));
  const tied = client.G.V().Has('TID', source).ShortestPathTo(Metadata('TID', destination));
  let capture = new Capture();
  capture.GremlinQuery = String(linked.result().length > 0 ? linked : tied);
  capture.BPFFilter = family === 'IPV4' ? 'icmp' : 'icmp6';
  capture = client.captures.create(capture);
  try {
    until(5000, () => client.captures.get(capture.UUID).Count > 0);
    injection = client.packetInjections.create(injection);
    let flows = [];
    // Over when answers were waited for; what came with the last of them is looked at once more.
    let sent = injection;
    until(30000, () => {
      const isOver = ['completed', 'failed', 'stopped'].includes(sent.State);
      flows = client.G.Flows().Has('CaptureID', capture.UUID, 'ICMP.ID', injection.ICMPID).result();
      if (isOver || hasPassed(flows)) return true;
      sent = client.packetInjections.get(injection.UUID);
      return false;
    });
    if (sent.Error) console.log(`not all was sent: ${sent.Error}`);
    if (flows.length === 0) console.log('nothing of what was sent was seen between the two');
    return { Connectivity: hasPassed(flows), State: hasPassed(flows), Flows: flows };
  } finally {
    client.captures.delete(capture.UUID);
    if (injection.UUID) client.packetInjections.delete(injection.UUID);
  }
}
