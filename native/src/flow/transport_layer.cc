/** What is above IP: TCP (RFC 9293), UDP (RFC 768), SCTP (RFC 9260), ICMP (RFC 792, 4443), and names of what is not read further. */
#include "flow/walk.h"

namespace skein::flow {
namespace {

enum Protocol : uint8_t {
  kProtoIcmp = 1,
  kProtoIgmp = 2,
  kProtoIpv4 = 4,
  kProtoTcp = 6,
  kProtoUdp = 17,
  kProtoIpv6 = 41,
  kProtoGre = 47,
  kProtoEsp = 50,
  kProtoAh = 51,
  kProtoIcmpv6 = 58,
  kProtoVrrp = 112,
  kProtoSctp = 132,
  kProtoMpls = 137,  // RFC 4023
};

enum Port : uint16_t {
  kPortDns = 53,
  kPortDhcpServer = 67,
  kPortDhcpClient = 68,
  kPortVxlan = 4789,
  kPortVxlanLinux = 8472,
  kPortGeneve = 6081,
  kPortMpls = 6635,
  kPortMplsContrail = 51234,
};

uint8_t classOfIcmpv4(uint8_t type) {
  switch (type) {
    case 0:
    case 8:
      return kIcmpEcho;
    case 3:
      return kIcmpDestinationUnreachable;
    case 4:
      return kIcmpSourceQuench;
    case 5:
      return kIcmpRedirect;
    case 9:
    case 10:
      return kIcmpRouter;
    case 11:
      return kIcmpTimeExceeded;
    case 12:
      return kIcmpParameterProblem;
    case 13:
    case 14:
      return kIcmpTimestamp;
    case 15:
    case 16:
      return kIcmpInfo;
    case 17:
    case 18:
      return kIcmpAddressMask;
    default:
      return kIcmpUnknown;
  }
}

uint8_t classOfIcmpv6(uint8_t type) {
  switch (type) {
    case 1:
      return kIcmpDestinationUnreachable;
    case 2:
      return kIcmpPacketTooBig;
    case 3:
      return kIcmpTimeExceeded;
    case 4:
      return kIcmpParameterProblem;
    case 128:
    case 129:
      return kIcmpEcho;
    case 133:
    case 134:
      return kIcmpRouter;
    case 135:
    case 136:
      return kIcmpNeighbor;
    case 137:
      return kIcmpRedirect;
    default:
      return kIcmpUnknown;
  }
}

bool isMulticast(const uint8_t* ipv6) { return ipv6[0] == 0xff; }

}  // namespace

void Walk::transport(uint8_t protocol, Bytes body) {
  switch (protocol) {
    case kProtoTcp:
      return tcp(body);
    case kProtoUdp:
      return udp(body);
    case kProtoIcmp:
      return icmpv4(body);
    case kProtoIcmpv6:
      return icmpv6(body);
    case kProtoSctp:
      return sctp(body);
    case kProtoGre:
      return gre(body);
    case kProtoMpls:
      return mpls(body);
    case kProtoIpv4:
      return childIpv4(body);
    case kProtoIpv6:
      return childIpv6(body);
    case kProtoIgmp:
      return level_->add(kIgmp);
    case kProtoEsp:
      return level_->add(kEsp);
    case kProtoAh:
      return level_->add(kAh);
    case kProtoVrrp:
      // Named by its decoder, which is in TypeScript.
      level_->payload = body.data;
      level_->payloadSize = body.size;
      return;
    default:
      return;
  }
}

void Walk::tcp(Bytes at) {
  if (!at.has(4)) return fail();
  level_->add(kTcp);
  level_->tuple.numbers = Numbers::kTcp;
  sourcePort_ = be16(at.data);
  targetPort_ = be16(at.data + 2);
  if (!at.has(20)) return fail();
  const uint32_t headerBytes = (at.data[12] >> 4) * 4u;
  if (headerBytes < 20 || headerBytes > at.wire) return fail();
  level_->hasTcp = true;
  level_->tcpSequence = be32(at.data + 4);
  level_->tcpAcknowledged = be32(at.data + 8);
  level_->tcpFlags = at.data[13];
  level_->tcpLength = at.wire - headerBytes;
  constexpr uint8_t kSyn = 2, kAck = 16;
  if ((level_->tcpFlags & kSyn) != 0) {
    level_->began = (level_->tcpFlags & kAck) != 0 ? Began::kReceiver : Began::kSender;
  }
  if (!at.has(headerBytes)) return fail();
  level_->payload = at.data + headerBytes;
  level_->payloadSize = at.size - headerBytes;
}

void Walk::udp(Bytes at) {
  if (!at.has(4)) return fail();
  level_->add(kUdp);
  level_->tuple.numbers = Numbers::kUdp;
  sourcePort_ = be16(at.data);
  targetPort_ = be16(at.data + 2);
  if (!at.has(8)) return fail();
  const uint32_t length = be16(at.data + 4);
  // 0: a jumbogram (RFC 2675), or put together by offloading.
  if (length != 0 && length < 8) return fail();
  const Bytes payload = (length == 0 ? at : at.upTo(length)).from(8);
  level_->payload = payload.data;
  level_->payloadSize = payload.size;
  switch (targetPort_) {
    case kPortVxlan:
    case kPortVxlanLinux:
      return vxlan(payload);
    case kPortGeneve:
      return geneve(payload);
    case kPortMpls:
    case kPortMplsContrail:
      return mpls(payload);
    default:
      return datagramBegan(payload);
  }
}

/** DNS (RFC 1035: QR) and DHCP (RFC 2131: op) say whether they ask or answer. */
void Walk::datagramBegan(Bytes payload) {
  if (targetPort_ == kPortDns || sourcePort_ == kPortDns) {
    if (!payload.has(3)) return;
    const bool isAnswer = (payload.data[2] & 0x80) != 0;
    if (!isAnswer && targetPort_ == kPortDns) level_->began = Began::kSender;
    if (isAnswer && sourcePort_ == kPortDns) level_->began = Began::kReceiver;
  } else if ((targetPort_ == kPortDhcpServer || targetPort_ == kPortDhcpClient) &&
             (sourcePort_ == kPortDhcpServer || sourcePort_ == kPortDhcpClient)) {
    if (!payload.has(1)) return;
    if (payload.data[0] == 1) level_->began = Began::kSender;
    if (payload.data[0] == 2) level_->began = Began::kReceiver;
  }
}

void Walk::sctp(Bytes at) {
  if (!at.has(4)) return fail();
  level_->add(kSctp);
  level_->tuple.numbers = Numbers::kSctp;
  sourcePort_ = be16(at.data);
  targetPort_ = be16(at.data + 2);
  if (!at.has(12)) fail();
}

void Walk::icmpv4(Bytes at) {
  if (!at.has(4)) return fail();
  level_->add(kIcmpv4);
  const uint8_t type = at.data[0];
  const bool isRequest = type == 8 || type == 13 || type == 15 || type == 17;
  const bool isReply = type == 0 || type == 14 || type == 16 || type == 18;
  if (isRequest) level_->began = Began::kSender;
  if (isReply) level_->began = Began::kReceiver;
  level_->isRequest = isRequest;
  level_->isReply = isReply;
  icmp(classOfIcmpv4(type), isRequest || isReply, at);
}

void Walk::icmpv6(Bytes at) {
  if (!at.has(4)) return fail();
  level_->add(kIcmpv6);
  const uint8_t type = at.data[0];
  // What is announced to all was asked for by nobody.
  const Began answer = isMulticast(target_) ? Began::kUnsaid : Began::kReceiver;
  switch (type) {
    case 128:
      level_->add(kIcmpv6Echo);
      level_->began = Began::kSender;
      level_->isRequest = true;
      break;
    case 129:
      level_->add(kIcmpv6Echo);
      level_->began = Began::kReceiver;
      level_->isReply = true;
      break;
    case 133:
      level_->add(kIcmpv6RouterSolicitation);
      level_->began = Began::kSender;
      break;
    case 134:
      level_->add(kIcmpv6RouterAdvertisement);
      level_->began = answer;
      break;
    case 135:
      level_->add(kIcmpv6NeighborSolicitation);
      level_->began = Began::kSender;
      break;
    case 136:
      level_->add(kIcmpv6NeighborAdvertisement);
      level_->began = answer;
      break;
    default:
      break;
  }
  icmp(classOfIcmpv6(type), type == 128 || type == 129, at);
}

void Walk::icmp(uint8_t icmpClass, bool hasId, Bytes at) {
  level_->tuple.numbers = Numbers::kIcmp;
  level_->icmpClass = icmpClass;
  level_->icmpCode = at.data[1];
  if (hasId && at.has(6)) level_->icmpId = be16(at.data + 4);
  level_->tuple.number = uint32_t{icmpClass} << 24 | uint32_t{level_->icmpCode} << 16 | level_->icmpId;
  if (!at.has(8)) fail();
}

}  // namespace skein::flow
