/** DeviceSocket of src/native/door.ts. */
#pragma once

#include <napi.h>

#include <memory>

#include "shared_fd.h"

namespace skein {

/** openDevices(options): Promise<DeviceSocket> */
Napi::Value openDeviceSocket(const Napi::CallbackInfo& info);

class DeviceSocket : public Napi::ObjectWrap<DeviceSocket> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Value wrap(Napi::Env env, Fd fd);

  explicit DeviceSocket(const Napi::CallbackInfo& info);

 private:
  Napi::Value ethtool(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  std::shared_ptr<SharedFd> fd_;
};

}  // namespace skein
