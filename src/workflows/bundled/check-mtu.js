export default function CheckMTU(source, destination) {
  const from = client.G.V().Has('TID', source);
  // Along the links, where these lead there; else over whatever ties the two, such as a namespace that routes.
  const linked = from.ShortestPathTo(Metadata('TID', destination), Metadata('RelationType', 'layer2')).result();
  const paths = linked.length > 0 ? linked : from.ShortestPathTo(Metadata('TID', destination)).result();
  if (paths.length === 0) throw new Error('there is no path between the two');
  let last;
  for (const node of paths[0]) {
    const mtu = node.Metadata.MTU;
    // Bridges of OpenFlow and ports of them have none: they pass on what comes.
    if (!(mtu > 0)) continue;
    if (last !== undefined && mtu < last.mtu) {
      console.log(`MTU ${mtu} of ${node.Metadata.Name} is less than ${last.mtu} of ${last.name}`);
      return false;
    }
    last = { mtu: mtu, name: node.Metadata.Name };
  }
  return true;
}
