package dotf.dht;

import java.net.InetSocketAddress;

/**
 * Whether a member could connect to us when we asked it to. Its word, not a proof.
 *
 * @param address what it dialled: where it sees us, at the port that we listen on
 * @param why it could not, in words that are fit for a terminal; empty when it could
 */
public record Reachability(boolean reached, InetSocketAddress address, String why) {}
