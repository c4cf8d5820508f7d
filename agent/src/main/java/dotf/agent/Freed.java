package dotf.agent;

import dotf.agent.replica.Evicted;

/**
 * What came of a request for space.
 *
 * @param replaced files by stubs
 * @param evicted blocks that went from the local store, and what was in the way of others
 * @param quarantined bytes of originals that are still on the disk, for a minute or so
 */
public record Freed(Outcome replaced, Evicted evicted, long quarantined) {}
