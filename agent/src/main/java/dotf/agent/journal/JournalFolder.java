package dotf.agent.journal;

/**
 * A folder as the journal names it.
 *
 * @param path absolute path on the device that added it
 * @param keep its files are stored and sent, never replaced
 * @param attached it is watched; a recovered one first waits for its place on this device
 * @param materialised every file has its name on the disk, so absence can mean deletion; of one
 *     that is not attached: it was watched here, and left with its stubs
 */
public record JournalFolder(
    FolderId id, String path, boolean keep, boolean attached, boolean materialised) {}
