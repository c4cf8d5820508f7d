package dotf.dht.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Where others can reach what listens here. */
public final class LocalAddresses {
  private LocalAddresses() {}

  /**
   * The addresses of a listener: the one it is bound to, or for the wildcard those of all
   * interfaces that are up; loopback only when there is no other.
   */
  public static List<InetSocketAddress> of(InetAddress bind, int port) {
    if (!bind.isAnyLocalAddress()) {
      return List.of(new InetSocketAddress(bind, port));
    }
    List<InetAddress> found = new ArrayList<>();
    try {
      for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
        if (each.isUp() && !each.isLoopback()) {
          each.inetAddresses().filter(LocalAddresses::isUsable).forEach(found::add);
        }
      }
    } catch (SocketException e) {
      // No list of interfaces: the answer for a machine without a network is right.
      found.clear();
    }
    if (found.isEmpty()) {
      found.add(InetAddress.getLoopbackAddress());
    }
    // IPv4 first: more often reachable; otherwise in a stable order.
    found.sort(
        Comparator.comparing((InetAddress address) -> address instanceof Inet6Address)
            .thenComparing(InetAddress::getHostAddress));
    return found.stream().map(address -> new InetSocketAddress(address, port)).toList();
  }

  private static boolean isUsable(InetAddress address) {
    return !address.isLinkLocalAddress() && !address.isMulticastAddress();
  }
}
