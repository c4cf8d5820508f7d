package dotf.dht.store;

/**
 * Figures of a store.
 *
 * @param blocks distinct blocks held
 * @param bytes their sealed bytes
 * @param hostedBlocks those of them held for others
 * @param hostedBytes their sealed bytes
 * @param segments files
 * @param diskBytes what the segments take
 */
public record StoreStats(
    long blocks, long bytes, long hostedBlocks, long hostedBytes, int segments, long diskBytes) {}
