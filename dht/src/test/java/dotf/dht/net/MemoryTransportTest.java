package dotf.dht.net;

import dotf.dht.identity.NodeIdentity;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;

class MemoryTransportTest extends TransportContract {
  private final MemoryTransport.Network network = new MemoryTransport.Network();
  private final ExecutorService executor = Executors.newFixedThreadPool(2);

  @Override
  Transport transport(NodeIdentity identity) {
    return new MemoryTransport(network, identity.id(), executor);
  }

  @AfterEach
  @Override
  void close() {
    super.close();
    executor.shutdown();
  }
}
