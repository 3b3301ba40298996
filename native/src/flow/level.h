/** A packet as one conversation sees it. Zeroed is new, but for what open() in walk.cc sets. A packet has a level for each: the tunnels from the outside in, then what they carry. */
#pragma once

#include <cstdint>

#include "flow/observation.h"
#include "flow/tuple.h"

namespace skein::flow {

struct Packet;

/** What a packet says about who began. */
enum class Began : uint8_t { kUnsaid = 0, kSender, kReceiver };

/** Tunnels in tunnels that are followed; what is deeper is counted as undecoded. */
constexpr int kLevelsMax = 9;
constexpr int kLayersMax = 11;  // of one conversation: an observation has room for them and a 0

struct Level {
  Tuple tuple;
  uint64_t hash;
  int64_t timestampNs;
  int64_t firstNs;  // earlier than `timestampNs` when it was put together from fragments
  uint64_t bytes;
  const uint8_t* payload;
  uint32_t payloadSize;  // of it that was captured
  uint32_t packets;

  // What is needed once for a conversation.
  uint8_t layers[12];
  uint8_t layerCount;
  uint8_t protocol;
  uint16_t etherType;
  uint32_t networkId;
  uint64_t linkId;
  uint16_t loPort;
  uint16_t hiPort;
  uint8_t loMac[6];
  uint8_t hiMac[6];

  bool isFromHi;
  bool isCounted;
  bool hasTcp;
  bool isInnermost;
  Began began;
  int8_t parent;  // which level is around it; -1: none
  bool isRequest;  // of something that is answered: begins the round trip
  bool isReply;
  uint8_t icmpClass;
  uint8_t icmpCode;
  uint16_t icmpId;

  uint32_t tcpSequence;
  uint32_t tcpAcknowledged;
  uint32_t tcpLength;  // of its payload, on the wire
  uint8_t tcpFlags;
  uint8_t ttl;

  uint16_t defragmented;  // datagrams put together
  uint16_t fragmentErrors;
  uint64_t parentKey;  // where the level around it is no more: of a fragment that was given up
  const Packet* packet;

  void add(Layer layer) {
    if (layerCount < kLayersMax) layers[layerCount++] = layer;
  }
};

}  // namespace skein::flow
