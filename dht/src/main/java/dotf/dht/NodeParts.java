package dotf.dht;

import dotf.chunker.disk.Directory;
import dotf.dht.identity.NodeCertificate;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.net.NettyTransport;
import dotf.dht.net.Transport;
import dotf.dht.store.BlockHost;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/**
 * What a node is put together from.
 *
 * @param keys the directory with the files {@code node}, {@code device} and {@code group}
 * @param journal the directory for the logs {@code members}, {@code tickets} and {@code heads}
 * @param host the store behind the node
 * @param listener hears what happens
 * @param timer runs short tasks once a second; shut down by whoever made it
 * @param workers runs blocking work, one virtual thread a task
 * @param transport makes the transport for an identity; the node closes it
 */
public record NodeParts(
    Directory keys,
    Directory journal,
    BlockHost host,
    NodeSettings settings,
    NodeListener listener,
    InstantSource clock,
    SecureRandom random,
    ScheduledExecutorService timer,
    Executor workers,
    Function<NodeIdentity, Transport> transport) {

  /** Parts for the real network. */
  public static NodeParts onTcp(
      Directory keys,
      Directory journal,
      BlockHost host,
      NodeSettings settings,
      NodeListener listener,
      InstantSource clock,
      SecureRandom random,
      ScheduledExecutorService timer,
      Executor workers) {
    return new NodeParts(
        keys,
        journal,
        host,
        settings,
        listener,
        clock,
        random,
        timer,
        workers,
        identity -> new NettyTransport(NodeCertificate.issue(identity, random)));
  }
}
