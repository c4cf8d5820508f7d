package dotf.dht;

import dotf.dht.net.MemoryTransport;
import org.jspecify.annotations.Nullable;

class CareOverTcpTest extends CareContract {
  @Override
  MemoryTransport.@Nullable Network network() {
    return null;
  }
}
