/** What src/native/packets.ts declares of packets: sockets, decoders, filters. */
#pragma once

#include <napi.h>

namespace skein::packets {

/** At loading, after the addon's mailbox. */
void exportPackets(Napi::Env env, Napi::Object& exports);

}  // namespace skein::packets
