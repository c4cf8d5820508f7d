package dotf.dht;

import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member of our group, connected or not.
 *
 * @param offer bytes that it offers; a guess of 1 GiB while it has never been met
 * @param store its store, as last heard; null while it has never been met. A receipt that names
 *     another is void
 * @param addresses where it was last said to listen
 * @param leaving whether it hands over what it holds, to leave the group
 */
public record Member(
    NodeId id,
    long offer,
    @Nullable StoreId store,
    List<InetSocketAddress> addresses,
    boolean connected,
    boolean leaving) {}
