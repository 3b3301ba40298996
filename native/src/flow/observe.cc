#include "flow/observe.h"

#include <cstddef>

#include "flow/append.h"
#include "flow/observation.h"
#include "flow/samples.h"
#include "flow/segment_order.h"

namespace skein::flow {
namespace {

void take(uint32_t (&into)[2], uint32_t (&from)[2]) {
  for (int end = 0; end < 2; end++) {
    into[end] = from[end];
    from[end] = 0;
  }
}

void toMs(double (&into)[2], const int64_t (&ns)[2]) {
  for (int end = 0; end < 2; end++) into[end] = flow::toMs(ns[end]);
}

TcpPart tcpPart(Conversation& conversation, ConversationFacts& facts) {
  TcpTrack& track = conversation.tcp;
  TcpPart part{};
  toMs(part.synMs, facts.synNs);
  toMs(part.finMs, facts.finNs);
  toMs(part.rstMs, facts.rstNs);
  take(part.retransmissions, track.retransmissions);
  take(part.outOfOrder, track.outOfOrder);
  for (int end = 0; end < 2; end++) {
    part.synTtl[end] = facts.synTtl[end];
    part.flags[end] = track.flags[end];
    if (facts.order == nullptr) continue;
    SegmentCounts& counts = facts.order->counts(end);
    part.outOfOrder[end] = counts.early;
    part.skipped[end] = counts.skipped;
    part.skippedBytes[end] = counts.skippedBytes;
    part.segments[end] = counts.segments;
    part.payloadBytes[end] = counts.bytes;
    counts = {};
  }
  // From the initiator to whom it called and back: the other way round is the path on this side of the capture.
  const int initiator = conversation.hiStarted ? 1 : 0;
  const uint32_t onward = track.smoothedNs[initiator];
  part.smoothedRttNs = onward != 0 ? onward : track.smoothedNs[1 - initiator];
  return part;
}

}  // namespace

void observe(uint32_t source, Conversation& conversation, ConversationFacts& facts, std::vector<uint8_t>& out) {
  const Tuple& tuple = conversation.tuple;
  const size_t start = out.size();
  Observation seen{};
  seen.flags = static_cast<uint8_t>((conversation.hiStarted ? kHiStarted : 0) |
                                    (conversation.isStartCertain ? kStartCertain : 0) |
                                    (conversation.wasCounted ? 0 : kFactsOnly));
  seen.source = source;
  seen.family = tuple.family;
  seen.protocol = facts.protocol;
  seen.etherType = facts.etherType;
  seen.icmpClass = facts.icmpClass;
  seen.icmpCode = facts.icmpCode;
  seen.icmpId = facts.icmpId;
  memcpy(seen.lo, tuple.lo, sizeof seen.lo);
  memcpy(seen.hi, tuple.hi, sizeof seen.hi);
  seen.loPort = facts.loPort;
  seen.hiPort = facts.hiPort;
  memcpy(seen.loMac, facts.loMac, sizeof seen.loMac);
  memcpy(seen.hiMac, facts.hiMac, sizeof seen.hiMac);
  seen.linkId = facts.linkId;
  seen.networkId = facts.networkId;
  seen.sampling = 1;
  memcpy(seen.layers, facts.layers, sizeof seen.layers);
  seen.rttNs = facts.rttNs;
  seen.trackingId = facts.trackingId;
  seen.key = facts.key;
  seen.parentKey = facts.parentKey;
  seen.loPackets = static_cast<double>(conversation.packets[0]);
  seen.loBytes = static_cast<double>(conversation.bytes[0]);
  seen.hiPackets = static_cast<double>(conversation.packets[1]);
  seen.hiBytes = static_cast<double>(conversation.bytes[1]);
  seen.firstMs = toMs(conversation.firstNs);
  seen.lastMs = toMs(conversation.lastNs);
  append(out, &seen, sizeof seen);
  uint8_t parts = 0;
  if (conversation.hasTcp) {
    const TcpPart part = tcpPart(conversation, facts);
    append(out, &part, sizeof part);
    parts |= kTcpPart;
  }
  if (facts.defragmented != 0 || facts.fragmentErrors != 0) {
    const IpPart part{facts.defragmented, facts.fragmentErrors};
    append(out, &part, sizeof part);
    parts |= kIpPart;
    facts.defragmented = facts.fragmentErrors = 0;
  }
  if (facts.samples != nullptr) {
    const PayloadPart part{facts.samples->count(), static_cast<uint32_t>(facts.samples->bytes().size())};
    append(out, &part, sizeof part);
    append(out, facts.samples->bytes().data(), facts.samples->bytes().size());
    parts |= kPayloadPart;
    delete facts.samples;
    facts.samples = nullptr;
  }
  out[start + offsetof(Observation, parts)] = parts;
  const auto size = static_cast<uint16_t>(out.size() - start);
  memcpy(&out[start + offsetof(Observation, size)], &size, sizeof size);
  for (int end = 0; end < 2; end++) conversation.packets[end] = conversation.bytes[end] = 0;
  conversation.wasCounted = false;
}

}  // namespace skein::flow
