/*
 * From a packet to its conversations, one at a time from the outside in: as native/src/flow does it, so that both give
 * the same ids. What cannot be read ends the walk; what was read before it counts.
 */
#ifndef SKEIN_FLOW_LAYERS_H
#define SKEIN_FLOW_LAYERS_H

#include "flow_sighting.h"

/* Headers deeper than this are not looked for. */
#define OFFSET_MAX 1024
#define TAGS_MAX 5
#define EXTENSIONS_MAX 8
#define LABELS_MAX 16

#define AT(offset, size)                                       \
  ({                                                           \
    __u32 offset_ = (offset);                                  \
    __u8 *found_ = 0;                                          \
    if (offset_ <= OFFSET_MAX) {                               \
      found_ = data + offset_;                                 \
      /* So that what was checked is what is read. */          \
      barrier_var(found_);                                     \
      if ((void *)(found_ + (size)) > end) found_ = 0;         \
    }                                                          \
    found_;                                                    \
  })
#define NEED(pointer, offset, size)                            \
  __u8 *pointer = AT(offset, size);                            \
  if (!pointer) return missing(skb, offset, size)

static __always_inline int missing(struct __sk_buff *skb, __u32 offset, __u32 size) {
  return offset <= OFFSET_MAX && offset + size <= skb->len ? ELSEWHERE : UNREADABLE;
}

/* A pseudowire (RFC 4448). */
static __always_inline int looks_like_ethernet(const __u8 *at) {
  if (!at) return 0;
  __u16 type = half_at(at + 12);
  return type == 0x0800 || type == 0x86dd || type == 0x0806 || type == 0x8100 || type == 0x88a8;
}

