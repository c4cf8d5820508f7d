package dotf.dht.wire;

import com.google.protobuf.ByteString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** A socket address as bytes: 4 or 16 of the IP address, then 2 of the port. */
public final class WireAddress {
  private WireAddress() {}

  /** The bytes of an address that is resolved. */
  public static ByteString encode(InetSocketAddress address) {
    byte[] ip = address.getAddress().getAddress();
    ByteBuffer bytes =
        ByteBuffer.allocate(ip.length + 2).put(ip).putShort((short) address.getPort());
    return ByteString.copyFrom(bytes.flip());
  }

  /**
   * The address in these bytes.
   *
   * @throws MalformedFrameException when they are none
   */
  public static InetSocketAddress decode(ByteString bytes) throws MalformedFrameException {
    if (bytes.size() != 6 && bytes.size() != 18) {
      throw new MalformedFrameException("an address of " + bytes.size() + " bytes");
    }
    int ipBytes = bytes.size() - 2;
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(bytes.substring(0, ipBytes).toByteArray()),
          bytes.substring(ipBytes).asReadOnlyByteBuffer().getShort() & 0xffff);
    } catch (UnknownHostException e) {
      throw new MalformedFrameException("an address that is none", e);
    }
  }
}
