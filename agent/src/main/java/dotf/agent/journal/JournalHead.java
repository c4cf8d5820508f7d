package dotf.agent.journal;

import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;

/** Where a device's journal begins when read backwards: its last published batch. */
public record JournalHead(NodeId device, long sequence, BlockAddress address) {}
