/** Options and counters of the engine as JavaScript writes them (src/native/packets.ts). */
#pragma once

#include <napi.h>

#include "capture_filter.h"
#include "flow/engine.h"
#include "packet_port.h"

namespace skein::packets {

flow::EngineOptions engineOptionsIn(const Napi::Object& options);
/** Adds DecoderStats. */
void setCounters(Napi::Object& stats, const flow::EngineCounters& counters);
/** Throws a JavaScript error when it is no multiple of 8 bytes. */
Program programOf(const Napi::Uint8Array& bytes);
/** { protocol, interfaceIndex?, filter? }. Throws a JavaScript error. */
PacketPortOptions portOptionsIn(const Napi::Object& options);
/** The Error of a filter that cannot be compiled: `code` EINVAL, `position` where it is known. */
Napi::Error toError(Napi::Env env, const FilterMistake& mistake, const std::string& text);

}  // namespace skein::packets
