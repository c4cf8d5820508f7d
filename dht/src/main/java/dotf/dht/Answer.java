package dotf.dht;

import dotf.dht.identity.NodeId;

/**
 * Who answered at an address that was tried by hand.
 *
 * @param member whether it proved to be in our group
 */
public record Answer(NodeId node, boolean member) {}