/* Reads one conversation and says what is in it. Verified once, wherever it is called from. */
__attribute__((noinline)) int read_level(struct __sk_buff *skb, struct cursor *c, struct sighting *s) {
  if (!skb || !c || !s) return UNREADABLE;
  __u8 *data = (__u8 *)(long)skb->data;
  void *end = (void *)(long)skb->data_end;
  __u32 at = c->at;
  __u32 inside = c->inside;
  __u64 link = 0;
  __u32 tags = 0;
  __u32 shape = 0;
  __u16 type = 0;
  __u64 from_mac = 0, to_mac = 0;

  c->inside = NOTHING;
  s->key.what = 0;
  s->at = at;
  s->network = 0;
  s->flags = 0;
  s->isTcp = 0;
  s->key.address[1] = s->key.address[2] = s->key.address[3] = 0;

  if (inside == ETHERNET) {
    NEED(ethernet, at, 14);
    shape |= FLOW_ETHERNET;
    to_mac = mac_at(ethernet);
    from_mac = mac_at(ethernet + 6);
    type = half_at(ethernet + 12);
    at += 14;
    if (c->tag >> 31) {
      link = c->tag & 0xfff;
      tags = 1;
      c->tag = 0;
    }
#pragma unroll
    for (int i = 0; i < TAGS_MAX; i++) {
      if (type != 0x8100 && type != 0x88a8 && type != 0x9100) break;
      __u8 *tag = AT(at, 4);
      if (!tag || tags >= TAGS_MAX) break;
      link |= (__u64)(half_at(tag) & 0xfff) << (12 * tags);
      tags++;
      type = half_at(tag + 2);
      at += 4;
    }
    shape |= tags << FLOW_TAGS_SHIFT;
    if (type == 0x8864) { /* RFC 2516, RFC 1661 */
      __u8 *ppp = AT(at, 8);
      if (ppp && ppp[0] == 0x11) {
        __u16 next = half_at(ppp + 6);
        shape |= FLOW_PPP;
        if (next == 0x0021 || next == 0x0057) {
          type = next == 0x0021 ? 0x0800 : 0x86dd;
          at += 8;
        }
      }
    }
    /* What says to be IP and is not is a conversation of MACs. */
    if (type == 0x0800 || type == 0x86dd) {
      __u32 wanted = type == 0x0800 ? 20 : 40;
      __u8 *ip = type == 0x0800 ? AT(at, 20) : AT(at, 40);
      if (!ip && missing(skb, at, wanted) == ELSEWHERE) return ELSEWHERE;
      if (ip && type == 0x0800 && ip[0] >> 4 == 4 && (ip[0] & 15) >= 5) inside = IPV4;
      if (ip && type == 0x86dd && ip[0] >> 4 == 6) inside = IPV6;
    }
  }
  s->link = link;
  s->key.around = c->around ? (c->around ^ link * 0x9E3779B97F4A7C15ull) : link;
  c->headers = at;

  if (inside == ETHERNET) {
    orient(s, 0, __builtin_bswap64(from_mac), 0, __builtin_bswap64(to_mac), 0, 0);
    s->key.address[0] = s->from_hi ? to_mac : from_mac;
    s->key.address[1] = s->from_hi ? from_mac : to_mac;
    if (type == 0x8847 || type == 0x8848) goto mpls;
    s->key.what = what_of(0, type, 0, 0);
    s->shape = shape;
    return READ;
  }

  __u8 protocol, family;
  __u8 fragment = 0;
  __u64 from_high, from_low, to_high, to_low;
  if (inside == IPV4) {
    NEED(ip, at, 20);
    if (ip[0] >> 4 != 4 || (ip[0] & 15) < 5) return UNREADABLE;
    family = 4;
    protocol = ip[9];
    from_high = to_high = 0;
    from_low = word_at(ip + 12);
    to_low = word_at(ip + 16);
    fragment = (half_at(ip + 6) & 0x3fff) != 0;
    at += (ip[0] & 15) * 4;
  } else {
    NEED(ip, at, 40);
    if (ip[0] >> 4 != 6) return UNREADABLE;
    family = 6;
    protocol = ip[6];
    from_high = (__u64)word_at(ip + 8) << 32 | word_at(ip + 12);
    from_low = (__u64)word_at(ip + 16) << 32 | word_at(ip + 20);
    to_high = (__u64)word_at(ip + 24) << 32 | word_at(ip + 28);
    to_low = (__u64)word_at(ip + 32) << 32 | word_at(ip + 36);
    at += 40;
    for (int i = 0; i < EXTENSIONS_MAX; i++) {
      if (protocol != 0 && protocol != 43 && protocol != 60 && protocol != 135 && protocol != 139 &&
          protocol != 140 && protocol != 44)
        break;
      __u8 *extension = AT(at, 8);
      if (!extension) break;
      if (protocol == 44) {
        fragment = (half_at(extension + 2) & 0xfff9) != 0;
        at += 8;
        if (!fragment) shape |= FLOW_EXTENSION;
      } else {
        at += (extension[1] + 1) * 8;
        shape |= FLOW_EXTENSION;
      }
      protocol = extension[0];
      if (fragment) break;
    }
  }
  c->headers = at;

  __u32 ports = 0;
  __u16 from_port = 0, to_port = 0, detail = 0;
  if (fragment) {
    shape |= FLOW_FRAGMENT;
  } else if (protocol == IP_TCP || protocol == IP_UDP || protocol == IP_SCTP) {
    __u8 *transport = AT(at, 4);
    if (!transport && missing(skb, at, 4) == ELSEWHERE) return ELSEWHERE;
    if (transport) {
      from_port = half_at(transport);
      to_port = half_at(transport + 2);
      c->headers = at + (protocol == IP_UDP ? 8 : 12);
    } else {
      shape |= FLOW_PORTLESS;
    }
    if (protocol == IP_TCP) {
      __u8 *tcp = AT(at, 20);
      if (!tcp && missing(skb, at, 20) == ELSEWHERE) return ELSEWHERE;
      if (tcp) {
        s->flags = tcp[13];
        s->isTcp = 1;
        c->headers = at + (tcp[12] >> 4) * 4;
      }
    }
  } else if (protocol == IP_ICMP || protocol == IP_ICMPV6) {
    __u8 *icmp = AT(at, 8);
    if (icmp) {
      detail = half_at(icmp);
      ports = half_at(icmp + 4);
      c->headers = at + 8;
    } else {
      if (missing(skb, at, 8) == ELSEWHERE) return ELSEWHERE;
      shape |= FLOW_PORTLESS;
    }
  }
  orient(s, from_high, from_low, to_high, to_low, from_port, to_port);
  if (from_port | to_port) ports = s->from_hi ? (__u32)to_port | (__u32)from_port << 16 : (__u32)from_port | (__u32)to_port << 16;
  {
    __u64 lo_high = s->from_hi ? to_high : from_high, lo_low = s->from_hi ? to_low : from_low;
    __u64 hi_high = s->from_hi ? from_high : to_high, hi_low = s->from_hi ? from_low : to_low;
    if (family == 4) {
      s->key.address[0] = (__u64)bpf_htonl((__u32)lo_low) | (__u64)bpf_htonl((__u32)hi_low) << 32;
    } else {
      s->key.address[0] = bpf_cpu_to_be64(lo_high);
      s->key.address[1] = bpf_cpu_to_be64(lo_low);
      s->key.address[2] = bpf_cpu_to_be64(hi_high);
      s->key.address[3] = bpf_cpu_to_be64(hi_low);
    }
  }

  if (protocol == IP_UDP && !fragment && !(shape & FLOW_PORTLESS)) {
    __u32 body = at + 8;
    if (to_port == PORT_VXLAN || to_port == PORT_VXLAN_LINUX) {
      __u8 *vxlan = AT(body, 8);
      if (!vxlan && missing(skb, body, 8) == ELSEWHERE) return ELSEWHERE;
      if (vxlan && (vxlan[0] & 8)) { /* RFC 7348: the VNI is there */
        s->network = word_at(vxlan + 4) >> 8;
        ports = s->network;
        detail = to_port;
        shape |= FLOW_VXLAN;
        c->at = c->headers = body + 8;
        c->inside = ETHERNET;
      }
    } else if (to_port == PORT_GENEVE) {
      __u8 *geneve = AT(body, 8);
      if (!geneve && missing(skb, body, 8) == ELSEWHERE) return ELSEWHERE;
      if (geneve && geneve[0] >> 6 == 0 && half_at(geneve + 2) != 0 && body + 8 + (geneve[0] & 63) * 4 <= skb->len) { /* RFC 8926 */
        __u16 next = half_at(geneve + 2);
        s->network = word_at(geneve + 4) >> 8;
        ports = s->network;
        detail = to_port;
        shape |= FLOW_GENEVE;
        c->at = c->headers = body + 8 + (geneve[0] & 63) * 4;
        c->inside = next == 0x6558 ? ETHERNET : next == 0x0800 ? IPV4 : next == 0x86dd ? IPV6 : NOTHING;
        if (next == 0x8847 || next == 0x8848) {
          s->key.what = what_of(ports, detail, protocol, family);
          at = c->at;
          goto mpls;
        }
      }
    } else if (to_port == PORT_MPLS || to_port == PORT_MPLS_CONTRAIL) {
      s->key.what = what_of(ports, detail, protocol, family);
      at = body;
      goto mpls;
    }
  } else if (protocol == IP_GRE && !fragment) {
    __u8 *gre = AT(at, 4);
    if (!gre && missing(skb, at, 4) == ELSEWHERE) return ELSEWHERE;
    if (gre && !(gre[0] & 0x40) && (gre[1] & 7) == 0) { /* RFC 2784, 2890; without source routes */
      __u16 next = half_at(gre + 2);
      __u32 body = at + 4;
      __u32 hasSequence = gre[0] & 0x10;
      if (gre[0] & 0x80) body += 4;
      if (gre[0] & 0x20) {
        __u8 *number = AT(body, 4);
        if (!number && missing(skb, body, 4) == ELSEWHERE) return ELSEWHERE;
        if (number) s->network = word_at(number);
        body += 4;
      }
      if (hasSequence) body += 4;
      c->headers = body;
      s->key.what = what_of(ports, detail, protocol, family);
      at = body;
      if (next == 0x8847 || next == 0x8848) goto mpls;
      if (next == 0x0800) c->inside = IPV4;
      if (next == 0x86dd) c->inside = IPV6;
      if (next == 0x6558) c->inside = ETHERNET;
      if (next == 0x88be || next == 0x22eb) { /* draft-foschiano-erspan-03: types II and I; III */
        __u32 size = next == 0x22eb ? 12 : hasSequence ? 8 : 0;
        __u8 *erspan = AT(body, 12);
        shape |= FLOW_ERSPAN;
        if (!erspan && missing(skb, body, 12) == ELSEWHERE) return ELSEWHERE;
        if (erspan) {
          if (size == 0 || erspan[0] >> 4 == (size == 12 ? 2 : 1)) c->inside = ETHERNET;
          if (size && !s->network) s->network = half_at(erspan + 2) & 0x3ff;
          if (size == 12 && (erspan[11] & 1)) size = 20;
          if (size >= 12 && (half_at(erspan + 10) >> 10 & 31)) c->inside = NOTHING;
        }
        at += size;
      }
      c->at = c->headers = at;
    }
  } else if ((protocol == IP_IPIP || protocol == IP_IPV6) && !fragment) {
    c->at = at;
    c->inside = protocol == IP_IPIP ? IPV4 : IPV6;
  } else if (protocol == IP_MPLS && !fragment) {
    s->key.what = what_of(ports, detail, protocol, family);
    goto mpls;
  }
  s->key.what = what_of(ports, detail, protocol, family);
  s->shape = shape;
  return READ;

mpls: /* RFC 3032; over UDP RFC 7510. What is inside is not said, so it is guessed (RFC 4928, section 3). */
  if (!(s->key.what >> 56)) s->key.what = what_of(0, type, 0, 0);
  __u8 isOwnNumber = (s->key.what >> 56) == 0 || (__u8)(s->key.what >> 48) == IP_UDP;
  s->shape = shape;
  for (int i = 0; i < LABELS_MAX; i++) {
    __u8 *label = AT(at, 5), version;
    if (!label) return missing(skb, at, 5) == ELSEWHERE ? ELSEWHERE : READ;
    if (i == 0) {
      if ((__u8)(s->key.what >> 48) == IP_UDP && word_at(label) == 0) break;
      if (isOwnNumber) s->network = word_at(label) >> 12;
      s->shape |= FLOW_MPLS;
    }
    at += 4;
    if (label[2] & 1) {
      version = label[4] >> 4;
      c->inside = version == 4 && (label[4] & 15) >= 5 ? IPV4 : version == 6 ? IPV6 : NOTHING;
      if (c->inside == NOTHING && version == 0 && looks_like_ethernet(AT(at + 4, 14))) {
        at += 4;
        c->inside = ETHERNET;
      } else if (c->inside == NOTHING && looks_like_ethernet(AT(at, 14))) {
        c->inside = ETHERNET;
      }
      c->at = c->headers = at;
      break;
    }
  }
  return READ;
}

#endif
