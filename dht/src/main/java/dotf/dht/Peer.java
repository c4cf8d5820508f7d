package dotf.dht;

import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Another member and our connection to it.
 *
 * @param address where it is connected from or to, else where it last listened; null when unknown
 * @param sent bytes since our start, {@code received} likewise
 * @param sentPerSecond over the last seconds, {@code receivedPerSecond} likewise
 * @param roundTrip of the last ping; null when not connected
 * @param version of its software; empty when unknown
 * @param leaving whether it hands over what it holds, to leave the group
 * @param owner the vault that it proved to act for when it last connected; null when it has not
 *     since our start
 */
public record Peer(
    NodeId id,
    @Nullable InetSocketAddress address,
    boolean connected,
    long sent,
    long received,
    long sentPerSecond,
    long receivedPerSecond,
    @Nullable Duration roundTrip,
    String version,
    boolean leaving,
    @Nullable PublicKey owner) {}
