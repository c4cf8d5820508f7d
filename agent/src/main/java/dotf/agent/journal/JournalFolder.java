package dotf.agent.journal;

/**
 * A folder as the journal names it.
 *
 * @param path absolute path on the device that added it
 * @param keep its files are stored and sent, never replaced
 * @param attached it has a place on this device; a recovered one first waits for it
 * @param materialised every file has its name on the disk, so absence can mean deletion
 */
public record JournalFolder(
    FolderId id, String path, boolean keep, boolean attached, boolean materialised) {}
