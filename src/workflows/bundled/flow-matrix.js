export default function FlowMatrix(useFlows, format, debug) {
  const log = debug ? console.log : () => undefined;
  const entries = {};
  const hosts = {};
  for (const host of client.G.V().Has('Type', 'host').result()) hosts[host.Host || host.Metadata.Name] = host;

  // Of one host: its sockets, in all of its namespaces.
  const sockets = [];
  const nodes = {};
  for (const node of client.G.V().Has('Type', WITHIN('host', 'netns')).result()) nodes[node.ID] = node;
  const found = client.G.V().Has('Type', WITHIN('host', 'netns')).Sockets().result();
  for (const nodeId of Object.keys(found))
    for (const socket of found[nodeId]) sockets.push({ host: nodes[nodeId].Host, place: nodeId, socket: socket });

  const owners = {};
  for (const one of client.G.V().HasKey('IPV4').result())
    for (const address of one.Metadata.IPV4 || []) owners[address.split('/')[0]] = one.Host;

  function isListening(socket) {
    if (socket.State === 'LISTEN') return true;
    return socket.Protocol === 'UDP' && (socket.RemotePort === 0 || /^(0\.0\.0\.0|::)$/.test(socket.RemoteAddress));
  }

  function isLoopback(address) {
    return address.indexOf('127.') === 0 || address === '::1';
  }

  function key(protocol, address, port) {
    return `${protocol} ${address} ${port}`;
  }

  // Who serves at an address: by the address itself, or any of the host's own.
  const listeners = {};
  for (const item of sockets)
    if (isListening(item.socket)) {
      const at = key(item.socket.Protocol, '', item.socket.LocalPort);
      listeners[at] = listeners[at] || [];
      listeners[at].push(item);
    }

  function serviceOf(client, protocol, address, port) {
    const candidates = listeners[key(protocol, '', port)] || [];
    return candidates.find((candidate) => {
      const bound = candidate.socket.LocalAddress;
      if (isLoopback(address)) return candidate.place === client.place;
      if (bound === address) return true;
      return /^(0\.0\.0\.0|::)$/.test(bound) && owners[address] === candidate.host;
    });
  }

  function add(client, socket) {
    const service = serviceOf(client, socket.Protocol, socket.RemoteAddress, socket.RemotePort);
    if (service === undefined || isListening(socket)) return;
    const entry = {
      protocol: socket.Protocol,
      serviceHost: service.host,
      serviceAddress: socket.RemoteAddress,
      servicePort: socket.RemotePort,
      serviceProcess: service.socket.Process || '',
      serviceName: service.socket.Name || '',
      clientHost: client.host,
      clientAddress: socket.LocalAddress,
      clientProcess: socket.Process || '',
      clientName: socket.Name || '',
    };
    log('entry', entry);
    entries[Object.values(entry).join(',')] = entry;
  }

  for (const each of sockets)
    if (each.socket.State === 'ESTABLISHED' || each.socket.Protocol === 'UDP') add(each, each.socket);
  if (useFlows) {
    const ofFlows = client.G.Flows().Has('Transport', NE('')).Sockets().result();
    for (const list of Object.values(ofFlows))
      for (const its of list) {
        const where = owners[its.LocalAddress];
        if (where !== undefined) add({ host: where }, its);
      }
  }

  function dot() {
    const quoted = (text) => JSON.stringify(String(text));
    const places = {};
    for (const entry of Object.values(entries)) {
      places[entry.serviceHost] = places[entry.serviceHost] || {};
      places[entry.clientHost] = places[entry.clientHost] || {};
      places[entry.serviceHost][entry.serviceName] = true;
      places[entry.clientHost][entry.clientName] = true;
    }
    const lines = ['digraph g {'];
    for (const place of Object.keys(places)) {
      lines.push(`subgraph ${quoted(`cluster_${place}`)} {`, `label = ${quoted(place)}`);
      for (const name of Object.keys(places[place]))
        lines.push(`${quoted(place + name)} [label=${quoted(name)},shape=box]`);
      lines.push('}');
    }
    for (const link of Object.values(entries)) {
      const label = `${link.protocol}:${link.serviceAddress}:${link.servicePort}`;
      const ends = `${quoted(link.clientHost + link.clientName)} -> ${quoted(link.serviceHost + link.serviceName)}`;
      lines.push(`${ends} [label=${quoted(label)}]`);
    }
    return lines.concat('}', '').join('\n');
  }

  function graph() {
    const made = new api.Graph();
    const id = (text) => new UUID(5, 'ns:URL', text).toString();

    function link(host, parent, child, metadata, name) {
      const edge = new api.GraphEdge();
      Object.assign(edge, { ID: id(name), Host: host, Parent: parent, Child: child, Metadata: metadata });
      made.edges[edge.ID] = edge;
    }

    function process(host, process, name, type) {
      const nodeId = id(host + process + type);
      if (made.nodes[nodeId] === undefined) {
        const node = new api.GraphNode();
        const metadata = { Name: name, Type: 'process', ServiceType: type, Process: process };
        if (type === 'server') metadata.Ports = [];
        made.nodes[nodeId] = Object.assign(node, { ID: nodeId, Host: host, Metadata: metadata });
        const owner = hosts[host];
        if (owner) link(host, owner.ID, nodeId, { RelationType: 'ownership' }, owner.ID + nodeId);
      }
      return made.nodes[nodeId];
    }

    for (const entry of Object.values(entries)) {
      const server = process(entry.serviceHost, entry.serviceProcess, entry.serviceName, 'server');
      const from = process(entry.clientHost, entry.clientProcess, entry.clientName, 'client');
      const port = entry.servicePort;
      if (server.Metadata.Ports.indexOf(port) < 0) server.Metadata.Ports.push(port);
      const said = { RelationType: 'connection', Port: port, Protocol: entry.protocol };
      link(entry.serviceHost, from.ID, server.ID, said, from.ID + server.ID + port);
    }
    return made;
  }

  return format === 'dot' ? dot() : graph();
}
