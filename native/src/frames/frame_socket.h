/** FrameSocket of src/native/door.ts. */
#pragma once

#include "frames/frame_port.h"
#include "port_socket.h"

namespace skein::frames {

void exportFrames(Napi::Env env, Napi::Object exports);

class FrameSocket : public PortSocket<FrameSocket, FramePort> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Value wrap(Napi::Env env, Fd fd);

  explicit FrameSocket(const Napi::CallbackInfo& info) : PortSocket(info, "frame sockets are made by openFrames()") {}

 private:
  Napi::Value join(const Napi::CallbackInfo& info);
  void onFrames(const Napi::CallbackInfo& info) { listen(info); }
  void close(const Napi::CallbackInfo&) { closePort(); }
  void tell(Napi::Env env, const Napi::FunctionReference& listener, const Batch& batch) override;
};

}  // namespace skein::frames
