package dotf.dht;

import java.net.InetAddress;

/**
 * How a node meets the network.
 *
 * @param bind the address to listen on; the wildcard address for all
 * @param port wanted, 1 to 65535, or 0 for any
 * @param offer bytes that it offers to its group
 * @param version of the software, at most 32 characters, shown to peers
 */
public record NodeSettings(InetAddress bind, int port, long offer, String version) {
  /** The port that peers try first. */
  public static final int PORT = 8080;

  public NodeSettings {
    if (port < 0 || port > 0xffff || offer < 0 || version.length() > 32) {
      throw new IllegalArgumentException("a node's settings out of range");
    }
  }
}
