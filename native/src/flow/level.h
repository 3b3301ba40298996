/** A packet as one conversation sees it. A packet has a level for each: the tunnels from the outside in, then what they carry. */
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
  uint64_t hash = 0;
  int64_t timestampNs = 0;
  int64_t firstNs = 0;  // earlier than `timestampNs` when it was put together from fragments
  uint64_t bytes = 0;
  const uint8_t* payload = nullptr;
  uint32_t payloadSize = 0;  // of it that was captured
  uint32_t packets = 1;

  // What is needed once for a conversation.
  uint8_t layers[12] = {};
  uint8_t layerCount = 0;
  uint8_t protocol = 0;
  uint16_t etherType = 0;
  uint32_t networkId = 0;
  uint64_t linkId = 0;
  uint16_t loPort = 0;
  uint16_t hiPort = 0;
  uint8_t loMac[6] = {};
  uint8_t hiMac[6] = {};

  bool isFromHi = false;
  bool isCounted = true;
  bool hasTcp = false;
  bool isInnermost = false;
  Began began = Began::kUnsaid;
  int8_t parent = -1;  // which level is around it
  bool isRequest = false;  // of something that is answered: begins the round trip
  bool isReply = false;
  uint8_t icmpClass = 0;
  uint8_t icmpCode = 0;
  uint16_t icmpId = 0;

  uint32_t tcpSequence = 0;
  uint32_t tcpAcknowledged = 0;
  uint32_t tcpLength = 0;  // of its payload, on the wire
  uint8_t tcpFlags = 0;
  uint8_t ttl = 0;

  uint16_t defragmented = 0;  // datagrams put together
  uint16_t fragmentErrors = 0;
  uint64_t parentKey = 0;  // where the level around it is no more: of a fragment that was given up
  const Packet* packet = nullptr;

  void add(Layer layer) {
    if (layerCount < kLayersMax) layers[layerCount++] = layer;
  }
};

}  // namespace skein::flow
